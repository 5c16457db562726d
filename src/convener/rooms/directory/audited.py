"""What the directory's actions and records are called in the audit; imported once, when the app is ready."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convener.engines.identifiers import read_public_id
from convener.errors import InvalidValue
from convener.foundation.actor import Actor
from convener.foundation.audit.naming import RecordName, register_actions, register_kind
from convener.foundation.parties.models import Party
from convener.rooms.directory.queries import imports
from convener.rooms.directory.queries.visible import visible_to

FOUND_AT_MOST = 200


def organisations(actor: Actor, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, RecordName]:
    """Names and links of the entries the actor may open; of the others the public ID, and the name for the secretariat
    (those that were merged, and the hub's own).
    """
    open_to = set(visible_to(actor).filter(party_id__in=ids).values_list("party_id", flat=True))
    return {party.id: _organisation(actor, party, party.id in open_to) for party in Party.objects.filter(id__in=ids)}


def _organisation(actor: Actor, party: Party, is_open: bool) -> RecordName:
    if is_open:
        href = reverse("hub_directory:organisation", args=[party.public_id])
        return RecordName(party.name, party.public_id, href)
    return RecordName(party.name if actor.runs_the_hub else "", party.public_id)


def find_organisations(actor: Actor, text: str) -> list[uuid.UUID]:
    """By public ID as people type it, whichever it is: entries show it to everybody; by name only what may be seen."""
    try:
        return list(Party.objects.filter(public_id=read_public_id(text)).values_list("id", flat=True))
    except InvalidValue:
        found = visible_to(actor).filter(party__name__icontains=text).order_by("pk")
        return list(found.values_list("party_id", flat=True)[:FOUND_AT_MOST])


def _imports(actor: Actor, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, RecordName]:
    return {
        run.id: RecordName(run.file_name, href=reverse("hub_directory:import", args=[run.id]))
        for run in imports.visible_to(actor).filter(id__in=ids)
    }


def _find_imports(actor: Actor, text: str) -> list[uuid.UUID]:
    found = imports.visible_to(actor).filter(file_name__icontains=text)
    return list(found.values_list("id", flat=True)[:FOUND_AT_MOST])


register_actions(
    "directory",
    _("Directory"),
    {
        "add": _("Added an organisation"),
        "content": _("Loaded the records that come with Convener"),
        "content_file": _("Loaded tools or initiatives from a file"),
        "different": _("Said that two organisations differ"),
        "edit": _("Changed an organisation"),
        "enter_number": _("Entered a number that another organisation has"),
        "export": _("Exported a list"),
        "find_duplicates": _("Looked for duplicates"),
        "import": _("Imported a list"),
        "import_cancelled": _("Cancelled an import"),
        "import_confirmed": _("Confirmed an import"),
        "import_undo": _("Undid an import"),
        "read": _("Read what is not public about an organisation"),
        "read_duplicates": _("Looked at possible duplicates"),
        "read_history": _("Read the history of an organisation"),
        "undecided": _("Took back that two organisations differ"),
    },
)
for _kind in ("organisation", "party"):
    register_kind(_kind, _("Organisation"), names=organisations, find=find_organisations)
register_kind("import", _("Import"), names=_imports, find=_find_imports)
