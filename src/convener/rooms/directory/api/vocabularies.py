"""The controlled vocabularies, and what the hub is and holds."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from convener.errors import NotFound
from convener.foundation.actor import PUBLIC
from convener.foundation.api import ErrorAnswer, actor_of, check_parameters, root_url
from convener.foundation.vocabularies import vocabulary_names
from convener.rooms.directory.api import shapes
from convener.rooms.directory.api.filters import vocabulary_called
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries import listing

READ = "directory:read"
CODES = ("iso3", "m49")


@router.get(
    "/vocabularies",
    response={200: shapes.VocabularyList, 403: ErrorAnswer},
    operation_id="listVocabularies",
    summary="List vocabularies",
    tags=["vocabularies"],
)
def list_vocabularies(request: HttpRequest) -> Any:
    """The names of all vocabularies, countries and regions among them."""
    actor_of(request, READ)
    check_parameters(request, ())
    root = root_url(request)
    results = [
        {"name": name, "terms": len(vocabulary_called(name).terms), "url": f"{root}vocabularies/{name}"}
        for name in _names()
    ]
    return {"count": len(results), "results": results}


@router.get(
    "/vocabularies/{name}",
    response={200: shapes.Vocabulary, (403, 404): ErrorAnswer},
    operation_id="getVocabulary",
    summary="One vocabulary",
    tags=["vocabularies"],
)
def get_vocabulary(request: HttpRequest, name: str) -> Any:
    """The terms of a vocabulary with their labels in four languages."""
    actor_of(request, READ)
    check_parameters(request, ())
    if name not in _names():
        raise NotFound(_("There is no such vocabulary."), hint=_("Their names are at /api/v1/vocabularies."))
    return {"name": name, "terms": [_term(term) for term in vocabulary_called(name).terms.values()]}


@router.get(
    "/status",
    response={200: shapes.Status},
    operation_id="getStatus",
    summary="What this hub is and holds",
    tags=["hub"],
)
def get_status(request: HttpRequest) -> Any:
    """Name, version, and how many records the directory has for you."""
    actor = actor_of(request)
    reader = actor if actor.has_scope("directory:read") else PUBLIC
    check_parameters(request, ())
    held = {
        name: listing.total(reader, kind)
        for name, kind in (
            ("organisations", Kind.ORGANISATION), ("tools", Kind.TOOL), ("initiatives", Kind.INITIATIVE),
        )
    }  # fmt: skip
    return {"hub": settings.HUB_NAME, "version": version("convener"), **held}


def _names() -> list[str]:
    return sorted([*vocabulary_names(), "countries", "regions"])


def _term(term: Any) -> dict[str, Any]:
    return {
        "key": term.key,
        "label": term.labels,
        "definition": term.definitions,
        "broader": term.broader or str(term.extra.get("region") or ""),
        "maps_to": term.maps_to,
        "synonyms": list(term.synonyms),
        "codes": {code: str(term.extra[code]) for code in CODES if term.extra.get(code)},
        "members": list(term.extra.get("members") or ()),
    }
