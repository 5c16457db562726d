"""What every request to the API goes through: who asks, how often, and what each answer carries.

No cookie leaves by this door. Reading without a token is open to the pages of every site (CORS). Tokens are for
programs, so no page of another site may send one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from convener.foundation.accounts.queries import actor_of_token
from convener.foundation.actor import PUBLIC
from convener.foundation.api import rates
from convener.foundation.api.access import bearer_of, unknown_token
from convener.foundation.api.problems import TooMany, method_not_allowed

View = Callable[..., HttpResponseBase]
OnError = Callable[[HttpRequest, Exception], HttpResponseBase]
READ_METHODS = "GET, HEAD, OPTIONS"
SHOWN_HEADERS = "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
#: Seconds for which a public answer may be shown again; what an owner hides is hidden everywhere after that.
FRESH_S = 60


def through_door(view: View, on_error: OnError) -> View:
    """Wrap a view of the API; ``on_error`` answers what the door itself or the view raises."""

    @functools.wraps(view, updated=())
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = request.method
        if method == "OPTIONS":
            preflight = HttpResponse(status=204, headers={"Access-Control-Allow-Methods": READ_METHODS})
            return _finished(request, preflight, method)
        if method == "HEAD":
            request.method = "GET"
        try:
            response = _answered(request, view, args, kwargs)
        except Exception as error:
            response = on_error(request, error)
        return _finished(request, response, str(method))

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie, so nothing to forge
    return wrapped


def _answered(request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase:
    secret = bearer_of(request)
    actor = actor_of_token(secret) if secret else PUBLIC
    client = rates.key_of("token", secret) if secret and actor else rates.key_of("address", rates.network_of(request))
    use = rates.count(client, limit=settings.CONVENER.api_rate)
    request.rate_use = use  # type: ignore[attr-defined]
    if use.exceeded:
        raise TooMany(
            _("You have asked more than %(limit)d times in a minute.") % {"limit": use.limit},
            hint=_("Come again in %(seconds)d seconds; for everything at once, take a download.")
            % {"seconds": use.resets_in},
        )
    if actor is None:
        raise unknown_token()
    request.actor = actor  # type: ignore[attr-defined]
    return view(request, *args, **kwargs)


def _finished(request: HttpRequest, response: HttpResponseBase, method: str) -> HttpResponseBase:
    if response.status_code == 405:
        allowed = {*response.headers.get("Allow", "").split(", "), "OPTIONS"}
        response = method_not_allowed(", ".join(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed)))
    response.cookies.clear()
    if method == "HEAD":
        response = _without_body(response)
    anonymous = "HTTP_AUTHORIZATION" not in request.META
    if anonymous and method in ("GET", "HEAD", "OPTIONS"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = SHOWN_HEADERS
    public = anonymous and method in ("GET", "HEAD") and response.status_code == 200
    response.headers.setdefault("Cache-Control", f"public, max-age={FRESH_S}" if public else "no-store")
    patch_vary_headers(response, ("Authorization",))
    _say_limits(request, response)
    return response


def _without_body(response: HttpResponseBase) -> HttpResponse:
    """The headers of an answer, as HEAD wants them."""
    empty = HttpResponse(status=response.status_code)
    if isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
    empty.headers = response.headers
    response.close()
    return empty


def _say_limits(request: HttpRequest, response: HttpResponseBase) -> None:
    use: rates.Use | None = getattr(request, "rate_use", None)
    if use is None:
        return
    response.headers["RateLimit-Limit"] = str(use.limit)
    response.headers["RateLimit-Remaining"] = str(use.remaining)
    response.headers["RateLimit-Reset"] = str(use.resets_in)
    if use.exceeded:
        response.headers["Retry-After"] = str(use.resets_in)


def unknown_address(request: HttpRequest) -> NoReturn:
    """Any address under the API that is none."""
    raise Http404
