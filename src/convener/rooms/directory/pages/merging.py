"""Two entries side by side, before they are merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.foundation.ui.components import Text
from convener.foundation.ui.sides import Action
from convener.rooms.directory.actions.drafts import load_drafts, values_of
from convener.rooms.directory.actions.editing import possible_duplicates
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Profile
from convener.rooms.directory.pages.labels import COLUMN_TITLES
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.pages.values import shown


@dataclass(frozen=True)
class Row:
    """One column of both entries; ``differs`` where both say something and not the same."""

    title: Text
    kept: list[str]
    merged: list[str]
    differs: bool


def compare(kept: Profile, merged: Profile) -> list[Row]:
    """Every column in which either entry says something."""
    drafts = load_drafts([kept.pk, merged.pk])
    ours, theirs = values_of(drafts[kept.pk]), values_of(drafts[merged.pk])
    rows = []
    for name in BY_NAME:
        left, right = _shown(name, ours[name]), _shown(name, theirs[name])
        if left or right:
            rows.append(Row(COLUMN_TITLES[name], left, right, bool(left and right and left != right and name != "id")))
    return rows


def _shown(name: str, value: Any) -> list[str]:
    return [str(value)] if name in ("latitude", "longitude") and value is not None else shown(name, value)


def suggestions(kept: Profile) -> list[Action]:
    """Entries that may be doubles of one: links that put the two side by side."""
    values = values_of(load_drafts([kept.pk])[kept.pk])
    values.pop("id")
    alike = [profile for profile in possible_duplicates(values) if profile.pk != kept.pk]
    return [
        Action(
            f"{profile.party.name} ({profile.party.public_id})",
            HUB_SIDE.to("merge", query=f"kept={kept.party.public_id}&merged={profile.party.public_id}"),
        )
        for profile in alike
    ]
