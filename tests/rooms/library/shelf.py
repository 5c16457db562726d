"""Practices and guidance of the tests' own making, written as content is, and what their pages say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.test import Client

from convener.rooms.directory.content import load_initiatives
from convener.rooms.library.content import load_records
from convener.rooms.library.models import Guidance, Practice
from convener.rooms.library.schema import checked

SOURCE = {"document": "unodc-compendium", "ref": "Practice 1"}
PUBLIC, HUB, API = "/en/library", "/en/hub/library", "/api/v1"


def raw_practice(key: str = "pact", **values: Any) -> dict[str, Any]:
    """A practice as a file holds it, with little more than it must hold."""
    least = {"key": key, "name": key.title(), "summary": {"en": f"About {key}."}, "purpose": {"en": "To help."}}
    return {**least, "part": "financial", "source": SOURCE, **values}


def raw_piece(key: str = "hint", **values: Any) -> dict[str, Any]:
    """A piece of guidance as a file holds it, with little more than it must hold."""
    coded = {"kind": "tip", "topic": "governance", "stages": ["idea"], "sectors": [], "audiences": ["public"]}
    told = {"title": {"en": f"Title of {key}"}, "text": {"en": f"Text of {key}."}, "source": SOURCE}
    return {"key": key, **coded, **told, **values}


def figure(value: str = "9", **values: Any) -> dict[str, Any]:
    """A figure as a file holds it."""
    return {"what": {"en": "Reports sent"}, "value": value, "unit": "reports", "qualifier": "exact", **values}


def put_practices(*raws: dict[str, Any], visibility: str = "") -> list[Practice]:
    """Practices on the shelf, with their initiatives."""
    load_initiatives([{**raw, "visibility": visibility} for raw in raws])
    load_records("practices", [checked("practices", raw, raw["key"]) for raw in raws])
    return [Practice.objects.get(initiative__slug=raw["key"]) for raw in raws]


def put_practice(key: str = "pact", *, visibility: str = "", **values: Any) -> Practice:
    """A practice on the shelf."""
    return put_practices(raw_practice(key, **values), visibility=visibility)[0]


def put_pieces(*raws: dict[str, Any]) -> list[Guidance]:
    """Pieces of guidance on the shelf."""
    load_records("guidance", [checked("guidance", raw, raw["key"]) for raw in raws])
    return [Guidance.objects.get(slug=raw["key"]) for raw in raws]


def put_piece(key: str = "hint", **values: Any) -> Guidance:
    """A piece of guidance on the shelf."""
    return put_pieces(raw_piece(key, **values))[0]


def write_json(path: Path, content: Any) -> Path:
    """A file with this content as JSON."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def body(client: Client, address: str, status: int = 200) -> str:
    """What an address answers, which must come with this status."""
    response: Any = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def listed(markup: str) -> list[str]:
    """Keys of the records of a list, in order."""
    found = re.search(r'<ol class="results".*?</ol>', markup, re.DOTALL)
    return re.findall(r'<h3><a href="[^"]*/([a-z0-9-]+)/">', found.group()) if found else []


def facet_counts(markup: str, chosen: Iterable[tuple[str, str]] = ()) -> dict[tuple[str, str], int]:
    """Counts by facet and value; ``chosen`` are the pairs of the address that was asked for."""
    found = {}
    here = set(chosen)
    options = re.findall(
        r'<a href="\?([^"]*)" rel="nofollow"[^>]*>(?:(?!</a>).)*?<span class="count">([\d,]+)<', markup
    )
    for query, count in options:
        [pair] = here ^ set(parse_qsl(unescape(query)))
        found[pair] = int(count.replace(",", ""))
    return found


def words_of(markup: str) -> str:
    """The visible text of a page in one line, entities read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", markup)))
