"""Writing organisations: adding one, changing one; checked by the rules of imports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header
from ninja.responses import Status

from convener.errors import InvalidValue, Refused
from convener.foundation.actor import Actor
from convener.foundation.api import LOGIN, ErrorAnswer, check_parameters, require_login, root_url
from convener.foundation.api.problems import InvalidValues
from convener.foundation.parties.matching import match
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import editing
from convener.rooms.directory.actions.applying import candidate_of
from convener.rooms.directory.actions.reading import CheckedRow
from convener.rooms.directory.api import rendering, shapes
from convener.rooms.directory.api.organisations import entry_called, etag_of
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Profile

WRITE = "directory:write"


@router.post(
    "/organisations",
    response={201: shapes.WrittenOrganisation, (403, 409, 413): ErrorAnswer},
    exclude_unset=True,
    operation_id="addOrganisation",
    summary="Add an organisation",
    tags=["organisations"],
    openapi_extra=LOGIN,
)
def add_organisation(request: HttpRequest, values: shapes.NewOrganisation, response: HttpResponse) -> Any:
    """Add an organisation; for the secretariat. One that is on record already is refused (409), and its ID said; of what
    only resembles it, a warning tells.
    """
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    row = _checked(_cells(values))
    if actor.runs_the_hub:  # others are refused by the action, and learn nothing of what is on record
        _refuse_known(row)
        alike = editing.possible_duplicates(row.values)
        row.warnings += [("name", _resembling(profile)) for profile in alike]
    party = editing.add(row.values, actor=actor)
    party.refresh_from_db()
    return Status(201, _written(request, response, actor, party, row))


@router.patch(
    "/organisations/{id}",
    response={200: shapes.WrittenOrganisation, (403, 404, 409, 410, 413): ErrorAnswer},
    exclude_unset=True,
    operation_id="changeOrganisation",
    summary="Change an organisation",
    tags=["organisations"],
    openapi_extra=LOGIN,
)
def change_organisation(
    request: HttpRequest,
    id: str,
    values: shapes.OrganisationValues,
    response: HttpResponse,
    if_match: str | None = Header(  # type: ignore[type-arg]
        None, alias="If-Match", description="ETag of the entry as it was read: a change made since is a conflict (409)."
    ),
) -> Any:
    """Change the fields that are sent; for the organisation, who looks after its entry, and the secretariat."""
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    party = entry_called(id, actor).party
    sent = _cells(values)
    row = _checked({"name": party.name, "country": party.country, **sent})
    wanted = {name: row.values.get(name) for name in sent}
    wanted |= {name: value for name, value in row.values.items() if name in ("sector", "industries")}
    editing.edit(party, wanted, actor=actor, seen=_seen(if_match))
    party.refresh_from_db()
    return _written(request, response, actor, party, row)


def _cells(values: Any) -> dict[str, Any]:
    cells: dict[str, Any] = values.model_dump(exclude_unset=True)
    return cells


def _checked(cells: dict[str, Any]) -> CheckedRow:
    """Read the cells by the rules of imports. Raises InvalidValues with everything that is wrong."""
    row = editing.read(cells)
    if row.errors:
        raise InvalidValues(row.errors)
    return row


def _refuse_known(row: CheckedRow) -> None:
    found = match([candidate_of(row.values)])[0]
    if found.problem:
        raise Refused(found.problem, hint=_("Look for the organisation first."))
    if found.party_id is not None:
        public_id = Party.objects.values_list("public_id", flat=True).get(pk=found.party_id)
        told = _("This organisation is on record already: %(id)s.") % {"id": public_id}
        raise Refused(told, hint=_("Change that entry instead."))


def _resembling(profile: Profile) -> str:
    party = profile.party
    return _("It resembles “%(name)s” (%(id)s), which is on record.") % {"name": party.name, "id": party.public_id}


def _seen(if_match: str | None) -> dt.datetime | None:
    if if_match is None or if_match.strip() == "*":
        return None
    try:
        return dt.datetime.fromisoformat(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError:
        hint = _("Send the one that reading the entry gave.")
        raise InvalidValue("If-Match", _("This is not an ETag of an organisation."), hint=hint) from None


def _written(
    request: HttpRequest, response: HttpResponse, actor: Actor, party: Party, row: CheckedRow
) -> dict[str, Any]:
    response["ETag"] = etag_of(party)
    response["Location"] = rendering.organisation_url(root_url(request), party.public_id)
    warnings = [{"field": name, "message": message} for name, message in row.warnings]
    return {**rendering.organisation(request, actor, party.pk), "warnings": warnings}
