"""Writing the index: following the outbox, and building it anew. Only the node's ``work`` process and the command do.

The handler works outside a transaction and can be told the same event twice: each record is read afresh and replaces what
the index had of it, so writing twice leaves what writing once leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import structlog
import tantivy
from django.conf import settings

from convener.engines.words import LANGUAGES, normalised, prepared
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import head
from convener.foundation.search import translating
from convener.foundation.search.registry import EVERYONE, REGISTRY, Entry, Source
from convener.foundation.search.store import ACCESS, EXACT, KEPT, KEY, KIND, NAMES, TERM, WORDS, Store

CONSUMER = "search"
AT_ONCE = 500
#: Bytes that the writer gathers before it writes a part of the index: much for a build, little for following.
BUILDING, FOLLOWING = 160_000_000, 20_000_000
#: A name that is asked for whole is found by it, up to so many letters.
MOST_EXACT = 200
_ARABIC = re.compile("[\u0621-\u064a]")
Advance = Callable[[int, int], None]

log = structlog.get_logger()
_stores: dict[str, Store] = {}


def store() -> Store:
    """The index of this node."""
    root = settings.DATA_DIR / "search"
    if str(root) not in _stores:
        _stores[str(root)] = Store(root)
    return _stores[str(root)]


def follow(events: Sequence[Event]) -> None:
    """Bring the index up to date with the records that ``events`` tell of. Raises Busy where another process writes."""
    asked: dict[str, dict[str, None]] = {}
    for event in events:
        for source in REGISTRY.sources.values():
            if event.topic in source.topics:
                asked.setdefault(source.kind, {}).update(dict.fromkeys(event.keys))
    if not asked:
        return
    here = store()
    with here.alone():
        with here.guarded():
            writer = here.in_use().writer(heap_size=FOLLOWING, num_threads=1)
        for kind in (kind for kind in REGISTRY.sources if kind in asked):  # what supersedes another comes after it
            for chunk in _chunks(asked[kind]):
                entries = list(REGISTRY.sources[kind].entries(chunk))
                with here.guarded():
                    _replace(writer, REGISTRY.sources[kind], chunk, entries)
        with here.guarded():
            writer.commit()
            writer.wait_merging_threads()
        if translating.learns_from(event.topic for event in events):
            # Takes seconds where the texts have changed; what was written is found meanwhile.
            translating.build(here.root)


def _replace(writer: tantivy.IndexWriter, source: Source, keys: Sequence[str], entries: Iterable[Entry]) -> None:
    for key in keys:
        writer.delete_documents_by_term(KEY, document_key(source.kind, key))
    for entry in entries:
        _add(writer, source, entry)


def _add(writer: tantivy.IndexWriter, source: Source, entry: Entry) -> None:
    if source.supersedes:
        writer.delete_documents_by_term(KEY, document_key(source.supersedes, entry.key))
    writer.add_document(document(source.kind, entry))


def rebuild(*, wait: bool = False, advance: Advance | None = None) -> int:
    """Build the index anew from the database and put it in place of the one in use; how many records it holds.

    Whoever searches meanwhile finds the old one. Raises Busy where another process writes, unless ``wait``.
    """
    count, here = 0, store()
    with here.alone(wait=wait), here.next_generation() as index:
        keys = {kind: list(source.keys()) for kind, source in REGISTRY.sources.items()}
        total = sum(map(len, keys.values()))
        writer = index.writer(heap_size=BUILDING, num_threads=1)
        for kind, of_kind in keys.items():
            for chunk in _chunks(of_kind):
                for entry in REGISTRY.sources[kind].entries(chunk):
                    _add(writer, REGISTRY.sources[kind], entry)
                    count += 1
                if advance:
                    advance(count, total)
        writer.commit()
        writer.wait_merging_threads()
        translating.build(here.root)
    log.info("search_index_built", records=count)
    return count


def rebuild_now(node: str, *, advance: Advance | None = None) -> int:
    """As :func:`rebuild`, for an operator: waits for its turn, and has ``node`` follow from here."""
    position = head()  # what is committed from now on is told once more: never left out
    count = rebuild(wait=True, advance=advance)
    Cursor.objects.update_or_create(consumer=CONSUMER, node=node, defaults={"position": position})
    return count


def rebuild_if_alone() -> None:
    """What the worker does where its node has no index, or a broken one."""
    rebuild()


def is_whole() -> bool:
    """Whether this node has an index to follow with, and its dictionary."""
    here = store()
    return here.is_whole() and translating.is_there(here.lexicon())


def document_key(kind: str, key: str) -> str:
    """What tells a record from all others in the index."""
    return f"{kind}:{key}"


def document(kind: str, entry: Entry) -> tantivy.Document:
    """An entry as the index takes it. Names are English words too, and Arabic ones where they are written so."""
    kept = "" if EVERYONE in entry.access else KEPT
    names = [normalised(name) for name in entry.names]
    fields: dict[str, object] = {
        KEY: document_key(kind, entry.key),
        KIND: kind,
        ACCESS: list(entry.access),
        TERM: list(entry.terms),
        kept + NAMES: names,
        EXACT: [name[:MOST_EXACT] for name in names],
    }
    texts = {language: normalised(text) for language, text in entry.texts.items()}
    fields[kept + WORDS] = " ".join([*names, *texts.values(), *entry.words.values()])
    also = {"en": names, "ar": [name for name in names if _ARABIC.search(name)]}
    for language in LANGUAGES:
        text = " ".join([*also.get(language, ()), texts.get(language, "")])
        words = f"{prepared(text, language)} {entry.words.get(language, '')}"
        if not words.isspace():
            fields[kept + language] = words
    return tantivy.Document(**fields)


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while chunk := list(islice(left, AT_ONCE)):
        yield chunk
