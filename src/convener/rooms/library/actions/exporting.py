"""Exports of the library: practices as the files of ``content/practices/`` hold them, guidance as those of its folder.

JSON holds everything and loads again: a file under ``DATA_DIR/content/`` may be JSON, which is YAML too. CSV is for
people: one row a record, lists joined with semicolons, the texts in English and the titles in all languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from convener.engines.tables import write_table
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.filters import Filters
from convener.rooms.library.actions.members import rows_of
from convener.rooms.library.models import Guidance, Practice
from convener.rooms.library.queries import guidance, practices

FORMATS = {"csv": "text/csv", "json": "application/json"}
PRACTICE_COLUMNS = (
    "practice", "key", "name", "part", "section", "models", "purposes", "countries", "regions", "industries", "issues",
    "exploitation", "started", "ended", "members", "summary", "purpose", "how", "results", "outcomes", "legal_basis",
    "lessons", "document", "ref",
)  # fmt: skip
GUIDANCE_COLUMNS = (
    "key", "kind", "topic", "stages", "sectors", "audiences", "title_en", "title_fr", "title_es", "title_ar", "text",
    "document", "ref",
)  # fmt: skip


def export_practices(out: BinaryIO, fmt: str, *, actor: Actor, filters: Filters) -> int:
    """Write the practices of a list to ``out`` as one of :data:`FORMATS`; how many they were. Audited."""
    records = list(practices.find(actor, filters).records)
    members = rows_of(practices.members_of(records, actor), actor)
    raws = [practice_as_content(practice, members.get(practice.pk, ())) for practice in records]
    audit.record(actor, "library.export", "practice", count=len(raws))
    _write(out, fmt, raws, PRACTICE_COLUMNS, map(_practice_row, raws))
    return len(raws)


def export_guidance(out: BinaryIO, fmt: str, *, actor: Actor, filters: Filters) -> int:
    """Write the guidance of a list to ``out`` as one of :data:`FORMATS`; how many pieces they were. Audited."""
    raws = [guidance_as_content(piece) for piece in guidance.find(actor, filters).records]
    audit.record(actor, "library.export", "guidance", count=len(raws))
    _write(out, fmt, raws, GUIDANCE_COLUMNS, map(_guidance_row, raws))
    return len(raws)


def _write(
    out: BinaryIO, fmt: str, raws: list[dict[str, Any]], columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> None:
    if fmt == "json":
        out.write(orjson.dumps(raws, option=orjson.OPT_INDENT_2))
    else:
        write_table(fmt, columns, rows, out)


def practice_as_content(practice: Practice, members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A practice as a file of ``content/practices/`` holds it, with ``members`` as :func:`rows_of` gives them."""
    initiative = practice.initiative
    return {
        "key": initiative.slug,
        "name": initiative.name,
        "names": [{"text": name} for name in initiative.other_names],
        "practice": initiative.practice,
        "part": initiative.part,
        "section": practice.section,
        "visibility": initiative.visibility,
        "models": initiative.models_used,
        "purposes": initiative.purposes,
        "members": members,
        **{
            name: getattr(initiative, name) for name in ("countries", "regions", "industries", "issues", "exploitation")
        },
        "started": initiative.started,
        "ended": initiative.ended,
        **{name: getattr(practice, name) for name in ("summary", "purpose", "how")},
        "results": [
            {
                "what": row.what,
                "value": f"{row.value.normalize():f}",
                "unit": row.unit,
                "qualifier": row.qualifier,
                "when": row.when,
                "ref": row.ref,
            }
            for row in practice.results.all()
        ],
        **{name: getattr(practice, name) for name in ("outcomes", "legal_basis", "lessons")},
        "source": initiative.source,
    }


def guidance_as_content(piece: Guidance) -> dict[str, Any]:
    """A piece as a file of ``content/guidance/`` holds it; the hub's own note stays with the hub."""
    names = ("kind", "topic", "stages", "sectors", "audiences", "title", "text", "source")
    return {"key": piece.slug, **{name: getattr(piece, name) for name in names}}


def _practice_row(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: raw[name] for name in PRACTICE_COLUMNS if name in raw},
        "members": [f"{one['role']}:{one['organisation']}" for one in raw["members"]],
        **{name: raw[name].get("en", "") for name in ("summary", "purpose")},
        **{name: [one.get("en", "") for one in raw[name]] for name in ("how", "outcomes", "legal_basis", "lessons")},
        "results": [f"{one['value']} {one['unit']}: {one['what'].get('en', '')}" for one in raw["results"]],
        **_source(raw),
    }


def _guidance_row(raw: Mapping[str, Any]) -> dict[str, Any]:
    titles = {f"title_{language}": raw["title"].get(language, "") for language in ("en", "fr", "es", "ar")}
    return {**raw, **titles, "text": raw["text"].get("en", ""), **_source(raw)}


def _source(raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(raw["source"].get(name, "")) for name in ("document", "ref")}
