"""The two sides of the directory: the same pages, each with its own addresses and page frame."""

from __future__ import annotations

from dataclasses import dataclass

from convener.foundation.ui import sides
from convener.foundation.ui.sides import MEMBERS_LAYOUT, PUBLIC_LAYOUT


@dataclass(frozen=True)
class Side(sides.Side):
    """One side of the directory."""

    def organisation(self, public_id: str) -> str:
        """The address of an organisation's page."""
        return self.to("organisation", public_id)


PUBLIC_SIDE = Side("directory", PUBLIC_LAYOUT)
HUB_SIDE = Side("hub_directory", MEMBERS_LAYOUT)
