"""Shipped content into the directory: organisations, tools and initiatives. Loading it twice changes nothing.

Every practice is an initiative too: its file under ``practices/`` holds both, and the library loads both of it. A value
that people of the hub changed since is left as they made it; a hub's own files under ``DATA_DIR/content/`` are
loaded after ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from convener.engines.tables import Limits
from convener.foundation.actor import HUB
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.matching import remaining
from convener.foundation.parties.models import Party, PartyName, Source
from convener.foundation.parties.queries import by_public_id, hub_party
from convener.foundation.parties.sources import source_for
from convener.foundation.vocabularies import content_dir, read_yaml
from convener.rooms.directory.actions import shared_files, terms, writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Initiative, InitiativeMember, Kind, Tool
from convener.rooms.directory.queries.index import TOPICS

DOCUMENTS = {
    "unodc-compendium": "UNODC, Compendium of Promising Practices on Public-Private Partnerships",
    "la-strada-assessment-2014": "La Strada International, survey of European NGOs on engaging business, 2014",
    "la-strada-documentation-record": "La Strada Documentation Center, document 3039",
    "interactive-map-trends-and-gaps": "Interactive Map for Business, Trends and Gaps, 2021",
    "indicator-private-sector-investment": "Indicator: private sector investment",
}
#: Field in the files → canonical column.
COLUMNS = {
    "name": "name",
    "type": "type",
    "country": "country",
    "scope": "scope",
    "countries": "countries",
    "regions": "regions",
    "industries": "industries",
    "issues": "issues",
    "exploitation": "exploitation",
    "services": "services",
    "models": "models",
    "languages": "languages",
    "website": "website",
}
BATCH = 100


def load() -> dict[str, int]:
    """Load everything; returns how many records of each kind were new or changed."""
    return {
        "organisations": load_organisations(),
        "tools": len(_load_shared(shipped("tools"), Kind.TOOL, Tool, _tool_fields, _link_providers)),
        "initiatives": len(load_initiatives(shipped("initiatives"))),
    }


def load_initiatives(raws: Iterable[dict[str, Any]]) -> list[uuid.UUID]:
    """Load initiatives written as ``content/initiatives/`` has them; the keys of those that were new or changed."""
    return _load_shared(raws, Kind.INITIATIVE, Initiative, _initiative_fields, _link_members)


@transaction.atomic
def load_file(path: Path, kind: Kind, *, limits: Limits, dry_run: bool = False) -> int:
    """Load the tools or initiatives of a file that an export wrote; how many were new or changed, or would be.

    Organisations stand in it by their public ID. Those that it does not name stay with the record: whoever exported it
    may not have been allowed to know of them. Raises Unreadable or InvalidValue with nothing written.
    """
    raws = shared_files.read(path, kind, limits=limits)
    tools = kind == Kind.TOOL
    loaded = _load_shared(raws, kind, Tool, _tool_fields, _add_providers) if tools else load_initiatives(raws)
    transaction.set_rollback(dry_run)
    return len(loaded)


def shipped(folder: str) -> Iterator[dict[str, Any]]:
    """The records of a folder of ``content/``: ours, then the hub's own. A file holds a list of them, or one."""
    for base in (content_dir(), Path(settings.DATA_DIR) / "content"):
        for path in sorted([*(base / folder).glob("*.yaml"), *(base / folder).glob("*.json")]):  # JSON is YAML too
            held = read_yaml(path) or []
            yield from held if isinstance(held, list) else [held]


def _source(raw: dict[str, Any]) -> Source:
    document = raw["document"]
    return source_for(Source.Kind.DOCUMENT, f"document:{document}", DOCUMENTS.get(document, document))


def load_organisations(only: Collection[str] | None = None) -> int:
    """Load the organisations that ship, or of these ``only`` those with these keys; how many were new or changed."""
    if only is not None and not only:
        return 0
    raws = {raw["key"]: raw for raw in shipped("organisations") if only is None or raw["key"] in only}
    keys, changed = list(raws), 0
    for start in range(0, len(keys), BATCH):
        chunk = keys[start : start + BATCH]
        changed += _load_batch({key: raws[key] for key in chunk})
    return changed


@transaction.atomic
def _load_batch(raws: dict[str, dict[str, Any]]) -> int:
    ids = dict(Party.objects.filter(content_key__in=raws).values_list("content_key", "id"))
    drafts = load_drafts(list(ids.values()))
    owner_id = hub_party().id
    documents = {str(pk) for pk in Source.objects.filter(kind=Source.Kind.DOCUMENT).values_list("id", flat=True)}
    work = []
    for key, raw in raws.items():
        if key in ids and drafts[ids[key]].party.status == Party.Status.MERGED:
            continue  # merged away on this hub: what it says is told by the record that was kept
        draft = drafts[ids[key]] if key in ids else Draft.new(owner_id=owner_id)
        draft.party.content_key = key
        _fill(draft, raw, documents)
        work.append(draft)
    writing.write(work, actor=HUB, action="content")
    return sum(draft.is_new or bool(draft.changed) for draft in work)


def _fill(draft: Draft, raw: dict[str, Any], documents: set[str]) -> None:
    values = {COLUMNS[name]: raw[name] for name in COLUMNS if raw.get(name)}
    values["summary"] = " ".join(raw["summary"]["en"].split())
    values["summary_language"] = "en"
    for column, value in values.items():
        present = draft.party.provenance.get(column, {}).get("source")
        if present and present not in documents:
            continue
        draft.set(column, sorted(value) if BY_NAME[column].is_list else value)
    names = raw.get("names") or []
    draft.set_aliases(
        [one["text"] for one in names],
        replace=False,
        kinds={one["text"]: (one.get("kind", PartyName.Kind.ALIAS), one.get("lang", "")) for one in names},
    )
    if not draft.changed:
        return
    draft.note_provenance(_source(raw["source"]).id, raw["source"]["ref"], None)
    for column, source in (raw.get("sources") or {}).items():
        name = COLUMNS.get(column, column)
        if name in draft.changed:
            entry = {"source": str(_source(source).id), "ref": source["ref"], "on": None}
            draft.party.provenance = {**draft.party.provenance, name: entry}


def _kept_parties() -> dict[str | None, uuid.UUID]:
    """Our organisations by key; one that was merged away on this hub stands for the one that was kept."""
    rows = Party.objects.exclude(content_key=None).values_list("content_key", "id", "merged_into_id")
    return {key: remaining(party_id) if merged_into else party_id for key, party_id, merged_into in rows}


class _Parties(dict[Any, uuid.UUID]):
    """Organisations by our key or, when it is asked for, by their public ID."""

    def __missing__(self, public_id: str) -> uuid.UUID:
        self[public_id] = by_public_id(public_id).id
        return self[public_id]


@transaction.atomic
def _load_shared(raws: Iterable[dict[str, Any]], kind: Kind, model: Any, fields: Any, link: Any) -> list[uuid.UUID]:
    present = {record.slug: record for record in model.objects.all()}
    parties = _Parties(_kept_parties())
    owner_id = hub_party().id
    terms_of: Any = terms.terms_of_tool if kind == Kind.TOOL else terms.terms_of_initiative
    touched = []
    for raw in raws:
        wanted = {**_common_fields(raw), **fields(raw)}
        record = present.get(raw["key"]) or model(slug=raw["key"], owner_id=owner_id)
        differs = record._state.adding or any(getattr(record, name) != value for name, value in wanted.items())
        if differs:
            for name, value in wanted.items():
                setattr(record, name, value)
            record.facet_terms = terms_of(record)
            record.save()
        if link(record, raw, parties) or differs:
            touched.append(record)
    if touched:
        emit(TOPICS[kind], [record.id for record in touched])
    return [record.id for record in touched]


def _common_fields(raw: dict[str, Any]) -> dict[str, Any]:
    summary = " ".join(raw["summary"]["en"].split())
    names = [one["text"] for one in raw.get("names") or []]
    return {
        **({"visibility": raw["visibility"]} if raw.get("visibility") else {}),
        "name": raw["name"],
        "other_names": names,
        "sort_name": terms.sort_name_of(raw["name"]),
        "search_text": terms.search_text_of(raw["name"], *names, summary),
        "summary": summary,
        "practice": raw.get("practice"),
        "countries": sorted(raw.get("countries") or []),
        "regions": sorted(raw.get("regions") or []),
        "exploitation": sorted(raw.get("exploitation") or []),
        "source": raw["source"],
    }


def _tool_fields(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "functions": list(raw.get("functions") or []),
        "users": sorted(raw.get("users") or []),
        "languages": sorted(raw.get("languages") or []),
        "cost": raw.get("cost") or Tool.Cost.UNKNOWN,
        "licence": raw.get("licence") or "",
        "maintained": raw.get("maintained") or Tool.Maintained.UNKNOWN,
        "last_release": str(raw.get("last_release") or ""),
        "website": raw.get("website") or "",
    }


def _initiative_fields(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "part": raw.get("part") or "",
        "models_used": sorted(raw.get("models") or []),
        "purposes": sorted(raw.get("purposes") or []),
        "industries": sorted(raw.get("industries") or []),
        "issues": sorted(raw.get("issues") or []),
        "started": str(raw.get("started") or ""),
        "ended": str(raw.get("ended") or ""),
    }


def _link_providers(tool: Tool, raw: dict[str, Any], parties: dict[str, uuid.UUID]) -> bool:
    wanted = {parties[key] for key in raw.get("providers") or []}
    if wanted == set(tool.providers.values_list("id", flat=True)):
        return False
    tool.providers.set(Party.objects.filter(id__in=wanted))
    return True


def _add_providers(tool: Tool, raw: dict[str, Any], parties: dict[str, uuid.UUID]) -> bool:
    missing = {parties[key] for key in raw["providers"]} - set(tool.providers.values_list("id", flat=True))
    tool.providers.add(*Party.objects.filter(id__in=missing))
    return bool(missing)


def _link_members(initiative: Initiative, raw: dict[str, Any], parties: dict[str, uuid.UUID]) -> bool:
    wanted = {
        (parties[one["organisation"]], one["role"]): " ".join((one.get("does") or "").split())
        for one in raw.get("members") or []
    }
    present = {(row.party_id, row.role): row for row in initiative.members.all()}
    missing = sorted(wanted.keys() - present.keys())
    InitiativeMember.objects.bulk_create(
        InitiativeMember(initiative=initiative, party_id=party_id, role=role, does=wanted[party_id, role])
        for party_id, role in missing
    )
    told = [key for key in wanted.keys() & present.keys() if wanted[key] and wanted[key] != present[key].does]
    for key in told:
        initiative.members.filter(pk=present[key].pk).update(does=wanted[key])
    return bool(missing or told)
