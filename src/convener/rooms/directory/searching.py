"""The directory's records in the search: organisations, tools and initiatives."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from convener.engines.words import LANGUAGES
from convener.foundation.actor import Actor
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.foundation.search.registration import register, register_facet
from convener.foundation.search.registry import (
    EVERYONE,
    MEMBERS,
    Entry,
    Hit,
    SearchFacet,
    Source,
    index_words,
    party_access,
)
from convener.foundation.vocabularies import Vocabulary, countries, regions, vocabulary
from convener.rooms.directory.models import Initiative, Kind, Profile, Tool, Visibility
from convener.rooms.directory.pages.cards import cards
from convener.rooms.directory.pages.labels import FACET_TITLES, KIND_TITLES, facet_label
from convener.rooms.directory.pages.sides import HUB_SIDE, PUBLIC_SIDE
from convener.rooms.directory.queries import visible
from convener.rooms.directory.queries.index import TOPICS

#: Facets of the lists by which results of every kind are narrowed.
SHARED_FACETS = ("at", "industry", "issue", "exploitation", "model", "purpose")
#: Numbers that everybody who may see an entry may find it by.
SHOWN_SCHEMES = (PartyIdentifier.REGISTRATION, PartyIdentifier.LEI, PartyIdentifier.ORG_ID)
#: Facets whose values are words to find a record by, and the vocabulary that names them.
_NAMED: Mapping[str, Callable[[], Vocabulary]] = {
    "at": countries,
    "country": countries,
    "region": regions,
    **{
        facet: functools.partial(vocabulary, name)
        for facet, name in {
            "type": "stakeholder-types", "user": "stakeholder-types", "industry": "industries", "issue": "issues",
            "exploitation": "exploitation", "service": "services", "model": "models", "purpose": "purposes",
        }.items()
    },
}  # fmt: skip


def access_for(visibility: str, *keepers: uuid.UUID | None) -> list[str]:
    """Who may find a record: by its visibility, and always the organisations that keep it."""
    wide = {Visibility.PUBLIC: [EVERYONE], Visibility.MEMBERS: [MEMBERS]}.get(Visibility(visibility), [])
    return [*wide, *(party_access(keeper) for keeper in keepers if keeper)]


@functools.cache
def label_words(facet: str, value: str) -> Mapping[str, str]:
    """The words for a value of a facet by language, as the index takes them."""
    if facet not in _NAMED:
        return {}
    term = _NAMED[facet]().terms.get(value)
    return {} if term is None else {code: index_words(label, code) for code, label in term.labels.items()}


def words_for(terms: Iterable[str]) -> dict[str, str]:
    """The words for values of a record ('facet:value') by language, as the index takes them."""
    parts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    for term in dict.fromkeys(terms):
        facet, _colon, value = term.partition(":")
        for code, words in label_words(facet, value).items():
            if code in parts:
                parts[code].append(words)
    return {code: " ".join(words) for code, words in parts.items() if words}


def _organisation_entries(keys: Sequence[str]) -> Iterable[Entry]:
    names: dict[uuid.UUID, list[str]] = {}
    ids = [uuid.UUID(key) for key in keys]
    for party_id, text in PartyName.objects.filter(party__in=ids).values_list("party_id", "text"):
        names.setdefault(party_id, []).append(text)
    numbers: dict[uuid.UUID, list[str]] = {}
    shown = PartyIdentifier.objects.filter(party__in=ids, scheme__in=SHOWN_SCHEMES)
    for party_id, value in shown.values_list("party_id", "value"):
        numbers.setdefault(party_id, []).append(value)
    fields = (
        "party_id",
        "party__public_id",
        "party__name",
        "party__owner_id",
        "visibility",
        "facet_terms",
        "summary",
        "summary_language",
    )
    listed = Profile.objects.filter(pk__in=ids, party__status=Party.Status.ACTIVE, party__is_demo=False)
    for key, public_id, name, owner, visibility, terms, summary, language in listed.values_list(*fields):
        values = terms.split("\n") if terms else []
        yield Entry(
            key=str(key),
            access=access_for(visibility, key, owner),
            names=[name, *names.get(key, ())],
            texts={language if language in LANGUAGES else "en": " ".join([summary, public_id, *numbers.get(key, ())])},
            words=words_for(values),
            terms=[value for value in values if value.partition(":")[0] in SHARED_FACETS],
        )


def _shared_entries(model: type[Tool] | type[Initiative], keys: Sequence[str]) -> Iterable[Entry]:
    fields = ("pk", "name", "other_names", "owner_id", "visibility", "facet_terms", "summary")
    for key, name, others, owner, visibility, terms, summary in model.objects.filter(pk__in=keys).values_list(*fields):
        values = terms.split("\n") if terms else []
        yield Entry(
            key=str(key),
            access=access_for(visibility, owner),
            names=[name, *others],
            texts={"en": summary},
            words=words_for(values),
            terms=[value for value in values if value.partition(":")[0] in SHARED_FACETS],
        )


def _hits(kind: Kind, actor: Actor, keys: Sequence[str], public: bool) -> Mapping[str, Hit]:
    seen: Any = {
        Kind.ORGANISATION: visible.listed_for,
        Kind.TOOL: visible.tools_visible_to,
        Kind.INITIATIVE: visible.initiatives_visible_to,
    }[kind](actor)
    records = list(seen.filter(pk__in=keys))
    side = PUBLIC_SIDE if public else HUB_SIDE
    return {
        str(record.pk): Hit(
            id=record.party.public_id if kind == Kind.ORGANISATION else record.slug,
            name=card.name,
            href=card.href,
            meta=card.meta,
            texts=[(record.summary, card.language)],
            badges=card.badges,
        )
        for record, card in zip(records, cards(kind, records, side), strict=True)
    }


def _source(kind: Kind, model: Any, entries: Callable[[Sequence[str]], Iterable[Entry]]) -> Source:
    return Source(
        kind=kind.value,
        title=KIND_TITLES[kind],
        topics=frozenset({TOPICS[kind]}),
        keys=lambda: map(str, model.objects.order_by("pk").values_list("pk", flat=True).iterator()),
        entries=entries,
        hits=functools.partial(_hits, kind),
    )


def _values(facet: str) -> Collection[str]:
    return _NAMED[facet]().terms


def _value_label(facet: str, value: str) -> str:
    return facet_label(facet)(value)


def register_all() -> None:
    """Make the directory findable."""
    for facet in SHARED_FACETS:
        values, label = functools.partial(_values, facet), functools.partial(_value_label, facet)
        register_facet(SearchFacet(facet, FACET_TITLES[facet], values, label))
    register(_source(Kind.ORGANISATION, Profile, _organisation_entries))
    register(_source(Kind.TOOL, Tool, functools.partial(_shared_entries, Tool)))
    register(_source(Kind.INITIATIVE, Initiative, functools.partial(_shared_entries, Initiative)))
