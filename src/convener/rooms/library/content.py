"""Shipped content into the library: practices and guidance. Loading it twice changes nothing.

A practice's file holds its initiative too, which goes into the directory. What a hub decided about a piece of
guidance, hidden or with a note, stays as it is.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction

from convener.errors import InvalidValue, Unreadable, sentence
from convener.foundation.outbox.actions import emit
from convener.rooms.directory.content import load_initiatives, shipped
from convener.rooms.directory.models import Initiative
from convener.rooms.library.actions.members import with_ours
from convener.rooms.library.models import Guidance, Practice, PracticeResult
from convener.rooms.library.schema import checked

PRACTICE_CHANGED, GUIDANCE_CHANGED = "practice.changed", "guidance.changed"
MOST_BYTES = 20_000_000


def load() -> dict[str, int]:
    """Load everything; returns how many records of each kind were new or changed.

    The directory must be loaded first: practices name its organisations. Raises InvalidValue for the first record that is
    wrong, with nothing of its shelf written.
    """
    return {
        shelf: load_records(shelf, _checked(shelf, shipped(shelf)), file=f"content/{shelf}")
        for shelf in ("practices", "guidance")
    }


def read_file(path: Path, shelf: str) -> list[dict[str, Any]]:
    """The records of a JSON file that an export wrote. Raises Unreadable for what is none, InvalidValue for a wrong one."""
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(
            sentence("The file is larger than %(most)s MB.", most=str(MOST_BYTES // 1_000_000)),
            hint=sentence("Load it in parts."),
        )
    try:
        raws = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raws = None
    if not isinstance(raws, list):
        raise Unreadable(
            sentence("This is no JSON list."), hint=sentence("Start from an export of this hub as JSON, which is one.")
        )
    keys = Counter(raw["key"] for raw in raws if isinstance(raw, dict) and isinstance(raw.get("key"), str))
    twice = next((key for key, times in keys.items() if times > 1), None)
    if twice is not None:
        told = sentence("“%(key)s” stands in the file more than once.", key=twice)
        raise InvalidValue("key", told, hint=sentence("Keep one of them."))
    return _checked(shelf, raws)


def _checked(shelf: str, raws: Iterable[Any]) -> list[dict[str, Any]]:
    """The records with everything they may hold; a key that comes again in the hub's own files replaces ours."""
    found: dict[str, dict[str, Any]] = {}
    for number, raw in enumerate(raws, start=1):
        key = raw.get("key") if isinstance(raw, dict) else None
        record = checked(shelf, raw, str(key)[:120] if key else str(number))
        found[record["key"]] = record
    return list(found.values())


@transaction.atomic
def load_records(shelf: str, raws: Iterable[dict[str, Any]], *, file: str = "content", dry_run: bool = False) -> int:
    """Load checked records of a shelf, all or none; how many were new or changed, or would be.

    With practices come their initiatives, and of the organisations they name those that ship and are not here yet. Raises
    InvalidValue for an organisation that is not found, which names ``file``.
    """
    touched = _load_guidance(raws) if shelf == "guidance" else _load_both(with_ours(list(raws), file))
    transaction.set_rollback(dry_run)
    return len(touched)


def load_file(path: Path, shelf: str, *, dry_run: bool = False) -> int:
    """Load a file that an export wrote, all or nothing; how many records were new or changed, or would be."""
    return load_records(shelf, read_file(path, shelf), file=path.name, dry_run=dry_run)


def _load_both(records: Sequence[dict[str, Any]]) -> Collection[uuid.UUID]:
    return {*load_initiatives(records), *_load_practices(records)}


def _load_practices(raws: Iterable[dict[str, Any]]) -> list[uuid.UUID]:
    initiatives = {one.slug: one for one in Initiative.objects.all()}
    present = {one.initiative_id: one for one in Practice.objects.prefetch_related("results")}
    touched = []
    for raw in raws:
        initiative = initiatives[raw["key"]]
        practice = present.get(initiative.pk) or Practice(initiative=initiative)
        if _write_practice(practice, raw):
            touched.append(initiative.pk)
    if touched:
        emit(PRACTICE_CHANGED, touched)
    return touched


def _write_practice(practice: Practice, raw: dict[str, Any]) -> bool:
    wanted = {
        "section": raw.get("section") or "",
        "summary": _tidy(raw["summary"]),
        "purpose": _tidy(raw["purpose"]),
        **{name: [_tidy(one) for one in raw.get(name) or []] for name in ("how", "outcomes", "legal_basis", "lessons")},
    }
    results = [_result_fields(one) for one in raw.get("results") or []]
    is_new = practice._state.adding
    held = [] if is_new else [{name: getattr(row, name) for name in _RESULT_FIELDS} for row in practice.results.all()]
    if not is_new and held == results and all(getattr(practice, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(practice, name, value)
    practice.save()
    practice.results.all().delete()
    PracticeResult.objects.bulk_create(
        PracticeResult(practice=practice, place=place, **fields) for place, fields in enumerate(results)
    )
    return True


_RESULT_FIELDS = ("what", "value", "unit", "qualifier", "when", "ref")


def _result_fields(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": _tidy(raw["what"]),
        "value": Decimal(raw["value"]),
        "unit": raw["unit"],
        "qualifier": raw["qualifier"],
        "when": raw.get("when") or "",
        "ref": raw["ref"],
    }


def _load_guidance(raws: Iterable[dict[str, Any]]) -> list[uuid.UUID]:
    present = {one.slug: one for one in Guidance.objects.all()}
    touched = []
    for place, raw in enumerate(raws):
        wanted = _guidance_fields(raw)
        piece = present.get(raw["key"]) or Guidance(slug=raw["key"], place=len(present) + place)
        if piece._state.adding or any(getattr(piece, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(piece, name, value)
            piece.save()
            touched.append(piece.pk)
    if touched:
        emit(GUIDANCE_CHANGED, touched)
    return touched


def _guidance_fields(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": raw["kind"],
        "topic": raw["topic"],
        "stages": _in_order(raw["stages"]),
        "sectors": _in_order(raw.get("sectors")),
        "audiences": _in_order(raw["audiences"]),
        "title": _tidy(raw["title"]),
        "text": _tidy(raw["text"]),
        "source": raw["source"],
    }


def _in_order(keys: Iterable[str] | None) -> list[str]:
    return sorted(keys or ())


def _tidy(texts: dict[str, str]) -> dict[str, str]:
    """Texts by language without the line breaks of the file."""
    return {language: " ".join(text.split()) for language, text in texts.items()}
