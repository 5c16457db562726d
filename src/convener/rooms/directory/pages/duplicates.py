"""The list of possible duplicates: groups of entries, the pairs among them with their reasons, and what was decided."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.engines.tables import neutralise
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.parties.models import Party, PartyIdentifier, Source
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Badge, Tab, Text
from convener.foundation.ui.pages import page_number
from convener.foundation.vocabularies import countries
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.models import PossibleDuplicate
from convener.rooms.directory.pages import reasons
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries import duplicates as queries

GROUPS_SHOWN, PAIRS_SHOWN, DECIDED_SHOWN, FILE_CHUNK = 10, 20, 20, 500
BYTE_ORDER_MARK = "\ufeff"
HEADINGS = ("id_a", "id_b", "decision", "score", "outcome", "name_a", "name_b", "country_a", "country_b")
TITLES: Mapping[str, Text] = {
    "undecided": gettext_lazy("To decide"),
    "sure": gettext_lazy("Likely"),
    "unsure": gettext_lazy("Possible"),
    "decided": gettext_lazy("Decided"),
}
OUTCOMES = {"sure": Badge(gettext_lazy("Likely"), "warn"), "unsure": Badge(gettext_lazy("Possible"), "neutral")}
DECISIONS = {"same": Badge(gettext_lazy("Merged"), "good"), "different": Badge(gettext_lazy("Different"), "info")}


@dataclass(frozen=True)
class Member:
    """One of the entries: what tells it from others, and where its name is from."""

    name: str
    public_id: str
    href: str
    country: str
    numbers: list[str]
    source: str


@dataclass(frozen=True)
class PairShown:
    """Two entries, how likely they are one (in hundredths), why, and what can be done about it."""

    id: uuid.UUID
    one: Member
    other: Member
    score: str
    badge: Badge
    reasons: list[reasons.Reason]
    compare_href: str
    decide_href: str
    undo_href: str
    decided_at: Any
    can_be_taken_back: bool


@dataclass(frozen=True)
class GroupShown:
    """Entries that hang together, and the pairs that make them."""

    members: list[Member]
    pairs: list[PairShown]
    more: int

    @property
    def is_one_pair(self) -> bool:
        """True where the heading and the entries say all that the pair's own heading would."""
        return len(self.pairs) == 1 and not self.more


def context(query: QueryDict, actor: Actor) -> dict[str, Any]:
    """Everything the page shows."""
    show = query.get("show", "")
    show = show if show in TITLES else "undecided"
    found = queries.pairs(actor, show)
    number = page_number(query.get("page"))
    page: Page[Any]
    shown: dict[str, Any]
    if show == "decided":
        page = Paginator(found, DECIDED_SHOWN).get_page(number)
        shown = {"decided": _shown(list(page.object_list))}
        seen = len(shown["decided"])
    else:
        page = Paginator(queries.groups(found, PAIRS_SHOWN), GROUPS_SHOWN).get_page(number)
        shown = {"groups": _groups(list(page.object_list))}
        seen = sum(len(group.members) for group in shown["groups"])
    if seen:
        audit.record(actor, "directory.read_duplicates", KIND, count=seen)
    here = HUB_SIDE.to("duplicates")
    return {
        **shown,
        "show": show,
        "page_obj": page,
        "tabs": [
            Tab(title, f"{here}?show={one}", current=one == show, count=queries.pairs(actor, one).count())
            for one, title in TITLES.items()
        ],
        "files": [
            (_("All pairs"), HUB_SIDE.to("duplicates_file", query="show=all")),
            (_("What was decided"), HUB_SIDE.to("duplicates_file", query="show=decided")),
        ],
        "back": f"{here}?show={show}&page={page.number}",
        "list_href": HUB_SIDE.to("list"),
        "find_href": HUB_SIDE.to("duplicates_find"),
    }


def _groups(found: Sequence[queries.Group]) -> list[GroupShown]:
    keys = [key for group in found for key in group.pairs]
    by_key = {pair.id: pair for pair in _shown(list(PossibleDuplicate.objects.filter(pk__in=keys)))}
    shown = []
    for group in found:
        in_group = [by_key[key] for key in group.pairs if key in by_key]
        members = {one.public_id: one for pair in in_group for one in (pair.one, pair.other)}
        shown.append(GroupShown(list(members.values()), in_group, group.more))
    return shown


def _shown(rows: Sequence[PossibleDuplicate]) -> list[PairShown]:
    members = _members({key for pair in rows for key in (pair.one_id, pair.other_id)})
    merges = queries.merges_of(rows)
    return [_pair(pair, members, merges) for pair in rows]


def _pair(
    pair: PossibleDuplicate, members: Mapping[uuid.UUID, Member], merges: Mapping[uuid.UUID, uuid.UUID]
) -> PairShown:
    one, other, merge = members[pair.one_id], members[pair.other_id], merges.get(pair.pk)
    return PairShown(
        id=pair.pk,
        one=one,
        other=other,
        score=format_count(round(pair.score * 100)),
        badge=DECISIONS[pair.decision] if pair.decision else OUTCOMES[pair.outcome],
        reasons=reasons.of(pair.parts),
        compare_href=HUB_SIDE.to("merge", query=f"kept={one.public_id}&merged={other.public_id}"),
        decide_href=HUB_SIDE.to("duplicate_decide", pair.pk),
        undo_href=HUB_SIDE.to("merge_undo", merge) if merge else "",
        decided_at=pair.decided_at,
        can_be_taken_back=pair.decision == PossibleDuplicate.Decision.DIFFERENT,
    )


def _members(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Member]:
    parties = Party.objects.in_bulk(list(keys))
    numbers: dict[uuid.UUID, list[str]] = {}
    for row in PartyIdentifier.objects.filter(party__in=parties).order_by("scheme", "jurisdiction", "value"):
        if not row.scheme.startswith(PartyIdentifier.SOURCE_PREFIX):
            numbers.setdefault(row.party_id, []).append(f"{row.jurisdiction} {row.value}".strip())
    sources = _sources(parties.values())
    return {
        key: Member(
            name=party.name,
            public_id=party.public_id,
            href=HUB_SIDE.organisation(party.public_id),
            country=str(countries().label(party.country)) if party.country else "",
            numbers=numbers.get(key, []),
            source=sources.get((party.provenance.get("name") or {}).get("source") or "", ""),
        )
        for key, party in parties.items()
    }


def _sources(parties: Iterable[Party]) -> dict[str, str]:
    noted = ((party.provenance.get("name") or {}).get("source") for party in parties)
    keys = {key for key in noted if key}
    return {str(pk): title for pk, title in Source.objects.filter(pk__in=keys).values_list("pk", "title")}


def file(actor: Actor, show: str) -> Iterator[str]:
    """The pairs as lines of CSV. Its first columns are those that ``convener names link --decisions`` reads."""
    rows = queries.pairs(actor, show).select_related("one", "other")
    audit.record(actor, "directory.read_duplicates", KIND, count=rows.count())
    return _lines(rows.iterator(chunk_size=FILE_CHUNK))


def _lines(rows: Iterator[PossibleDuplicate]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _csv([HEADINGS])
    while some := list(islice(rows, FILE_CHUNK)):
        yield _csv(
            (
                pair.one.public_id, pair.other.public_id, pair.decision, f"{pair.score:.4f}", pair.outcome,
                pair.one.name, pair.other.name, pair.one.country, pair.other.country,
            )
            for pair in some
        )  # fmt: skip


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([neutralise(cell) for cell in row] for row in rows)
    return out.getvalue()
