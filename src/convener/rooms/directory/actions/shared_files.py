"""Tools and initiatives as rows of a file: what an export writes, and what ``convener directory content FILE`` reads."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from convener.engines import values
from convener.engines.tables import Limits, open_table, split_list
from convener.errors import InvalidValue, Unreadable, joined, sentence
from convener.foundation.actor import Actor
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.models import InitiativeMember, Kind, Tool, Visibility
from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.directory.queries import visible

_COMMON = ("id", "name", "other_names", "summary", "practice", "countries", "regions", "exploitation")
_ORIGIN = ("document", "ref", "visibility")
#: The columns of each kind, in their order in a file. ``providers`` are public IDs, ``members`` are ``role:ID``.
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TOOL: (
        *_COMMON, "functions", "users", "languages", "cost", "licence", "maintained", "last_release", "website",
        "providers", *_ORIGIN,
    ),
    Kind.INITIATIVE: (
        *_COMMON, "part", "models", "purposes", "industries", "issues", "started", "ended", "members", *_ORIGIN,
    ),
}  # fmt: skip
_LISTS = frozenset({
    "other_names", "countries", "regions", "exploitation", "functions", "users", "languages", "providers", "models",
    "purposes", "industries", "issues", "members",
})  # fmt: skip
_VOCABULARIES = {
    "exploitation": "exploitation", "users": "stakeholder-types", "models": "models", "purposes": "purposes",
    "industries": "industries", "issues": "issues",
}  # fmt: skip
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, its usual forms
MOST_SUMMARY = 5_000


def rows(kind: Kind, keys: Sequence[uuid.UUID], actor: Actor) -> Iterator[dict[str, Any]]:
    """The tools or initiatives of ``keys`` as cells, of organisations those that ``actor`` may know of."""
    base: Any = visible.tools_visible_to(actor) if kind == Kind.TOOL else visible.initiatives_visible_to(actor)
    links = _links(kind, keys, actor)
    for record in base.filter(pk__in=keys).order_by("pk"):
        cells = {name: getattr(record, name, None) for name in COLUMNS[kind]}
        if kind == Kind.INITIATIVE:
            cells["models"] = record.models_used
        told = actor.runs_the_hub or (actor.party_id is not None and record.owner_id == actor.party_id)
        yield {
            **cells,
            "id": record.slug,
            "document": record.source.get("document", ""),
            "ref": record.source.get("ref", ""),
            "visibility": record.visibility if told else "",
            "providers" if kind == Kind.TOOL else "members": sorted(links.get(record.pk, ())),
        }


def _links(kind: Kind, keys: Sequence[uuid.UUID], actor: Actor) -> dict[uuid.UUID, list[str]]:
    if kind == Kind.TOOL:
        through = Tool.providers.through.objects.filter(tool__in=keys).values_list("tool_id", "party_id")
        found = [(record, party, "") for record, party in through]
    else:
        members = InitiativeMember.objects.filter(initiative__in=keys)
        found = [
            (one, party, f"{role}:") for one, party, role in members.values_list("initiative_id", "party_id", "role")
        ]
    seen = visible.visible_to(actor).filter(pk__in={party for _record, party, _role in found})
    public_ids = dict(seen.values_list("pk", "party__public_id"))
    links: dict[uuid.UUID, list[str]] = {}
    for record, party, role in found:
        if party in public_ids:
            links.setdefault(record, []).append(f"{role}{public_ids[party]}")
    return links


def read(path: Path, kind: Kind, *, limits: Limits) -> list[dict[str, Any]]:
    """The records of a file as the shipped ones are written (see ``content/``), with public IDs of organisations.

    Raises Unreadable for what is no table or not one of this kind, InvalidValue for the first value that is wrong: it is
    all or nothing.
    """
    with open_table(path, filename=path.name, limits=limits) as table:
        _require_columns(table.headings, kind)
        return [_record(row.cells, row.number, kind) for row in table.rows()]


def kind_of(headings: Collection[str]) -> Kind | None:
    """Which of these kinds a file holds, by its headings: all columns of the kind; None for anything else."""
    return next((kind for kind, columns in COLUMNS.items() if set(columns) <= set(headings)), None)


def _require_columns(headings: Collection[str], kind: Kind) -> None:
    """Every column of the kind, and none of another kind alone: a missing one would empty what is on record."""
    wrong = [name for name in headings if name not in COLUMNS[kind] and any(name in one for one in COLUMNS.values())]
    if wrong:
        told = sentence("These columns are of another kind of record: %(columns)s.", columns=", ".join(wrong))
        raise Unreadable(told, hint=sentence("Check what the file holds, and say it with --kind."))
    missing = [name for name in COLUMNS[kind] if name not in headings]
    if missing:
        told = sentence("These columns are missing: %(columns)s.", columns=", ".join(missing))
        raise Unreadable(told, hint=sentence("Start from an export of this hub, which has them all."))


def _record(cells: Mapping[str, Any], number: int, kind: Kind) -> dict[str, Any]:
    try:
        given = {name: _cell(name, cells.get(name)) for name in COLUMNS[kind]}
    except InvalidValue as error:
        raise InvalidValue(error.field, joined(sentence("Row %(row)s:", row=number), error.sentence)) from None
    checks = _checks()
    for name, cell in given.items():
        for value in cell if isinstance(cell, list) else [cell]:
            if value and name in checks and not checks[name](str(value)):
                told = sentence("Row %(row)s: “%(value)s” cannot stand in this column.", row=number, value=str(value))
                raise InvalidValue(name, told, hint=sentence("Write it as an export of this hub does."))
    for name in ("id", "name"):
        if not given[name]:
            told = sentence("Row %(row)s has nothing in this column.", row=number)
            raise InvalidValue(name, told, hint=sentence("Every row needs an id and a name."))
    members = [str(one).partition(":") for one in given.pop("members", ())]
    return {
        **given,
        "key": given["id"],
        "names": [{"text": text} for text in given["other_names"]],
        "summary": {"en": given["summary"]},
        "practice": int(given["practice"]) if given["practice"] else None,
        "source": {name: given[name] for name in ("document", "ref") if given[name]},
        "members": [{"role": role, "organisation": public_id} for role, _colon, public_id in members],
    }


def _cell(name: str, cell: Any) -> Any:
    """A cell by the rules of texts: no markup, nothing invisible, one line but for the summary."""
    if name in _LISTS:
        parts = cell if isinstance(cell, list) else split_list(str(cell)) if cell not in (None, "") else []
        return [values.read_text(name, part, max_chars=300).value for part in parts]
    if name == "website":
        return values.read_url(name, cell).value
    multiline = name == "summary"
    return values.read_text(name, cell, max_chars=MOST_SUMMARY if multiline else 300, multiline=multiline).value


def _checks() -> dict[str, Callable[[str], bool]]:
    """What may stand in a column, by its name."""

    def among(known: Collection[str]) -> Callable[[str], bool]:
        return lambda value: value in known

    roles = vocabulary("roles").terms
    return {
        **{name: among(vocabulary(listed).terms) for name, listed in _VOCABULARIES.items()},
        "id": lambda value: _SLUG.fullmatch(value) is not None and len(value) <= 120,
        "name": lambda value: len(value) <= 300,
        "practice": lambda value: value.isdecimal() and len(value) <= 3,
        "countries": among(countries().terms),
        "regions": among(regions().terms),
        "cost": among(Tool.Cost.values),
        "maintained": among(Tool.Maintained.values),
        "part": among(PARTS),
        "licence": lambda value: len(value) <= 60,
        "last_release": lambda value: len(value) <= 10,
        "started": lambda value: len(value) <= 10,
        "ended": lambda value: len(value) <= 10,
        "website": lambda value: len(value) <= 500,
        "languages": lambda value: _LANGUAGE.fullmatch(value) is not None,
        "members": lambda value: value.partition(":")[0] in roles,
        "visibility": among(Visibility.values),
    }
