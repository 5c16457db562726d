"""What the directory does when two records of one organisation are merged: fill the gaps of the kept entry, and back."""

from __future__ import annotations

from typing import Any

from convener.foundation.actor import Actor
from convener.foundation.parties.merging import on_merge
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts
from convener.rooms.directory.columns import BY_NAME, KEEPERS, PLAIN

NEVER_FILLED = frozenset({"name", "status"})


def carry_over(kept: Party, merged: Party, actor: Actor) -> dict[str, Any]:
    """Fill what the kept entry does not say from the merged one, and keep the other's name as a further name.

    A place or contact is filled only together with its visibility: nothing becomes more visible by a merge.
    """
    drafts = load_drafts([kept.id, merged.id])
    if kept.id not in drafts or merged.id not in drafts:
        return {}
    ours, theirs = drafts[kept.id], drafts[merged.id]
    _fill_gaps(ours, theirs)
    ours.set_aliases([theirs.party.name], replace=False)
    changed = {name: list(pair) for name, pair in ours.changed.items()}
    ours.party.provenance = {**{n: p for n, p in theirs.party.provenance.items() if n in changed}, **ours.party.provenance}
    writing.write([ours], actor=actor, action="merge")
    writing.refresh([kept.id, merged.id])
    return changed


def _fill_gaps(ours: Draft, theirs: Draft) -> None:
    for part in ("place", "contact"):
        columns = [column for column in PLAIN if column.part == part]
        if not any(ours.get(column) for column in columns) and any(theirs.get(column) for column in columns):
            for column in columns:
                ours.set(column.name, theirs.get(column))
            visibility = BY_NAME[f"{part}_visibility"]
            ours.set(visibility.name, theirs.get(visibility))
    for column in PLAIN:
        if column.part in ("place", "contact", KEEPERS) or column.name in NEVER_FILLED:
            continue
        if column.is_list:
            ours.set(column.name, sorted({*ours.get(column), *theirs.get(column)}))
        elif ours.get(column) in ("", None):
            ours.set(column.name, theirs.get(column))


def take_back(kept: Party, merged: Party, carried: Any, actor: Actor) -> None:
    """Undo :func:`carry_over` where nobody changed the value since, and list the merged record again."""
    draft = load_drafts([kept.id]).get(kept.id)
    if draft is not None and carried:
        for name, (before, after) in carried.items():
            column = BY_NAME[name]
            if column.attribute and draft.get(column) == after:
                draft.set(name, before)
            elif name == "aliases":
                draft.set_aliases(set(draft.aliases) - (set(after) - set(before)), replace=True)
        writing.write([draft], actor=actor, action="undo")
    writing.refresh([kept.id, merged.id])


on_merge("directory", carry_over, take_back)
