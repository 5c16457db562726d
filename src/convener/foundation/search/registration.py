"""How a room makes its records findable: called when its app is ready, in every process."""

from __future__ import annotations

from convener.foundation.outbox import consumers
from convener.foundation.search import writing
from convener.foundation.search.registry import REGISTRY, SearchFacet, Source

#: Events a batch: an import's event tells of a thousand records, and a batch should be searchable in a second or two.
EVENTS_AT_ONCE = 8


def register(source: Source) -> None:
    """Make a kind of record findable: its events reach the index of every node."""
    REGISTRY.sources[source.kind] = source
    consumers.register(
        writing.CONSUMER,
        source.topics,
        writing.follow,
        batch=EVENTS_AT_ONCE,
        rebuild=writing.rebuild_if_alone,
        outside=True,
        is_whole=writing.is_whole,
    )


def register_facet(facet: SearchFacet) -> None:
    """Let results be narrowed by a facet; one that two rooms share is registered once."""
    REGISTRY.facets.setdefault(facet.name, facet)
