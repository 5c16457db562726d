"""The directory for members: the same pages with what they may see, and what they may do about it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.foundation.parties.models import Merge
from convener.rooms.directory.models import Kind, Profile
from convener.rooms.directory.pages import responses
from convener.rooms.directory.pages.sides import HUB_SIDE, Action
from convener.rooms.directory.queries import visible
from convener.rooms.directory.queries.history import may_see_history


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations."""
    actor = actor_of(request)
    return responses.list_page(request, actor, Kind.ORGANISATION, HUB_SIDE, list_actions(actor))


@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """The tools."""
    return responses.list_page(request, actor_of(request), Kind.TOOL, HUB_SIDE)


@require_safe
def initiatives(request: HttpRequest) -> HttpResponse:
    """The initiatives."""
    return responses.list_page(request, actor_of(request), Kind.INITIATIVE, HUB_SIDE)


@require_safe
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organisation."""
    return responses.organisation_page(request, actor_of(request), HUB_SIDE, public_id, record_actions)


@require_safe
def tool(request: HttpRequest, slug: str) -> HttpResponse:
    """One tool."""
    return responses.tool_page(request, actor_of(request), HUB_SIDE, slug)


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative."""
    return responses.initiative_page(request, actor_of(request), HUB_SIDE, slug)


@require_safe
def download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The organisations of a list as a file, with what the member may see."""
    return responses.download(request, actor_of(request), fmt)


def list_actions(actor: Actor) -> Sequence[Action]:
    """What can be done about the list of organisations."""
    if not actor.runs_the_hub:
        return ()
    return (
        Action(_("Add an organisation"), HUB_SIDE.to("add")),
        Action(_("Import a list"), HUB_SIDE.to("import_new")),
        Action(_("Merge two entries"), HUB_SIDE.to("merge")),
    )


def record_actions(profile: Profile, actor: Actor) -> Sequence[Action]:
    """What can be done about one entry."""
    public_id = profile.party.public_id
    actions = []
    if visible.editable_by(actor).filter(pk=profile.pk).exists():
        actions.append(Action(_("Change this entry"), HUB_SIDE.to("edit", public_id)))
    if may_see_history(actor):
        actions.append(Action(_("History"), HUB_SIDE.to("history", public_id)))
    if actor.runs_the_hub:
        actions.append(Action(_("Merge with another entry"), HUB_SIDE.to("merge", query=f"kept={public_id}")))
        merges = Merge.objects.filter(kept=profile.pk, undone_at=None).select_related("merged").order_by("-at")
        actions += [
            Action(_("Take back the merge of %(name)s") % {"name": one.merged.name}, HUB_SIDE.to("merge_undo", one.pk))
            for one in merges
        ]
    return actions
