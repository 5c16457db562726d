"""The two sides of a room: the same pages for everybody and for members, each with its own addresses and page frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

PUBLIC_LAYOUT, MEMBERS_LAYOUT = "ui/public.html", "ui/members.html"


@dataclass(frozen=True)
class Side:
    """One side. ``namespace`` is that of its addresses, ``layout`` the template its pages extend."""

    namespace: str
    layout: str

    @property
    def is_public(self) -> bool:
        """True for the side without accounts."""
        return self.layout == PUBLIC_LAYOUT

    def to(self, name: str, *args: Any, query: str = "") -> str:
        """The address of a page of this side, with a query string where one is given."""
        href = reverse(f"{self.namespace}:{name}", args=args)
        return f"{href}?{query}" if query else href


@dataclass(frozen=True)
class Action:
    """Something the reader can do about what the page shows."""

    label: str
    href: str
