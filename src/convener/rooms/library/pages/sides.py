"""The two sides of the library, each with that of the directory beside it."""

from __future__ import annotations

from dataclasses import dataclass

from convener.foundation.ui import sides
from convener.foundation.ui.sides import MEMBERS_LAYOUT, PUBLIC_LAYOUT
from convener.rooms.directory.pages import sides as directory_sides


@dataclass(frozen=True)
class Side(sides.Side):
    """One side of the library."""

    directory: directory_sides.Side


PUBLIC_SIDE = Side("library", PUBLIC_LAYOUT, directory_sides.PUBLIC_SIDE)
HUB_SIDE = Side("hub_library", MEMBERS_LAYOUT, directory_sides.HUB_SIDE)
