"""What holds of any two names: the same both ways round, blind to how a text is written, with reasons that sum up."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from convener.engines.names import Entry, NameList, Query, Screener, Source, Type, analysed, compared

pytestmark = pytest.mark.req("SCR-2")

#: What names are made of: words that are known and are not, in scripts of every kind, and what text can do to a reader.
PIECES_TEXT = """
Ltd GmbH ООО bank Al al- bin Sergei Сергей محمد عبد المصري 中国 银行 有限公司 株式会社 İ ß ﬁ ① ² 🧑 & + - ' ’ . , 12 007 A.B. S.A.
é 한국 कि्षा ไทย អង្គ မြန် ʼ Å ﬀ Ω ς İstanbul x the of Co co. O'Neil أ ي ى А Тоrnado ᾳ ŉ ΐ ẞ ½ ㈱ ゛ が ำ בע״מ Levy לוי Ünsal J. K
tradebank trade nationalbank national sea star seastar jon john jonathan mhmd muhammad ab abc 50 05 first מ 1st ٣ ሼ тов
"""
PIECES = PIECES_TEXT.split()
ODD = [
    "\u200b",
    "\u200d",
    "\u202e",
    "\u0301",
    "\ud800",
    "\u00ad",
    "\ufe0f",
    "\u2028",
    "\u3164",
    "e\u0301",
    "か\u3099",
    "\n",
]
WORDS = st.lists(st.sampled_from(PIECES) | st.sampled_from(ODD), max_size=8)
NAMES = WORDS.map(" ".join) | WORDS.map("".join) | st.text(max_size=60)
#: Names without what cannot be seen: those that can be put in any case and form and come back.
PLAIN = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(" ".join)
KINDS = st.sampled_from(Type)
#: By how much a score may differ when the names are exchanged.
TURNED = 0.005
LIMITS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def score(one: str, other: str, kind: Type = Type.ORGANISATION) -> float:
    return compared(analysed(one), analysed(other), kind).score


def a_list(entries: list[Entry], name: str = "test") -> NameList:
    return NameList(Source(name, "test", "", "", "0" * 64, len(entries)), entries)


def is_said(text: str) -> bool:
    """Whether a name has a letter or digit of its own: modifiers, and marks without a letter, are none."""
    return any(unicodedata.category(letter) in ("Lu", "Ll", "Lo", "Nd") for letter in text[:400])


# Two names


@LIMITS
@given(NAMES, NAMES, KINDS)
@example("Lee Ann Lee", "Ann Lee", Type.PERSON)
@example("abc a b c", "a b c abc", Type.ORGANISATION)
@example("J J John", "John Jon", Type.PERSON)
def test_a_comparison_is_the_same_both_ways_round_and_stays_between_0_and_1(one: str, other: str, kind: Type) -> None:
    there, back = score(one, other, kind), score(other, one, kind)

    assert there == pytest.approx(back, abs=TURNED)
    assert 0.0 <= there <= 1.0
    assert there == round(there, 4)


@LIMITS
@given(PLAIN.map(str.split), st.randoms(use_true_random=False), KINDS)
def test_words_in_another_order_compare_the_same_both_ways_round(
    words: list[str], chance: random.Random, kind: Type
) -> None:
    turned = words[:]
    chance.shuffle(turned)
    one, other = " ".join(words), " ".join(turned)

    assert score(one, other, kind) == pytest.approx(score(other, one, kind), abs=TURNED)


@LIMITS
@given(NAMES, KINDS)
def test_a_name_is_itself(name: str, kind: Type) -> None:
    itself = analysed(name)
    assume(itself.tokens)

    assert compared(itself, itself, kind).score == 1.0


@LIMITS
@given(NAMES)
def test_a_name_with_a_letter_or_digit_can_be_compared_and_no_other(name: str) -> None:
    if is_said(name):
        assert analysed(name).tokens
    elif not any(unicodedata.category(letter)[0] in "LMN" for letter in unicodedata.normalize("NFKC", name)):
        assert not analysed(name).tokens


@LIMITS
@given(NAMES, NAMES, KINDS)
@example("Al Ltd", "al ltd", Type.ORGANISATION)
@example("Тоrnado", "Tornado", Type.ORGANISATION)
@example("Aل0000000000", "آل0000000000", Type.PERSON)
@example("Aلبتث", "آلبتث", Type.ORGANISATION)
def test_only_names_with_one_normal_form_score_1(one: str, other: str, kind: Type) -> None:
    ours, theirs = analysed(one), analysed(other)

    if ours.tokens:
        assert (compared(ours, theirs, kind).score == 1.0) == (ours.plain == theirs.plain)


@LIMITS
@given(NAMES, NAMES, KINDS)
@example("Alpha Beta Ltd", "Beta Alfa GmbH 5", Type.ORGANISATION)
def test_the_parts_sum_to_the_score(one: str, other: str, kind: Type) -> None:
    comparison = compared(analysed(one), analysed(other), kind)
    shares = comparison.gives()

    assert sum(shares) == pytest.approx(comparison.score, abs=1e-9)
    assert len(shares) == len(comparison.parts)
    for part, share in zip(comparison.parts, shares, strict=True):
        assert part.ours or part.theirs or part.kind == "order"
        if part.kind in ("missing", "order"):
            assert share <= 1e-4


# How a name is written


FORMS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "exchanged case": str.swapcase,
    "folded": str.casefold,
    "composed": lambda name: unicodedata.normalize("NFC", name),
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "compatibility": lambda name: unicodedata.normalize("NFKC", name),
    "taken apart for compatibility": lambda name: unicodedata.normalize("NFKD", name),
    "wide spaces": lambda name: "\u3000" + name.replace(" ", " \t\u00a0 ") + "\n",
    "zero-width spaces": "\u200b".join,
    "joiners": lambda name: "\u202b" + "\u2060".join(name) + "\u202c\ufeff",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@settings(LIMITS, max_examples=60)
@given(name=PLAIN, kind=KINDS)
def test_case_spaces_forms_and_what_cannot_be_seen_change_nothing(
    form: Callable[[str], str], name: str, kind: Type
) -> None:
    ours, theirs = analysed(name), analysed(form(name))

    assert ours.plain == theirs.plain
    assert compared(ours, theirs, kind).score == (1.0 if ours.tokens else 0.0)


@pytest.mark.parametrize(
    "name",
    [
        "a" * 1_000_000,
        "bank of x " * 100_000,
        "\ud800" * 1_000_000,
        "e" + "\u0301" * 1_000_000,
        "\u200b" * 1_000_000,
        "a." * 500_000,
        "عبد " * 250_000,
        "中国银行" * 250_000,
        "\ufdfa" * 300_000,
        "\0" * 1_000_000,
        "'" * 1_000_000,
        "a b " * 250_000,
        "",
        " ",
        "\n",
    ],
    ids=lambda name: f"{len(name)} of {name[:4]!a}",
)
def test_a_name_of_a_million_characters_costs_no_more_than_a_long_one(name: str) -> None:
    taken = analysed(name)

    assert len(taken.tokens) <= 400
    assert 0.0 <= compared(taken, analysed("Bank of X")).score <= 1.0
    answer = Screener([a_list([Entry("1", Type.ORGANISATION, (name, "Bank of X"))])]).screen(Query("1", name))
    assert answer.problem
    assert not answer.hits


# A list that is asked


LISTED = st.lists(
    st.tuples(st.sampled_from(list(Type)), st.lists(PLAIN, min_size=1, max_size=3)), min_size=1, max_size=12
)


def entries_of(rows: list[tuple[Type, list[str]]]) -> list[Entry]:
    return [Entry(f"e{at}", kind, tuple(names)) for at, (kind, names) in enumerate(rows)]


@settings(LIMITS, max_examples=60)
@given(LISTED, PLAIN, KINDS, st.integers(-1, 8), st.floats(0.0, 1.0))
def test_hits_keep_to_limit_and_threshold_and_stand_in_order(
    rows: list[tuple[Type, list[str]]], name: str, kind: Type, limit: int, threshold: float
) -> None:
    screener = Screener([a_list(entries_of(rows))])

    hits = screener.screen(Query("1", name, kind), limit=limit, threshold=threshold).hits

    assert len(hits) <= max(limit, 0)
    assert all(hit.score >= threshold for hit in hits)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit.entry_id for hit in hits}) == len(hits)
    places = [(-hit.score, int(hit.entry_id[1:])) for hit in hits]
    assert places == sorted(places)
    for hit in hits:
        number = int(hit.entry_id[1:])
        assert hit.matched_name in rows[number][1]
        assert sum(part["gives"] for part in hit.explanation["parts"]) == pytest.approx(hit.score, abs=1e-9)


@settings(LIMITS, max_examples=40)
@given(LISTED, PLAIN, st.randoms(use_true_random=False))
def test_the_order_of_a_list_does_not_change_what_is_found(
    rows: list[tuple[Type, list[str]]], name: str, chance: random.Random
) -> None:
    entries = entries_of(rows)
    shuffled = entries[:]
    chance.shuffle(shuffled)

    asked = [Screener([a_list(one)]).screen(Query("1", name), limit=50).hits for one in (entries, shuffled)]

    scores = [{hit.entry_id: hit.score for hit in hits} for hits in asked]
    assert scores[0] == scores[1]


def test_the_same_question_has_the_same_answer() -> None:
    entries = [Entry(str(at), Type.PERSON, (f"Rahim {word} Karimov",)) for at, word in enumerate(PIECES)]
    first, second = Screener([a_list(entries)]), Screener([a_list(entries)])

    for name in ("Rahim Karimov", "Karimov", "Rahim John Karimof", "R. Karimov"):
        hits = [(hit.entry_id, hit.score) for hit in first.screen(Query("1", name), threshold=0.0, limit=20).hits]
        again = [(hit.entry_id, hit.score) for hit in second.screen(Query("2", name), threshold=0.0, limit=20).hits]
        assert hits == again


def test_ties_stand_in_the_order_of_lists_and_entries() -> None:
    def named(prefix: str) -> NameList:
        return a_list([Entry(f"{prefix}{at}", Type.ORGANISATION, ("Tornado Maritime",)) for at in range(3)], prefix)

    hits = Screener([named("b"), named("a")]).screen(Query("1", "Tornado Maritime"), limit=6).hits

    assert [hit.entry_id for hit in hits] == ["b0", "b1", "b2", "a0", "a1", "a2"]
    assert [hit.list for hit in hits] == ["b"] * 3 + ["a"] * 3


def test_an_entry_of_several_names_is_one_hit_by_its_best_name() -> None:
    entry = Entry("1", Type.ORGANISATION, ("Tornado Maritime Shipping", "Tornado Maritime", "Tornado Maritime Ltd"))

    hits = Screener([a_list([entry])]).screen(Query("1", "TORNADO MARITIME"), threshold=0.0).hits

    assert [(hit.entry_id, hit.matched_name, hit.score) for hit in hits] == [("1", "Tornado Maritime", 1.0)]


@pytest.mark.parametrize(
    "lists", [[], [a_list([])], [a_list([Entry("1", Type.PERSON, ())])], [a_list([Entry("1", Type.PERSON, ("?",))])]]
)
def test_a_list_without_names_finds_nobody(lists: list[NameList]) -> None:
    answer = Screener(lists).screen(Query("1", "Tornado Maritime"), threshold=0.0)

    assert (answer.hits, answer.decision) == ((), "no_match")
