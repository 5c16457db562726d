"""Asking the index: from what people type to the records that answer it best, and the counts by facet.

Each word may be found as it is in a name, by its stem in the text of any language, or, where nothing has it, with one
slip. Not every word need be found: people ask in sentences. A word of another language than English also finds what the
dictionary of this hub (:mod:`translating`) takes for its translation. Scores are BM25's (Robertson and Zaragoza,
2009), added over the words, the best of its fields for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tantivy

from convener.engines.words import LANGUAGES, normalised, stems
from convener.engines.words.lexicon import Lexicon
from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.foundation.search.reader import Must, Query, Reader, Should, any_of, exactly
from convener.foundation.search.registry import REGISTRY
from convener.foundation.search.store import EXACT, KEY, KIND, NAMES, TERM, WORDS, schema
from convener.foundation.search.translating import lexicon
from convener.foundation.search.writing import MOST_EXACT, store
from convener.foundation.vocabularies import FALLBACK

MOST_WORDS = 16
MOST_LETTERS = 400
#: Further down nobody reads; the index is not asked for more.
DEEPEST = 1_000
MOST_VALUES = 400
#: A name has hardly more words: longer questions are not taken for one with a slip.
MOST_SCATTERED = 6
#: A word is common from this share of the records on, and never below so many.
COMMON_SHARE, COMMON_FROM = 0.05, 1_000


@dataclass(frozen=True)
class Weights:
    """How much each way of being found counts; set on the tuning half of ``bench/search/questions.yaml``."""

    name: float = 0.6
    own_language: float = 1.4
    translation: float = 1.5
    slip: float = 4.0
    exact: float = 400.0
    half: float = 2.0  # at least half of several words are found
    nearly: float = 20.0  # a name has all of several words, with slips


WEIGHTS = Weights()


@dataclass(frozen=True)
class Asked:
    """A question taken apart: its words, and of them:

    ``slips``, which no text has and which are looked for with one slip; ``telling`` ones, more than the commonest words of
    the language; ``common`` ones, in so many texts that they only order what the others find. ``translated`` are the
    English stems that the dictionary gives, ``whole`` is all of it, as the name of a record would stand. ``scattered``
    words are written, but never in one record: one of them may be a slip that happens to be a word.
    """

    words: tuple[str, ...]
    slips: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    common: frozenset[str] = frozenset()
    translated: frozenset[str] = frozenset()
    whole: str = ""
    scattered: bool = False


@dataclass(frozen=True)
class Answer:
    """The best records for a question, as (kind, key), of ``total`` that were found, and counts by facet and value."""

    asked: Asked
    found: Sequence[tuple[str, str]]
    total: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def facets() -> tuple[str, ...]:
    """The names of all facets, that of the kinds first."""
    return (KIND, *REGISTRY.facets)


def read_filters(query: object) -> Filters:
    """The words and filters of an address."""
    return Filters.read(facets(), query, letters=MOST_LETTERS)


def ask(
    actor: Actor,
    filters: Filters,
    *,
    language: str = "en",
    offset: int = 0,
    limit: int = 20,
    counted: bool = True,
    totalled: bool = True,
) -> Answer:
    """The records that answer ``filters`` best, of those that ``actor`` may find. Raises NotReady.

    ``totalled`` and ``counted`` ask for the number of all that were found, and for counts by facet: without them the best
    are found sooner. Without words, all that the filters let through. Who uses the keys must read the records through
    ``visible_to``: the index may be a second behind.
    """
    here = store()
    searcher = here.searcher()
    with here.guarded():
        reader = Reader.of(searcher, actor)
        words = {} if language == FALLBACK else lexicon(here.lexicon()).get(language, {})
        asked = take_apart(reader, filters.q, language, words)
        if filters.q and not asked.words:
            return Answer(asked, (), 0)
        base = [(Must, query) for query in reader.allowed()]
        if asked.words:
            base.append((Must, question(reader, asked, language, words)))
        narrowed = [*base, *((Must, query) for query in _chosen(filters).values())]
        found = searcher.search(
            Query.boolean_query(narrowed), min(limit, DEEPEST), count=totalled, offset=min(offset, DEEPEST)
        )
        keys = [_key(searcher, address) for _score, address in found.hits]
        counts = _counts(searcher, base, filters) if counted else {}
        return Answer(asked, keys, _total(found) if totalled else len(keys), counts)


def take_apart(reader: Reader, text: str, language: str, words_known: Lexicon) -> Asked:
    """The words of a question in ``language``. Slips are those that the dictionary does not know and no text has of those
    that the actor may find: another rule would tell whether a hidden text has a word.
    """
    whole = normalised(text[:MOST_LETTERS])
    words = tuple(dict.fromkeys(whole.split()))[:MOST_WORDS]
    slips = tuple(
        word
        for word in words
        if len(word) > 3
        and not any(letter.isdigit() for letter in word)
        and not _is_written(reader, word)
        and not any(stem in words_known for stem in stems(word, language))
    )
    telling = tuple(word for word in words if word in slips or stems(word, language))
    common = frozenset(word for word in telling if _is_common(reader, word, language))
    translated = frozenset(
        target for word in telling for stem in stems(word, language) for target, _share in words_known.get(stem, ())
    )
    common = common if len(common) < len(telling) else frozenset()
    several = not slips and 1 < len(telling) <= MOST_SCATTERED
    scattered = several and _is_scattered(reader, telling, language)
    return Asked(words, slips, telling, common, translated, whole, scattered)


def _is_common(reader: Reader, word: str, language: str) -> bool:
    """Whether so many records have the word that looking at all of them takes long and tells little."""
    most = max(reader.searcher.num_docs * COMMON_SHARE, COMMON_FROM)
    found = [(NAMES, word), *((language, stem) for stem in stems(word, language))]
    return any(reader.often(name, term) > most for name, term in found)


def _is_written(reader: Reader, word: str) -> bool:
    """Whether a text that the actor may find has the word, or a word of its stem."""
    found = [(language, stem) for language in LANGUAGES for stem in stems(word, language)]
    return not found or reader.is_written([(NAMES, word), *found])  # else it is one of the commonest of every language


def _is_scattered(reader: Reader, words: Sequence[str], language: str) -> bool:
    """Whether no record that the actor may find has all the words, as they are or by their stems in English or theirs."""
    if reader.finds([any_of(reader.plain(WORDS, word)) for word in words]):
        return False  # which is usual, and quicker to find out
    clauses = []
    for word in words:
        found = {(code, stem) for code in (language, FALLBACK) if code in LANGUAGES for stem in stems(word, code)}
        clauses.append(any_of([way for pair in sorted(found | {(NAMES, word)}) for way in reader.plain(*pair)]))
    return not reader.finds(clauses)


def question(
    reader: Reader, asked: Asked, language: str, lexicon: Lexicon, weights: Weights = WEIGHTS
) -> tantivy.Query:
    """What the index is asked: any of the words, the best ones first; who is called exactly so before all others."""
    ways = {word: _word(reader, word, asked, language, lexicon, weights) for word in asked.words}
    groups = [group for group in ways.values() if group]
    if not groups:
        return _word_of_names(reader, asked.words)
    some = Query.boolean_query([(Should, group) for word, group in ways.items() if group and word not in asked.common])
    better = [group for word, group in ways.items() if group and word in asked.common]
    better.append(Query.const_score_query(_called(asked.whole), weights.exact))
    sure = [group for word, group in ways.items() if group and word not in asked.common and word not in asked.slips]
    if len(sure) > 1:
        least = max(2, -(-len(groups) // 2))
        half = Query.boolean_query([(Should, group) for group in sure], minimum_number_should_match=least)
        better.append(Query.const_score_query(half, weights.half))
    if asked.scattered:
        better.append(Query.const_score_query(_nearly_called(reader, asked.telling), weights.nearly))
    return Query.boolean_query([(Must, some), *((Should, query) for query in better)])


def _word(
    reader: Reader, word: str, asked: Asked, language: str, lexicon: Lexicon, weights: Weights
) -> tantivy.Query | None:
    """One word: in names, by its stems, translated, or with a slip; nothing for one too common in the reader's language."""
    by_language = {code: stems(word, code) for code in LANGUAGES}
    if word in asked.slips:
        ways = [*reader.slips(NAMES, word, weights.slip), *reader.slips(WORDS, word, weights.slip / 2)]
    elif by_language.get(language, ()):
        ways = reader.ways(NAMES, word, weights.name)
        for code, found in by_language.items():
            weight = weights.own_language if code == language else 1.0
            ways += [way for stem in found for way in reader.ways(code, stem, weight)]
    else:
        return None
    for stem in by_language.get(language, ()):
        for target, share in lexicon.get(stem, ()):
            ways += reader.ways(FALLBACK, target, weights.translation * share)
    return Query.disjunction_max_query(ways)


def _called(name: str) -> tantivy.Query:
    """Records that are called exactly so."""
    return exactly(EXACT, name[:MOST_EXACT])


def _nearly_called(reader: Reader, words: Sequence[str]) -> tantivy.Query:
    """Records one of whose names has all the words, the longer ones with a slip at most."""
    return Query.boolean_query([(Must, _name_word(reader, word)) for word in words])


def _word_of_names(reader: Reader, words: Sequence[str]) -> tantivy.Query:
    """A question of the commonest words alone ("The Who"): it can only mean a name."""
    return Query.boolean_query([(Must, Query.disjunction_max_query(reader.ways(NAMES, word))) for word in words])


def _chosen(filters: Filters) -> dict[str, tantivy.Query]:
    return {facet: _one_of(facet, values) for facet, values in filters.values.items()}


def _one_of(facet: str, values: Sequence[str]) -> tantivy.Query:
    name, terms = (KIND, list(values)) if facet == KIND else (TERM, [f"{facet}:{value}" for value in values])
    return any_of([exactly(name, term) for term in terms])


def _counts(
    searcher: tantivy.Searcher, base: Sequence[tuple[tantivy.Occur, tantivy.Query]], filters: Filters
) -> dict[str, dict[str, int]]:
    """Counts by value: for a facet with a choice, as if that choice were not made, so that another can be seen."""
    chosen = _chosen(filters)
    counts = _counted(searcher, [*base, *((Must, query) for query in chosen.values())])
    for facet in chosen:
        others = [*base, *((Must, query) for name, query in chosen.items() if name != facet)]
        counts[facet] = _counted(searcher, others).get(facet, {})
    return counts


def _counted(
    searcher: tantivy.Searcher, clauses: Sequence[tuple[tantivy.Occur, tantivy.Query]]
) -> dict[str, dict[str, int]]:
    query = Query.boolean_query(clauses) if clauses else Query.all_query()
    asked = {name: {"terms": {"field": name, "size": size}} for name, size in ((KIND, 50), (TERM, MOST_VALUES))}
    told = searcher.aggregate(query, asked)
    counts: dict[str, dict[str, int]] = {facet: {} for facet in facets()}
    for bucket in told[KIND]["buckets"]:
        counts[KIND][bucket["key"]] = int(bucket["doc_count"])
    for bucket in told[TERM]["buckets"]:
        facet, _colon, value = bucket["key"].partition(":")
        if facet in counts:
            counts[facet][value] = int(bucket["doc_count"])
    return counts


def _total(found: Any) -> int:
    return int(found.count)  # which the library's own description leaves out


def _key(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> tuple[str, str]:
    kind, _colon, key = str(searcher.doc(address)[KEY][0]).partition(":")
    return kind, key


def begin_with(actor: Actor, text: str, *, limit: int = 8) -> list[tuple[str, str]]:
    """Records one of whose names has these words, the last of them only begun. Raises NotReady."""
    words = normalised(text[:MOST_LETTERS]).split()[:MOST_WORDS]
    if not words:
        return []
    here = store()
    searcher = here.searcher()
    with here.guarded():
        reader = Reader.of(searcher, actor)
        before = [_name_word(reader, word) for word in words[:-1]]
        begun = Query.disjunction_max_query(reader.slips(NAMES, words[-1], 1.0, slips=0, begun=True))
        first = Query.fuzzy_term_query(_SCHEMA, EXACT, " ".join(words)[:MOST_EXACT], 0, True, True)
        found = _named(reader, [*before, begun], limit, first)
        if not found and len(words[-1]) > 3:
            slipped = Query.disjunction_max_query(reader.slips(NAMES, words[-1], 1.0, begun=True))
            found = _named(reader, [*before, slipped], limit)
        return found


def _name_word(reader: Reader, word: str) -> tantivy.Query:
    slips = reader.slips(NAMES, word, 1.0) if len(word) > 3 else []
    return Query.disjunction_max_query([*reader.ways(NAMES, word), *slips])


def _named(
    reader: Reader, words: Sequence[tantivy.Query], limit: int, first: tantivy.Query | None = None
) -> list[tuple[str, str]]:
    clauses = [(Must, query) for query in [*reader.allowed(), *words]]
    if first is not None:
        clauses.append((Should, Query.const_score_query(first, WEIGHTS.exact)))
    found = reader.searcher.search(Query.boolean_query(clauses), limit, count=False)
    return [_key(reader.searcher, address) for _score, address in found.hits]


_SCHEMA = schema()
