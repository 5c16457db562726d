"""Answers that both doors give alike, for an actor and a side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from convener.foundation.actor import Actor
from convener.foundation.ui.sides import Action
from convener.rooms.directory.actions.exporting import FORMATS, SHARED_FORMATS, export
from convener.rooms.directory.actions.sensitive import note_read
from convener.rooms.directory.models import Kind, Profile
from convener.rooms.directory.pages import lists, organisation, shared
from convener.rooms.directory.pages.sides import PUBLIC_SIDE, Side
from convener.rooms.directory.queries.listing import read_filters

#: A redirect from a merged ID is permanent, but a merge can be undone: browsers ask again after ten minutes.
REMEMBER_S = 600
SPOOL_BYTES = 2 * 1024 * 1024
ActionsOf = Callable[[Profile, Actor], Sequence[Action]]


def list_page(
    request: HttpRequest, actor: Actor, kind: Kind, side: Side, actions: Sequence[Action] = ()
) -> HttpResponse:
    """A list with its map and filters, and what the actor can do about it."""
    context = {**lists.context(request.GET, actor, kind, side), "actions": actions}
    if kind == Kind.ORGANISATION:
        embed = PUBLIC_SIDE.to("embed", query=context["filters"].query_string())
        context["embed_address"] = request.build_absolute_uri(embed)
    return render(request, "directory/list.html", context)


def no_actions(_profile: Profile, _actor: Actor) -> Sequence[Action]:
    """Nothing can be done without an account."""
    return ()


def organisation_page(
    request: HttpRequest, actor: Actor, side: Side, text: str, actions: ActionsOf = no_actions
) -> HttpResponse:
    """An organisation's page; a redirect from a merged or differently written ID; 410 for a removed one."""
    found = organisation.find(text, actor)
    if found.profile is None:
        return removed_page(request)
    public_id = found.profile.party.public_id
    if text != public_id:
        response = redirect(side.organisation(public_id), permanent=True)
        response["Cache-Control"] = f"max-age={REMEMBER_S}"
        return response
    note_read(found.profile, actor)
    context = organisation.context(found.profile, actor, side)
    return render(request, "directory/organisation.html", {**context, "actions": actions(found.profile, actor)})


def removed_page(request: HttpRequest) -> HttpResponse:
    """The entry was here and was removed: what it said is gone for good."""
    words = {
        "status": 410,
        "title": _("This entry was removed"),
        "body": _("An organisation with this ID was in the directory once. Its entry was removed and is not kept."),
    }
    return render(request, "ui/error.html", words, status=410)


def tool_page(request: HttpRequest, actor: Actor, side: Side, slug: str) -> HttpResponse:
    """The page of a tool."""
    return render(request, "directory/record.html", shared.tool_context(slug, actor, side))


def initiative_page(request: HttpRequest, actor: Actor, side: Side, slug: str) -> HttpResponse:
    """The page of an initiative."""
    return render(request, "directory/record.html", shared.initiative_context(slug, actor, side))


FILE_NAMES = {Kind.ORGANISATION: "organisations", Kind.TOOL: "tools", Kind.INITIATIVE: "initiatives"}


def download(request: HttpRequest, actor: Actor, fmt: str, kind: Kind = Kind.ORGANISATION) -> HttpResponseBase:
    """The records of a list as a file: written whole before the first byte is sent, so it is never cut short."""
    if fmt not in (FORMATS if kind == Kind.ORGANISATION else SHARED_FORMATS):
        raise Http404
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the response closes it
    try:
        filters = read_filters(kind, request.GET)
        export(file, fmt, actor=actor, kind=kind, filters=filters, waited_for=True)  # type: ignore[arg-type]
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, as_attachment=True, filename=f"{FILE_NAMES[kind]}.{fmt}", content_type=FORMATS[fmt])
