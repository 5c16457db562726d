"""The three doors: which address belongs to which, decided in one place.

/api/…                         API: scoped tokens, no cookie
/<language>/hub/…, /…/account/…  members' hub: accounts with second factor
everything else                public pages: no account, no cookie, no script needed, no address logged
"""

from __future__ import annotations

from convener.foundation.actor import Door

HUB_SEGMENTS = frozenset({"hub", "account"})


def door_of(path: str) -> Door:
    """The door of an address path such as ``/fr/hub/imports/``."""
    parts = path.split("/")
    if len(parts) > 1 and parts[1] == "api":
        return Door.API
    if len(parts) > 2 and parts[2] in HUB_SEGMENTS:
        return Door.HUB
    return Door.PUBLIC
