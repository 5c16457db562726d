"""The history of an entry."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convener.errors import NotAllowed
from convener.foundation.accounts.queries import actor_of
from convener.rooms.directory.actions.sensitive import note_read
from convener.rooms.directory.pages import history as pages
from convener.rooms.directory.pages import organisation, responses
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries.history import may_see_history


@require_safe
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """What changed, when, and from where; without what the reader may not see."""
    actor = actor_of(request)
    found = organisation.find(public_id, actor)
    if not may_see_history(actor):
        raise NotAllowed(_("The history of entries is for members of this hub."), hint=_("Ask the secretariat."))
    if found.profile is None:
        return responses.removed_page(request)
    if found.profile.party.public_id != public_id:
        return redirect(HUB_SIDE.to("history", found.profile.party.public_id))
    note_read(found.profile, actor)
    return render(request, "directory/history.html", pages.context(found.profile, actor, request.GET.get("page")))
