"""Changing an entry, and adding one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convener.errors import InvalidValue, NotAllowed, Refused
from convener.foundation.accounts.queries import actor_of
from convener.rooms.directory.actions import editing
from convener.rooms.directory.actions.drafts import load_drafts
from convener.rooms.directory.actions.sensitive import note_read
from convener.rooms.directory.forms.organisation import OrganisationForm, initial_of
from convener.rooms.directory.models import Visibility
from convener.rooms.directory.pages import organisation, responses
from convener.rooms.directory.pages.cards import organisation_card
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries import visible

NEW_ENTRY = {
    "status": "active",
    "visibility": Visibility.PUBLIC,
    "place_visibility": Visibility.PRIVATE,
    "contact_visibility": Visibility.PRIVATE,
}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an entry; refused, with nothing lost from the screen, when somebody else saved meanwhile."""
    actor = actor_of(request)
    found = organisation.find(public_id, actor)
    if found.profile is None:
        return responses.removed_page(request)
    if not visible.editable_by(actor).filter(pk=found.profile.pk).exists():
        raise NotAllowed(
            _("You may not change this entry."), hint=_("Write to the organisation or to the secretariat of this hub.")
        )
    note_read(found.profile, actor)
    party = found.profile.party
    draft = load_drafts([party.pk])[party.pk]
    form = OrganisationForm(request.POST if request.method == "POST" else None, initial=initial_of(draft))
    if request.method == "POST" and form.is_valid():
        try:
            changed = editing.edit(party, form.values, actor=actor, seen=form.seen() or party.created_at)
        except InvalidValue as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, form, party.public_id, bool(changed))
    context = {
        "form": form,
        "parts": list(form.parts()),
        "party": party,
        "record_href": HUB_SIDE.organisation(party.public_id),
        "list_href": HUB_SIDE.to("list"),
    }
    return render(request, "directory/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add an entry; what it might be a double of is shown first."""
    actor = actor_of(request)
    if not actor.runs_the_hub:
        raise NotAllowed(
            _("Only the secretariat may add organisations."), hint=_("Send the particulars to the secretariat.")
        )
    form, doubles = OrganisationForm(request.POST if request.method == "POST" else None, initial=NEW_ENTRY), []
    if request.method == "POST" and form.is_valid():
        if "anyway" not in request.POST:
            doubles = editing.possible_duplicates(form.values)
        if not doubles:
            try:
                party = editing.add(form.values, actor=actor)
            except InvalidValue as error:
                form.refuse(error)
            else:
                return _saved(request, form, party.public_id, changed=True)
    context = {
        "form": form,
        "parts": list(form.parts()),
        "doubles": [organisation_card(profile, HUB_SIDE) for profile in doubles],
        "list_href": HUB_SIDE.to("list"),
    }
    return render(request, "directory/add.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: OrganisationForm, public_id: str, changed: bool) -> HttpResponseRedirect:
    if changed:
        messages.success(request, _("The entry was saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    for note in form.notes:
        messages.warning(request, note)
    return redirect(HUB_SIDE.organisation(public_id))
