"""Lists of practices, one practice, several beside each other, and what is like one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from convener.errors import NotFound
from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.rooms.directory.models import InitiativeMember
from convener.rooms.directory.queries import visible as directory
from convener.rooms.library.models import Practice
from convener.rooms.library.queries.narrowing import Narrowed, narrow
from convener.rooms.library.queries.visible import practices_visible_to

FACETS = ("part", "model", "purpose", "at", "industry", "issue", "exploitation", "results")
#: Filters of an address that are no facet in the margin.
ALSO = ("region",)
WITH_FIGURES, WITHOUT_FIGURES = "figures", "none"
COMPARED_AT_MOST = 3
SIMILAR = 3
#: What likeness counts: the same problem in the same field says more than a shared purpose, which most have.
_WEIGHTS = {"part": 2, "model": 2, "exploitation": 2, "issue": 2, "industry": 1, "purpose": 1, "at": 1}


def read_filters(query: object) -> Filters:
    """The filters of an address of the list."""
    return Filters.read((*FACETS, *ALSO), query)


def find(actor: Actor, filters: Filters) -> Narrowed[Practice]:
    """The practices that ``actor`` may see and ``filters`` let through, with counts by facet."""
    practices = practices_visible_to(actor).prefetch_related("results")
    return narrow(practices, filters, (*FACETS, *ALSO), terms=terms_of, text=_text)


def total(actor: Actor) -> int:
    """How many practices the actor's list holds."""
    return practices_visible_to(actor).count()


def one(actor: Actor, slug: str) -> Practice:
    """A practice by the slug of its initiative. Raises NotFound, in the same words for none and for a hidden one."""
    found = practices_visible_to(actor).prefetch_related("results").filter(initiative__slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such practice on this hub."), hint=_("Look for it in the list."))
    return found


def some(actor: Actor, slugs: Sequence[str]) -> list[Practice]:
    """The first practices of ``slugs``, as many as are compared at most, in that order; unknown ones are left out."""
    wanted = list(dict.fromkeys(slugs))
    found = practices_visible_to(actor).prefetch_related("results").filter(initiative__slug__in=wanted)
    by_slug = {practice.initiative.slug: practice for practice in found}
    return [by_slug[slug] for slug in wanted if slug in by_slug][:COMPARED_AT_MOST]


def similar_to(practice: Practice, actor: Actor) -> list[Practice]:
    """The practices most like this one: the weighted number of values they share, those with nothing in common left out."""
    mine = terms_of(practice)
    ranked = []
    for other in practices_visible_to(actor).exclude(pk=practice.pk).prefetch_related("results"):
        theirs = terms_of(other)
        score = sum(weight * len(mine[facet] & theirs[facet]) for facet, weight in _WEIGHTS.items())
        if score:
            ranked.append((-score, other.initiative.practice or 0, other))
    return [other for _score, _number, other in sorted(ranked, key=lambda row: row[:2])[:SIMILAR]]


def terms_of(practice: Practice) -> dict[str, set[str]]:
    """The values by facet that a practice is found by."""
    initiative = practice.initiative
    return {
        "part": {initiative.part} if initiative.part else set(),
        "model": set(initiative.models_used),
        "purpose": set(initiative.purposes),
        "industry": set(initiative.industries),
        "issue": set(initiative.issues),
        "exploitation": set(initiative.exploitation),
        "at": set(initiative.countries),
        "region": set(initiative.regions),
        "results": {WITH_FIGURES if practice.results.all() else WITHOUT_FIGURES},
    }


def text_of(practice: Practice) -> Mapping[str, str]:
    """Everything a practice says, by language."""
    english = [practice.purpose, *practice.how, *practice.outcomes, *practice.legal_basis, *practice.lessons]
    said = [text.get("en", "") for text in english] + [row.what.get("en", "") for row in practice.results.all()]
    texts = dict(practice.summary)
    texts["en"] = "\n".join([texts.get("en", ""), *said])
    return texts


def _text(practice: Practice) -> str:
    initiative = practice.initiative
    return "\n".join([initiative.name, *initiative.other_names, *text_of(practice).values()])


def members_of(records: Sequence[Practice], actor: Actor) -> dict[uuid.UUID, list[InitiativeMember]]:
    """The members of each practice that the actor may know of, by role and name; practices by their keys."""
    members = InitiativeMember.objects.filter(initiative__in=[one.pk for one in records]).select_related("party")
    seen = set(directory.visible_to(actor).filter(pk__in=members.values_list("party_id")).values_list("pk", flat=True))
    found: dict[uuid.UUID, list[InitiativeMember]] = {}
    for member in sorted(members, key=lambda member: (_ROLES.get(member.role, len(_ROLES)), member.party.name)):
        if member.party_id in seen:
            found.setdefault(member.initiative_id, []).append(member)
    return found


_ROLES = {role: place for place, role in enumerate(("convener", "focal-point", "broker", "implementer", "enabler"))}
