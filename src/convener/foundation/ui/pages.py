"""Pages of long lists."""

from __future__ import annotations

MOST_PAGES = 1_000_000


def page_number(text: str | None) -> int:
    """The page an address asks for; 1 for anything that is no number of a page."""
    try:
        number = int(text or 1)
    except ValueError:
        return 1
    return min(max(number, 1), MOST_PAGES)
