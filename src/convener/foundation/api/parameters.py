"""Parameters of an address of the API: a slip in a name must not be answered with everything."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from convener.errors import InvalidValue


def check_parameters(request: HttpRequest, known: Iterable[str]) -> None:
    """Raise InvalidValue for a parameter in the address that is not one of ``known``."""
    names = list(known)
    for name in request.GET:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = _("Did you mean “%(name)s”?") % {"name": close[0]} if close else known_names(names)
            raise InvalidValue(name[:60], _("There is no such parameter here."), hint=hint)


def known_names(names: list[str]) -> str:
    """What an address takes, as a hint."""
    return _("It takes: %(names)s.") % {"names": ", ".join(names)} if names else _("This address takes none.")
