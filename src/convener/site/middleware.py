"""Middlewares of the doors: each runs for its own door and steps aside for the others."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import resolve, reverse

from convener.errors import ConvenerError
from convener.foundation.accounts import known_browsers
from convener.foundation.accounts.queries import actor_of_session
from convener.foundation.accounts.second_factor import OPEN_PAGES, step_due
from convener.foundation.actor import PUBLIC, Door
from convener.site.doors import door_of

log = structlog.get_logger()
GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def RequestLogMiddleware(get_response: GetResponse) -> GetResponse:
    """Logs each request by its route's name, status and time: no address, no path, no query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        request.number = secrets.token_hex(8)  # type: ignore[attr-defined]  # error pages name it
        structlog.contextvars.bind_contextvars(request=request.number)  # type: ignore[attr-defined]
        response = get_response(request)
        match = getattr(request, "resolver_match", None)
        log.info(
            "request",
            method=request.method,
            route=match.view_name if match else "-",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    return middleware


def OwnPortMiddleware(get_response: GetResponse) -> GetResponse:
    """In production, refuse a Host header with a port that is not the hub's: Django checks the name alone.

    Links in answers are made of that header, so a stranger's port in a cached answer would lead elsewhere on the host.
    """
    own = urlsplit(settings.BASE_URL).port or 443

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.PRODUCTION and _port_of(request) not in (None, own):
            raise DisallowedHost("The Host header names another port.")
        return get_response(request)

    return middleware


def _port_of(request: HttpRequest) -> int | None:
    """The port that the Host header names, None where it names none. Raises DisallowedHost for a name not ours."""
    port = request.get_host().rpartition("]")[2].partition(":")[2]
    return int(port) if port else None


def PublicDoorMiddleware(get_response: GetResponse) -> GetResponse:
    """On the public door: only reading, and no cookie in any answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        public = door_of(request.path_info) is Door.PUBLIC
        if public and request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = get_response(request)
        if public:
            response.cookies.clear()
        return response

    return middleware


class HubOnly:
    """Mixed into one of Django's middlewares: it runs for the members' hub and steps aside elsewhere."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Run the middleware for the hub, else go straight on."""
        if door_of(request.path_info) is not Door.HUB:
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]

    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        """Run the middleware's check before the view, for the hub only."""
        check = getattr(super(), "process_view", None)
        if check is None or door_of(request.path_info) is not Door.HUB:
            return None
        return check(request, *args)


class HubSessionMiddleware(HubOnly, SessionMiddleware):
    """Sessions for the members' hub."""


class HubCsrfMiddleware(HubOnly, CsrfViewMiddleware):
    """Forgery protection for the members' hub; the API takes tokens instead of cookies, the public door no forms."""


class HubAuthenticationMiddleware(HubOnly, AuthenticationMiddleware):
    """Accounts for the members' hub."""


class HubMessageMiddleware(HubOnly, MessageMiddleware):
    """Short messages after an action, for the members' hub."""


def ActorMiddleware(get_response: GetResponse) -> GetResponse:
    """Puts ``request.actor`` on every request and stops people without a login or a due second factor at the hub."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = PUBLIC  # type: ignore[attr-defined]
        if door_of(request.path_info) is not Door.HUB:
            return get_response(request)
        request.actor = actor_of_session(request)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            step = step_due(request)
            if step and resolve(request.path_info).url_name not in OPEN_PAGES:
                return redirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")
        elif request.path_info.split("/")[2] != "account":
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        response = get_response(request)
        known_browsers.send(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class RefusalMiddleware:
    """Turns an error of our tree into a page that says what was wrong and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; errors come back through :meth:`process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for errors a person can be told about; others go on to Django's handler."""
        if not isinstance(error, ConvenerError) or door_of(request.path_info) is Door.API:
            return None
        return render(request, "ui/error.html", {"status": error.http_status, "error": error}, status=error.http_status)
