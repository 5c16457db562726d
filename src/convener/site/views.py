"""The first page, the hub's first page and the error pages."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation.accounts.queries import actor_of
from convener.foundation.ui import views as ui_views
from convener.site import first_pages
from convener.site.context import contact_href


def home(request: HttpRequest) -> HttpResponse:
    """The public first page."""
    return render(request, "site/home.html", first_pages.home_context())


def hub(request: HttpRequest) -> HttpResponse:
    """The members' first page."""
    return render(request, "site/hub.html", first_pages.hub_context(actor_of(request)))


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the design system, for those who run the hub."""
    if not actor_of(request).runs_the_hub:
        raise NotAllowed(_("Only the secretariat may see the style guide."))
    return ui_views.styleguide(request)


def _error(request: HttpRequest, status: int, title: str, body: str) -> HttpResponse:
    return render(request, "ui/error.html", {"status": status, "title": title, "body": body}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _error(request, 400, _("This request cannot be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _error(request, 403, _("You may not do this"), _("Ask the secretariat of this hub if you think you should."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the hub's mark of protection, or from another site."""
    hint = _("Load the page with the form again and send it once more. Allow cookies of this hub if you refuse them.")
    return _error(request, 403, _("This form cannot be taken"), hint)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _error(request, 404, _("This page is not here"), _("Check the address, or start from the first page."))


def too_many(request: HttpRequest) -> HttpResponse:
    """429: allauth asks for this page where a rate limit of the account pages is reached."""
    return _error(
        request,
        429,
        _("Too many attempts"),
        _("Wait five minutes, then try again; for another mail about a new password, an hour."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: what went wrong is in the log, under the request's number."""
    return _error(request, 500, _("Something went wrong here"), _("It is not your doing. Try again in a minute."))


def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers read the pages themselves, not every combination of filters."""
    return HttpResponse("User-agent: *\nDisallow: /*?\nDisallow: /api/\n", content_type="text/plain")


def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness of this hub (RFC 9116); nothing where the operator gave no contact."""
    if not settings.CONTACT:
        raise Http404
    expires = timezone.now() + dt.timedelta(days=30)
    lines = [
        f"Contact: {contact_href()}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, fr, es, ar",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
