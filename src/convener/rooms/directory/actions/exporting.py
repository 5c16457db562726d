"""Exports: what an actor may see of a set of organisations, as rows of the canonical columns; of tools and initiatives.

An export imports again as no change at all: the ``id`` finds the record and every cell says what is there already.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from convener.engines.tables import write_table
from convener.errors import NotAllowed, Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.filters import Filters
from convener.foundation.parties.models import PartyIdentifier
from convener.foundation.ui.charts import format_count
from convener.rooms.directory.actions import shared_files
from convener.rooms.directory.actions.drafts import Draft, load_drafts, values_of
from convener.rooms.directory.columns import NAMES
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries import listing, visible

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}
#: What tools and initiatives are exported as: they are few, and have no place.
SHARED_FORMATS = ("csv", "json")
#: The most rows of a file that somebody waits for at a page or the API; the command has no limit. A workbook is for
#: people, and they do not read as many; CSV and JSON are not limited.
MOST_WAITED_FOR = {"xlsx": 50_000}
CHUNK = 500
Advance = Callable[[int, int], None]


def export(
    out: BinaryIO,
    fmt: str,
    *,
    actor: Actor,
    kind: Kind = Kind.ORGANISATION,
    filters: Filters | None = None,
    advance: Advance | None = None,
    waited_for: bool = False,
) -> int:
    """Write every record of ``kind`` that ``actor`` may see and ``filters`` let through to ``out``; how many they were.

    ``fmt`` is one of :data:`FORMATS`, of tools and initiatives one of :data:`SHARED_FORMATS`. What the actor may not see
    is left empty. The export is audited. Raises Refused for more rows than ``waited_for`` files have.
    """
    if not actor.has_scope("directory:read"):
        raise NotAllowed(_("This token may not read the directory."))
    if kind != Kind.ORGANISATION and fmt not in SHARED_FORMATS:
        raise Refused(_("Tools and initiatives are exported as CSV or JSON."), hint=_("Choose one of these."))
    keys = listing.keys(actor, kind, filters or Filters())
    most = MOST_WAITED_FOR.get(fmt) if waited_for else None
    if most is not None and len(keys) > most:
        told = _("A workbook of %(count)s rows takes too long to wait for; %(most)s are the most.")
        raise Refused(
            told % {"count": format_count(len(keys)), "most": format_count(most)},
            hint=_("Take CSV or JSON, which have no limit, or filter the list first."),
        )
    audit.record(actor, "directory.export", kind.value, count=len(keys))
    if kind != Kind.ORGANISATION:
        write_table(fmt, shared_files.COLUMNS[kind], shared_files.rows(kind, keys, actor), out)
        return len(keys)
    write_table(fmt, NAMES, rows(keys, actor=actor, advance=advance), out, title="Organisations")
    return len(keys)


def rows(keys: Sequence[uuid.UUID], *, actor: Actor, advance: Advance | None = None) -> Iterator[Mapping[str, Any]]:
    """The organisations of ``keys`` as mappings of column to cell, some hundred at a time."""
    left, done = iter(keys), 0
    while chunk := list(islice(left, CHUNK)):
        seen = set(visible.visible_to(actor).filter(pk__in=chunk).values_list("pk", flat=True))
        drafts = load_drafts(chunk)
        for key in chunk:
            if key in seen:
                yield row_of(drafts[key], actor)
        done += len(chunk)
        if advance:
            advance(done, len(keys))


def row_of(draft: Draft, actor: Actor) -> dict[str, Any]:
    """One organisation as cells, without what ``actor`` may not see."""
    return visible.only_seen(cells_of(draft), actor, draft.profile)


def cells_of(draft: Draft) -> dict[str, Any]:
    """Every canonical column of one organisation as a cell; lists stay lists."""
    values = values_of(draft)
    country = draft.party.country
    values["registration_number"] = [
        number if jurisdiction == country and ":" not in number else f"{jurisdiction}:{number}"
        for _scheme, jurisdiction, number in values["registration_number"]
    ]
    values["lei"] = [key[2] for key in values["lei"]]
    values["org_id"] = [key[2] for key in values["org_id"]]
    values["source_ids"] = [
        f"{key[0].removeprefix(PartyIdentifier.SOURCE_PREFIX)}:{key[2]}" for key in values["source_ids"]
    ]
    return values
