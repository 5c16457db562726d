"""Who may see an address or a contact that a list brings: never more people than the list or the organisation wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convener.rooms.directory.actions.drafts import Draft
from convener.rooms.directory.columns import CONTACT, PLACE, PLAIN
from convener.rooms.directory.models import Visibility
from convener.rooms.directory.models.profiles import default_place_visibility

PLACE_VISIBILITY = "place_visibility"
_PARTS = {PLACE_VISIBILITY: PLACE, "contact_visibility": CONTACT}
_NARROWEST_FIRST = [Visibility.PRIVATE.value, Visibility.MEMBERS.value, Visibility.PUBLIC.value]


def would_expose(draft: Draft, wanted: str, former_type: str) -> bool:
    """Whether a list would publish an address that is or was a shelter's: only its organisation does (DIR-11)."""
    present = draft.profile.place_visibility
    if present == wanted or Visibility.PRIVATE not in map(default_place_visibility, {draft.party.type, former_type}):
        return False
    return present == Visibility.PRIVATE or wanted == Visibility.PUBLIC


def withheld(draft: Draft, values: Mapping[str, Any], is_kept: Callable[[str], bool]) -> set[str]:
    """Columns of a row that are not taken over: it wants fewer people to see them than the entry goes on to show them to.

    ``is_kept``: whether the entry's value of a column stays as it is.
    """
    found = set()
    for name, part in _PARTS.items():
        wanted, present = values.get(name), getattr(draft.profile, name)
        if wanted and present and is_kept(name) and _rank(wanted) < _rank(present):
            found |= {column.name for column in PLAIN if column.part == part}
    return found & values.keys()


def _rank(visibility: str) -> int:
    return _NARROWEST_FIRST.index(visibility)
