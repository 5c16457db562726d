"""Organisations as the API shows them: the cells of an export, and what an export has no room for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from convener.foundation.actor import Actor
from convener.foundation.api import root_url
from convener.foundation.parties.models import Source
from convener.rooms.directory.actions.drafts import Draft, column_of_scheme, load_drafts
from convener.rooms.directory.actions.editing import EDITOR_TITLES
from convener.rooms.directory.actions.exporting import row_of
from convener.rooms.directory.columns import column_of


def organisations(request: HttpRequest, actor: Actor, keys: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """The organisations of ``keys``, which the caller got through ``visible_to``, as far as ``actor`` may see them."""
    drafts = load_drafts(keys)
    shown = [drafts[key] for key in keys if key in drafts]
    sources = _sources(shown)
    root = root_url(request)
    return [_organisation(draft, actor, sources, root) for draft in shown]


def organisation(request: HttpRequest, actor: Actor, key: uuid.UUID) -> dict[str, Any]:
    """One organisation, as :func:`organisations`."""
    return organisations(request, actor, [key])[0]


def organisation_url(root: str, public_id: str) -> str:
    """The address of an organisation; ``root`` is the API's own."""
    return f"{root}organisations/{public_id}"


def _organisation(draft: Draft, actor: Actor, sources: Mapping[str, Source], root: str) -> dict[str, Any]:
    seen = row_of(draft, actor)
    party = draft.party
    return {
        **seen,
        "url": organisation_url(root, party.public_id),
        "demo": party.is_demo,
        "updated_at": party.updated_at,
        "names": [
            {"text": name.text, "kind": name.kind, "language": name.language}
            for name in sorted(draft.names.values(), key=lambda name: name.text)
        ],
        "identifiers": [
            {"scheme": scheme, "jurisdiction": jurisdiction, "value": value}
            for scheme, jurisdiction, value in sorted(draft.identifiers)
            if column_of_scheme(scheme) in seen
        ],
        "provenance": {
            key: _provenance(entry, actor, sources) for key, entry in party.provenance.items() if column_of(key) in seen
        },
    }


def _sources(drafts: Iterable[Draft]) -> dict[str, Source]:
    keys = {entry.get("source") for draft in drafts for entry in draft.party.provenance.values()} - {None, ""}
    return {str(key): source for key, source in Source.objects.in_bulk(list(keys)).items()}


def _provenance(entry: Mapping[str, Any], actor: Actor, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Source, place and day of a value. The row of an imported list says nothing to those who do not have the list."""
    source = sources.get(str(entry.get("source")))
    told = bool(actor.runs_the_hub or (source and source.kind == Source.Kind.DOCUMENT))
    return {
        "source": _title(source) if source else "",
        "ref": str(entry.get("ref") or "") if told else "",
        "on": entry.get("on"),
    }


def _title(source: Source) -> str:
    return str(EDITOR_TITLES.get(source.key, source.title)) if source.kind == Source.Kind.EDIT else source.title
