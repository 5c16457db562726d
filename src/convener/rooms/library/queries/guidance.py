"""Lists of guidance, and the one call by which other rooms put guidance beside their work."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from convener.errors import NotFound
from convener.foundation.actor import PUBLIC, Actor
from convener.foundation.filters import Filters
from convener.rooms.library.models import Guidance, Verdict
from convener.rooms.library.queries.narrowing import Narrowed, narrow
from convener.rooms.library.queries.visible import guidance_visible_to

FACETS = ("stage", "sector", "audience", "kind", "topic", "here")
#: What this hub did with a piece; of no value to who may not know it.
HIDDEN, NOTED = "hidden", "noted"
#: The parts of the Compendium that speak of one sector; the rest of its guidance is for all.
SECTORS = ("supply-chains", "financial", "technology")
#: Industries whose part is not that of supply chains, to which all others belong.
_PART_OF_INDUSTRY = {
    **dict.fromkeys(("finance", "banking", "insurance"), "financial"),
    **dict.fromkeys(("technology", "online-platforms", "media-telecoms"), "technology"),
    **dict.fromkeys(("cross-industry", "unknown", "public-sector", "non-profit", "other"), ""),
}


def sector_of(key: str) -> str:
    """The part of the Compendium that speaks of ``key``: a part itself, an industry or an investment sector.

    Empty for a key that spans all of them.

    >>> sector_of("banking"), sector_of("garment"), sector_of("technology"), sector_of("cross-industry")
    ('financial', 'supply-chains', 'technology', '')
    """
    if not key or key == "understanding":
        return ""
    return key if key in SECTORS else _PART_OF_INDUSTRY.get(key, "supply-chains")


def guidance_for(
    stage: str = "", sector: str = "", audience: str = "", *, actor: Actor = PUBLIC, most: int | None = None
) -> list[Guidance]:
    """What to know at a ``stage`` of a partnership in a ``sector``, for an ``audience``; an empty argument asks for all.

    ``stage`` and ``audience`` are keys of the vocabularies of these names, ``sector`` a part of the Compendium, an industry
    or an investment sector. Guidance for all sectors is in it, after that of the one asked for. Among each, what more
    people called useful than not comes first, then the order of the sources. Hidden pieces are never in it. At most
    ``most`` pieces (None: all).
    """
    part = sector_of(sector)
    found = [
        piece
        for piece in guidance_visible_to(actor).filter(hidden=False)
        if (not stage or stage in piece.stages)
        and (not sector or not piece.sectors or part in piece.sectors)
        and (not audience or audience in piece.audiences)
    ]
    votes = {key: yes - no for key, (yes, no) in votes_on(found).items()}
    found.sort(key=lambda piece: (not (part and part in piece.sectors), -votes.get(piece.pk, 0), piece.place))
    return found[:most]


def read_filters(query: object) -> Filters:
    """The filters of an address of the list."""
    return Filters.read(FACETS, query)


def find(actor: Actor, filters: Filters) -> Narrowed[Guidance]:
    """The pieces that ``actor`` may see and ``filters`` let through, in the order of the sources, with counts."""
    return narrow(
        guidance_visible_to(actor),
        filters,
        FACETS,
        terms=lambda piece: {**terms_of(piece), "here": _done_here(piece, actor)},
        text=lambda piece: _text(piece, actor),
    )


def total(actor: Actor) -> int:
    """How many pieces the actor's list holds."""
    return guidance_visible_to(actor).count()


def one(actor: Actor, slug: str) -> Guidance:
    """A piece by its slug. Raises NotFound, in the same words for none and for a hidden one."""
    found = guidance_visible_to(actor).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such piece of guidance on this hub."), hint=_("Look for it in the list."))
    return found


def beside(piece: Guidance, actor: Actor, most: int = 6) -> list[Guidance]:
    """Other pieces on the same topic, those of the same source first."""
    others = guidance_visible_to(actor).filter(topic=piece.topic, hidden=False).exclude(pk=piece.pk)
    return sorted(others, key=lambda other: (other.source != piece.source, abs(other.place - piece.place)))[:most]


def terms_of(piece: Guidance) -> dict[str, Collection[str]]:
    """The values by facet that a piece is found by. One for all sectors is found under each."""
    return {
        "stage": piece.stages,
        "sector": piece.sectors or SECTORS,
        "audience": piece.audiences,
        "kind": [piece.kind],
        "topic": [piece.topic],
    }


def _done_here(piece: Guidance, actor: Actor) -> list[str]:
    done = {HIDDEN: piece.hidden, NOTED: bool(note_for(actor, piece))}
    return [value for value, is_so in done.items() if is_so]


def note_for(actor: Actor, piece: Guidance) -> str:
    """The hub's note on a piece, which is for its members; empty for everybody else."""
    return piece.note if actor.is_member else ""


def _text(piece: Guidance, actor: Actor) -> str:
    return "\n".join([*piece.title.values(), *piece.text.values(), note_for(actor, piece)])


def verdict_of(actor: Actor, piece: Guidance) -> bool | None:
    """What the actor said of a piece: useful, not, or nothing yet."""
    if actor.user_id is None:
        return None
    return Verdict.objects.filter(guidance=piece, user_id=actor.user_id).values_list("useful", flat=True).first()


def votes_on(pieces: Sequence[Guidance]) -> dict[object, tuple[int, int]]:
    """How many people called each piece useful, and how many not, by the piece's key."""
    useful, useless = Count("pk", filter=Q(useful=True)), Count("pk", filter=Q(useful=False))
    counted = Verdict.objects.filter(guidance__in=pieces).values("guidance_id").annotate(yes=useful, no=useless)
    return {row["guidance_id"]: (row["yes"], row["no"]) for row in counted}
