"""Reading organisations: the list, one of them, its history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query
from ninja.responses import Status

from convener.engines.identifiers import read_public_id
from convener.errors import InvalidValue, NotAllowed, NotFound
from convener.foundation.actor import Actor
from convener.foundation.api import (
    LOGIN,
    ErrorAnswer,
    PageQuery,
    actor_of,
    check_parameters,
    page_of,
    require_login,
    root_url,
)
from convener.foundation.api.problems import Gone
from convener.foundation.audit import actions as audit
from convener.foundation.audit.models import Tombstone
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import no_such_organisation
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.api import rendering, shapes
from convener.rooms.directory.api.filters import OrganisationQuery, filters_of
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Kind, Profile
from convener.rooms.directory.queries import history, listing, visible

READ = "directory:read"


@router.get(
    "/organisations",
    response={200: shapes.OrganisationPage, 403: ErrorAnswer},
    exclude_unset=True,
    operation_id="listOrganisations",
    summary="List organisations",
    tags=["organisations"],
)
def list_organisations(request: HttpRequest, query: Query[OrganisationQuery]) -> Any:
    """Organisations by name: those that every filter lets through, and of each filter any of its values."""
    actor = actor_of(request, READ)
    filters = filters_of(request, Kind.ORGANISATION, query)
    found = listing.listing(actor, Kind.ORGANISATION, filters, page=query.number, per_page=query.per_page, facets=False)
    keys = [profile.pk for profile in found.records]
    return page_of(request, query, found.total, rendering.organisations(request, actor, keys))


@router.get(
    "/organisations/{id}",
    response={200: shapes.Organisation, 308: shapes.Moved, (403, 404, 410): ErrorAnswer},
    exclude_unset=True,
    operation_id="getOrganisation",
    summary="One organisation",
    tags=["organisations"],
    url_name="organisation",
)
def get_organisation(request: HttpRequest, id: str, response: HttpResponse) -> Any:
    """The entry of a public ID. One that was merged leads to the one that stands (308), a deleted one is gone (410)."""
    actor = actor_of(request, READ)
    check_parameters(request, ())
    party = _party_of(id)
    profile = entry_of(standing(party), actor)
    if profile.party != party:
        return _moved(request, response, profile.party)
    response["ETag"] = etag_of(profile.party)
    return rendering.organisation(request, actor, profile.pk)


@router.get(
    "/organisations/{id}/history",
    response={200: shapes.ChangePage, (403, 404, 410): ErrorAnswer},
    operation_id="listChanges",
    summary="History of an organisation",
    tags=["organisations"],
    openapi_extra=LOGIN,
)
def list_changes(request: HttpRequest, id: str, query: Query[PageQuery]) -> Any:
    """What was changed; for the organisation, who looks after its entry, and the secretariat. Reading it is audited."""
    actor = require_login(request, READ)
    check_parameters(request, PageQuery.model_fields)
    profile = entry_called(id, actor)
    if not visible.keeps(actor, profile.party):
        raise NotAllowed(
            _("Only the organisation and those who look after its entry read its history here."),
            hint=_("Members read what they may see of it on the page of the entry."),
        )
    changes = history.changes_of(profile, actor)
    start = (query.number - 1) * query.per_page
    shown = history.seen(list(changes[start : start + query.per_page]), profile, actor)
    audit.record(actor, "directory.read_history", KIND, profile.pk, count=len(shown))
    return page_of(request, query, changes.count(), [_told(one) for one in shown])


def _party_of(text: str) -> Party:
    """The record of a public ID, also one that was merged. Raises NotFound, with a hint for a mistyped ID, or Gone."""
    try:
        public_id = read_public_id(text)
    except InvalidValue as error:
        raise NotFound(error.message, hint=error.hint) from error
    party = Party.objects.filter(public_id=public_id).first()
    if party is not None:
        return party
    if Tombstone.objects.filter(kind=KIND, public_id=public_id).exists():
        raise Gone(_("This entry was deleted."), hint=_("Look for the organisation by its name."))
    raise no_such_organisation()


def standing(party: Party) -> Party:
    """The record that stands for ``party``: itself, or the one it was merged into."""
    while party.merged_into is not None:
        party = party.merged_into
    return party


def entry_of(party: Party, actor: Actor) -> Profile:
    """The entry of a record that stands. Raises NotFound where there is none that the actor may know of."""
    profile = visible.visible_to(actor).filter(pk=party.pk).first()
    if profile is None:
        raise no_such_organisation()
    return profile


def entry_called(text: str, actor: Actor) -> Profile:
    """The entry of a public ID as somebody wrote it, that of the record that stands where it was merged."""
    return entry_of(standing(_party_of(text)), actor)


def etag_of(party: Party) -> str:
    """The mark of a state of an entry, for If-Match."""
    return f'"{party.updated_at.isoformat()}"'


def _moved(request: HttpRequest, response: HttpResponse, party: Party) -> Status[dict[str, str]]:
    response["Location"] = reverse("api:organisation", args=[party.public_id])
    response["Cache-Control"] = "no-store"  # a merge can be undone
    return Status(308, {"id": party.public_id, "url": rendering.organisation_url(root_url(request), party.public_id)})


def _told(one: history.SeenChange) -> dict[str, Any]:
    return {
        "at": one.change.at,
        "action": one.change.action,
        "door": one.change.door,
        "by": one.organisation,
        "values": {name: {"before": pair[0], "after": pair[1]} for name, pair in one.values.items()},
        "erased": one.change.erased_at is not None,
    }
