"""What an API token can be allowed, and which roles may use each: the registry that tokens are checked against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from convener.foundation.actor import MEMBERS, Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text
else:
    Text = Any


@dataclass(frozen=True)
class Scope:
    """One permission of a token. It narrows what its owner may do and never widens it: every record is checked too."""

    key: str
    label: Text
    roles: frozenset[Role]


#: Who must know whom they deal with, and so may ask whether a name is on a list.
SCREENERS = MEMBERS - {Role.DONOR}

SCOPES: dict[str, Scope] = {
    scope.key: scope
    for scope in (
        Scope("directory:read", _("Read the directory"), frozenset(Role)),
        Scope("directory:write", _("Change and import into the directory"), MEMBERS),
        Scope("library:read", _("Read the library"), frozenset(Role)),
        Scope("library:write", _("Say what is useful in the library, and keep its notes"), MEMBERS),
        Scope("search:read", _("Search the directory and the library"), frozenset(Role)),
        Scope("names:screen", _("Compare names with lists of sanctions"), SCREENERS),
        Scope("account:read", _("Read my own account"), frozenset(Role)),
    )
}


def scopes_for(role: Role | str | None) -> list[Scope]:
    """The scopes that a person acting in ``role`` may give to a token, in the order of the registry."""
    return [scope for scope in SCOPES.values() if role in scope.roles]


def not_allowed(role: Role | str | None, keys: Iterable[str]) -> list[str]:
    """Those of ``keys`` that do not exist or that ``role`` may not use, sorted."""
    allowed = {scope.key for scope in scopes_for(role)}
    return sorted(set(keys) - allowed)


def labels_of(keys: Iterable[str]) -> list[Text]:
    """What ``keys`` allow, in words and in the order of the registry; a key of former times stands as it is."""
    wanted = set(keys)
    known: list[Text] = [scope.label for scope in SCOPES.values() if scope.key in wanted]
    return known + sorted(wanted - SCOPES.keys())
