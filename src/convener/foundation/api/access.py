"""Who asks through the API: the bearer of a token, or everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation.accounts import queries
from convener.foundation.accounts.scopes import not_allowed
from convener.foundation.actor import Actor
from convener.foundation.api.problems import NotRecognised

#: ``openapi_extra`` of an operation that only the bearer of a token can use.
LOGIN: dict[str, Any] = {"security": [{"bearer": []}]}


def bearer_of(request: HttpRequest) -> str | None:
    """The secret of the Authorization header, or None where there is no such header.

    Raises NotRecognised for a header of another scheme: a client that says who it is must not be served as nobody.
    """
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _space, secret = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotRecognised(
            _("The Authorization header cannot be read."), hint=_("Write it as: Authorization: Bearer cvn_…")
        )
    return str(secret.strip())


def unknown_token() -> NotRecognised:
    """The refusal of a token that is wrong, has expired or was revoked; which of them is not said."""
    return NotRecognised(
        _("This token is not valid: it is mistyped, has expired, or was revoked."),
        hint=_("Make a new one on your account's page, or ask without a token for what is public."),
    )


def actor_of(request: HttpRequest, scope: str = "") -> Actor:
    """The actor of a request to the API. Raises NotAllowed where the token lacks ``scope``."""
    actor = queries.actor_of(request)
    if scope and not actor.has_scope(scope):
        is_open = not not_allowed(actor.role, [scope])
        raise NotAllowed(
            _("This token may not do this: it lacks the scope %(scope)s.") % {"scope": scope},
            hint=_("Make a token with that scope on your account's page.")
            if is_open
            else _("Your role cannot have that scope; the secretariat can tell you who has."),
        )
    return actor


def require_login(request: HttpRequest, scope: str = "") -> Actor:
    """As :func:`actor_of`, for the bearer of a token only. Raises NotRecognised where there is none."""
    actor = actor_of(request, scope)
    if actor.user_id is None:
        raise NotRecognised(_("This needs a token."), hint=_("Send it as: Authorization: Bearer cvn_…"))
    return actor
