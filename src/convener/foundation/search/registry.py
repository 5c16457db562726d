"""What can be found: each room registers its kinds of record, how they are written to the index and read from it.

A source is registered when its app is ready, in every process: the worker writes entries, web processes read hits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from convener.engines.words import normalised, prepared
from convener.foundation.actor import Actor
from convener.foundation.ui.components import Badge, Text

EVERYONE, MEMBERS = "everyone", "members"


def party_access(party_id: object) -> str:
    """The access of people who act for one organisation."""
    return f"party:{party_id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the index holds it.

    ``access`` says who may find it: :data:`EVERYONE`, :data:`MEMBERS`, organisations by :func:`party_access`; those who
    run the hub find everything. ``names`` are all its names, in any language; ``texts`` what it says, by language, a title in
    each language too, and only of what everybody may read who may find it. ``words`` are more words by language, as
    :func:`index_words` makes them: what many records share is made once. ``terms`` are its values as 'facet:value'.
    """

    key: str
    access: Collection[str]
    names: Sequence[str]
    texts: Mapping[str, str]
    terms: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)


def index_words(text: str, language: str) -> str:
    """``text`` as the index takes it for ``language``."""
    return prepared(normalised(text), language)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record as a reader may see it: name, address, a line of facts, and what it says.

    ``id`` is the one by which the API knows it. ``texts`` have their languages with them ('' for the reader's own); of the
    first in which a word is found the part with most of them is shown, of the first of all where none is.
    """

    id: str
    name: str
    href: str
    meta: Sequence[Text] = ()
    texts: Sequence[tuple[str, str]] = ()
    badges: Sequence[Badge] = ()


@dataclass(frozen=True)
class Source:
    """A kind of record that can be found.

    ``topics`` are those of outbox events whose keys are keys of such records. ``keys()`` are those of all records, and
    ``entries(keys)`` the entries of those of them that exist, whoever may see them. ``hits(actor, keys, public)`` are
    those that the actor may see, asked afresh from the database, with addresses of the public or the members' pages.
    ``supersedes`` is a kind registered before whose record of the same key this one tells more of: one of the two is found.
    """

    kind: str
    title: Text
    topics: frozenset[str]
    keys: Callable[[], Iterable[str]]
    entries: Callable[[Sequence[str]], Iterable[Entry]]
    hits: Callable[[Actor, Sequence[str], bool], Mapping[str, Hit]]
    supersedes: str = ""


@dataclass(frozen=True)
class SearchFacet:
    """A facet of the results: its name in addresses and entries, its title, all its values, and the words for each.

    ``in_order``: the values follow each other, and are shown so.
    """

    name: str
    title: Text
    values: Callable[[], Collection[str]]
    label: Callable[[str], str]
    in_order: bool = False


@dataclass
class Registry:
    """The sources by kind and the facets by name, in the order of their registration."""

    sources: dict[str, Source] = field(default_factory=dict)
    facets: dict[str, SearchFacet] = field(default_factory=dict)

    def topics(self) -> frozenset[str]:
        """The topics of all sources."""
        return frozenset[str]().union(*(source.topics for source in self.sources.values()))


REGISTRY = Registry()


def access_of(actor: Actor) -> list[str] | None:
    """What the actor's entries carry one of; None for who finds everything."""
    if actor.runs_the_hub:
        return None
    if not actor.is_member:
        return [EVERYONE]
    return [EVERYONE, MEMBERS, *([party_access(actor.party_id)] if actor.party_id else [])]
