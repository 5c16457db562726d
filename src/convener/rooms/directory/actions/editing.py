"""One organisation, changed or added by people: checked like a row of a list, written with history and provenance."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.errors import NotAllowed, Refused, sentence, spoken
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.parties.matching import known_for
from convener.foundation.parties.models import Party, Source
from convener.foundation.parties.queries import hub_party, no_such_organisation
from convener.foundation.parties.sources import source_for
from convener.foundation.ui.components import Text
from convener.rooms.directory.actions import describing, likeness, numbers, writing
from convener.rooms.directory.actions.applying import candidate_of
from convener.rooms.directory.actions.drafts import KIND, Draft, load_drafts
from convener.rooms.directory.actions.reading import CheckedRow, RowReader
from convener.rooms.directory.actions.resembling import resembling
from convener.rooms.directory.columns import BY_NAME, DATE, NUMBER, PLAIN
from convener.rooms.directory.models import Profile
from convener.rooms.directory.queries import visible

IDENTIFIER_COLUMNS = numbers.COLUMNS
#: Columns that a person can change; the ID is given once, and numbers of other lists come with those lists.
EDITABLE = tuple(name for name in BY_NAME if name not in ("id", "source_ids"))
#: Columns that always have a value: who may see what is never left open.
NEVER_EMPTY = ("status", "visibility", "place_visibility", "contact_visibility")
#: Who entered a value, as everybody may know it: never a person, and no organisation whose entry may be private.
OWN, SECRETARIAT, KEEPER = "edit:organisation", "edit:secretariat", "edit:keeper"
EDITOR_TITLES: Mapping[str, Text] = {
    OWN: gettext_lazy("The organisation itself"),
    SECRETARIAT: gettext_lazy("The secretariat of this hub"),
    KEEPER: gettext_lazy("The member that looks after this entry"),
}


def read(cells: Mapping[str, Any]) -> CheckedRow:
    """Check what a form says by the rules of imports; a value that an import would leave out is an error here."""
    reader = RowReader({name: name for name in EDITABLE}, {}, "", timezone.localdate())
    row = reader.read(cells)
    given = {name for name, cell in cells.items() if cell not in (None, "", [])}
    kept: list[tuple[str, str]] = []
    for name, message in row.warnings:
        lost = name not in row.values and (name in given or name == "latitude")
        (row.errors if lost else kept).append((name, message))
    emptied = [name for name in NEVER_EMPTY if name in cells and name not in given]
    row.errors += [(name, sentence("This cannot be empty. Choose one of the values.")) for name in emptied]
    row.errors = [(name, spoken(message)) for name, message in row.errors]
    row.warnings = [(name, spoken(message)) for name, message in kept]
    return row


def edit(party: Party, values: Mapping[str, Any], *, actor: Actor, seen: dt.datetime | None = None) -> frozenset[str]:
    """Make the organisation's columns what ``values`` (as :func:`read` gives them) say; returns which changed.

    Columns that ``values`` lacks are left alone; an empty value clears. ``seen`` is the ``updated_at`` of the entry
    as the person saw it: raises Refused when somebody saved since. Raises NotFound for an entry that the actor may not
    know of, NotAllowed for one they may not change, InvalidValue for a number that another one has.
    """
    if not visible.visible_to(actor).filter(pk=party.pk).exists():
        raise no_such_organisation()
    if not visible.editable_by(actor).filter(pk=party.pk).exists():
        audit.record(actor, "directory.edit", KIND, party.pk, outcome="refused")
        raise NotAllowed(
            _("You may not change this entry."), hint=_("Write to the organisation or to the secretariat of this hub.")
        )
    numbers.refuse_taken(party.pk, values, actor=actor)
    likeness.make_ready()
    try:
        with transaction.atomic():
            locked = Party.objects.select_for_update().get(pk=party.pk)
            if seen is not None and locked.updated_at != seen:
                raise _overtaken()
            draft = load_drafts([party.pk])[party.pk]
            _fill(draft, values)
            _write(draft, actor=actor, action="edit")
    except IntegrityError as error:  # the same number, entered for another organisation at the same moment
        raise _overtaken() from error
    return frozenset(draft.changed)


def add(values: Mapping[str, Any], *, actor: Actor) -> Party:
    """Add an organisation. Raises NotAllowed for all but the secretariat, InvalidValue as :func:`edit` does."""
    if not actor.runs_the_hub or not actor.has_scope("directory:write"):
        audit.record(actor, "directory.add", KIND, outcome="refused")
        raise NotAllowed(
            _("Only the secretariat may add organisations."), hint=_("Send the particulars to the secretariat.")
        )
    numbers.refuse_taken(None, values, actor=actor)
    likeness.make_ready()
    try:
        with transaction.atomic():
            draft = Draft.new(owner_id=actor.party_id or hub_party().id)
            _fill(draft, values)
            _write(draft, actor=actor, action="add")
    except IntegrityError as error:
        raise _overtaken() from error
    return draft.party


def possible_duplicates(values: Mapping[str, Any]) -> list[Profile]:
    """Entries that ``values`` may be about already: the same number, the same name in whatever country, or what resembles
    them.
    """
    candidate = candidate_of({name: value for name, value in values.items() if value})
    known = known_for([candidate])
    same_name = {one for (key, _country), ids in known.by_name.items() if key == candidate.name_key for one in ids}
    found = {*known.by_identifier.values(), *same_name}
    likes = resembling({0: describing.record_of_values("0", values)}).get(0, ())
    found |= {like.other for like in likes if isinstance(like.other, uuid.UUID)}
    return list(Profile.objects.select_related("party").filter(pk__in=found).order_by("sort_name", "pk")[:20])


def _overtaken() -> Refused:
    return Refused(
        _("Somebody else saved this entry while you were working on it, so your changes were not saved."),
        hint=_("Open the entry again, look at what changed, and enter your changes once more."),
    )


def _fill(draft: Draft, values: Mapping[str, Any]) -> None:
    """Set the columns in the order of the table: the name comes before the aliases, which must differ from it."""
    for column in PLAIN:
        if column.name in values:
            value = values[column.name]
            draft.set(column.name, value if value not in ("", None, []) else _empty(column.name))
    if "aliases" in values:
        draft.set_aliases(values["aliases"] or [], replace=True)
    for name in IDENTIFIER_COLUMNS:
        if name in values:
            keys = [(key[0], key[1], key[2]) for key in values[name] or []]
            draft.set_identifiers(name, keys, replace=True)


def _empty(name: str) -> Any:
    column = BY_NAME[name]
    if column.kind in (NUMBER, DATE):
        return None
    return [] if column.is_list else ""


def _write(draft: Draft, *, actor: Actor, action: str) -> None:
    if not draft.changed and not draft.is_new:
        return
    key = _editor(draft.party, actor)
    draft.note_provenance(source_for(Source.Kind.EDIT, key, key).id, "", timezone.localdate())
    writing.write([draft], actor=actor, action=action)
    audit.record(actor, f"directory.{action}", KIND, draft.party.id, fields=sorted(draft.changed))


def _editor(party: Party, actor: Actor) -> str:
    if actor.party_id is not None and actor.party_id == party.id:
        return OWN
    return SECRETARIAT if actor.runs_the_hub else KEEPER
