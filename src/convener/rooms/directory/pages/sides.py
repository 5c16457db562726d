"""The two sides of the directory: the same pages, each with its own addresses and page frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Side:
    """One side. ``namespace`` is that of its addresses, ``layout`` the template its pages extend."""

    namespace: str
    layout: str

    @property
    def is_public(self) -> bool:
        """True for the side without accounts."""
        return self.namespace == "directory"

    def to(self, name: str, *args: Any, query: str = "") -> str:
        """The address of a page of this side, with a query string where one is given."""
        href = reverse(f"{self.namespace}:{name}", args=args)
        return f"{href}?{query}" if query else href

    def organisation(self, public_id: str) -> str:
        """The address of an organisation's page."""
        return self.to("organisation", public_id)


@dataclass(frozen=True)
class Action:
    """Something the reader can do about what the page shows."""

    label: str
    href: str


PUBLIC_SIDE = Side("directory", "ui/public.html")
HUB_SIDE = Side("hub_directory", "ui/members.html")
