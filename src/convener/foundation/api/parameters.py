"""Parameters of an address of the API: a slip in a name must not be answered with everything."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from convener.errors import InvalidValue

#: Values that a hint names at most.
MOST_NAMED = 60


def check_parameters(request: HttpRequest, known: Iterable[str]) -> None:
    """Raise InvalidValue for a parameter in the address that is not one of ``known``."""
    names = list(known)
    for name in request.GET:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = _("Did you mean “%(name)s”?") % {"name": close[0]} if close else known_names(names)
            raise InvalidValue(name[:60], _("There is no such parameter here."), hint=hint)


def check_values(
    name: str, values: Iterable[str], known: Collection[str], hint: Callable[[str], str] | None = None
) -> None:
    """Raise InvalidValue for a value of the filter ``name`` that is not one of ``known``; an empty one filters nothing.

    ``hint`` says of a wrong value what to do; without it the nearest known one is proposed, or all are named.
    """
    for value in values:
        if value and value not in known:
            told = _("“%(value)s” is not a value of this filter.") % {"value": value[:60]}
            raise InvalidValue(name, told, hint=hint(value) if hint else _nearest(value, list(known)))


def _nearest(value: str, known: list[str]) -> str:
    if close := difflib.get_close_matches(value, known, n=1):
        return _("Did you mean “%(name)s”?") % {"name": close[0]}
    if len(known) > MOST_NAMED:
        return _("Its values are in the description of the API.")
    return known_names(known)


def known_names(names: list[str]) -> str:
    """What an address takes, as a hint."""
    return _("It takes: %(names)s.") % {"names": ", ".join(names)} if names else _("This address takes none.")
