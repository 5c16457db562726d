"""Words of texts in any script: taken apart alike on both sides, brought to stems, marked where they were found."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from convener.engines.words import (
    LANGUAGES,
    Matcher,
    analyser,
    excerpt,
    marked,
    normalised,
    plain_analyser,
    prepared,
    stems,
    words_of,
)
from convener.engines.words.analysis import MOST_LETTERS, light_arabic
from convener.engines.words.lexicon import learn
from convener.engines.words.marking import Piece

pytestmark = pytest.mark.req("DIR-3")
#: Any text there can be, and texts of the letters that make trouble: marks, scripts without blanks, right to left, signs.
TEXTS = st.text(max_size=200) | st.text(
    st.sampled_from("aé’'- .,\u0301\u0640ال مةابฅกรุงไทย中国人日本कि्षाİıßǅﬁ²①٣\x00\u200d\u202e🧑\U00020000\n"),
    max_size=60,
)


def joined(pieces: Sequence[Piece]) -> str:
    return "".join(text for text, _found in pieces)


def found(pieces: Sequence[Piece]) -> list[str]:
    return [text for text, is_found in pieces if is_found]


def stem(word: str, language: str) -> tuple[str, ...]:
    return stems(normalised(word), language)


# Taking apart


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Océan (Cie.)", "l ocean cie"),
        ("Ünïcode-Straße", "unicode strasse"),
        ("Don't; don’t", "don t don t"),
        ("  A.T.E.S.T.  2024/25 ", "a t e s t 2024 25"),
        ("Łódź, Ærø & Đà Nẵng", "lodz aero da nang"),
        ("ﬁnance № ２０", "finance no 20"),
        ("الأمم المتّحدة", "الامم المتحده"),
        ("مكافـــحة الاتّجار", "مكافحه الاتجار"),
        ("على علی", "علي علي"),
        ("反人口贩运", "反人 人口 口贩 贩运"),
        ("中", "中"),
        ("NGO中国2020", "ngo 中国 2020"),
        ("กรุงเทพ", "กรุ รุง งเ เท ทพ"),
        ("बाल श्रम", "बाल श्रम"),
        ("Αθήνα Москва תל־אביב", "αθηνα москва תל אביב"),
        ("", ""),
        (" \t\n\x00 ---- 🧑‍⚖ _ ", ""),
        ("x" * MOST_LETTERS, "x" * MOST_LETTERS),
        ("endless " + "x" * (MOST_LETTERS + 1), "endless"),
        ("endlóss " + "é" * (MOST_LETTERS + 1), "endloss"),
    ],
)
def test_a_text_becomes_folded_words(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize("text", ["⚖️", "❤️"])
def test_signs_without_a_letter_are_no_words(text: str) -> None:
    assert normalised(text) == ""


@given(TEXTS)
@example("0\u0e31")
def test_what_is_normalised_stays_so(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once


@given(TEXTS)
def test_normalised_texts_are_words_with_one_blank_between(text: str) -> None:
    words = normalised(text)
    assert words == " ".join(words.split())
    assert all(0 < len(word) <= MOST_LETTERS for word in words.split())


@given(TEXTS)
def test_words_stand_where_they_are_said_to(text: str) -> None:
    end_before = 0
    for word, start, end in words_of(text):
        assert text[start:end] == word
        assert end_before <= start < end
        end_before = end


@given(TEXTS)
def test_words_taken_one_by_one_are_those_of_the_whole(text: str) -> None:
    """Marking looks at words one by one, the index at the whole: both must see the same ones."""
    text = unicodedata.normalize("NFKC", text)
    one_by_one = {part for word, _start, _end in words_of(text) for part in normalised(word).split()}
    whole = set(normalised(text).split())
    assert all(word in whole or not word.isascii() for word in one_by_one)


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_any_text_has_stems_in_any_language(text: str, language: str) -> None:
    words = normalised(text)
    got = stems(words, language)
    assert got == tuple(analyser(language).analyze(prepared(words, language)))
    assert all(got)
    assert plain_analyser().analyze(words) == words.split()
    left = [word for word in words.split() if language != "ar" or stems(word, "ar")]  # Arabic's commonest words go
    assert len(prepared(words, language).split()) == len(left)


# Stems


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "shelter", "shelters"),
        ("en", "companies", "company"),
        ("en", "trafficking", "trafficked"),
        ("fr", "entreprise", "entreprises"),
        ("fr", "victime", "victimes"),
        ("fr", "nationale", "nationales"),
        ("es", "víctima", "víctimas"),
        ("es", "empresa", "empresas"),
        ("es", "trabajador", "trabajadores"),
        ("ar", "شركة", "الشركات"),
        ("ar", "ضحية", "الضحية"),
        ("ar", "منظمة", "والمنظمات"),
        ("ar", "عامل", "للعامل"),
    ],
)
def test_forms_of_one_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language) != ()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "how can we are of the"),
        ("fr", "où êtes est-ce que l’"),
        ("es", "cómo dónde está más"),
        ("ar", "ما هي أين"),
    ],
)
def test_the_commonest_words_have_none(language: str, words: str) -> None:
    kept = {word for word in normalised(words).split() if stems(word, language)}
    assert kept <= {"etes"}


def test_the_commonest_arabic_words_with_an_ending_have_none() -> None:
    kept = [word for word in ["إلى", "على", "التي", "الذي", "الذين", "هذه", "متى"] if stem(word, "ar")]
    assert kept == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("والكتاب", "كتاب"),
        ("بالعمل", "عمل"),
        ("للنساء", "نساء"),
        ("المنظمات", "منظم"),
        ("عاملون", "عامل"),
        ("ال", "ال"),  # too short to lose anything
        ("وال", "وال"),
        ("shelter", "shelter"),
        ("中国", "中国"),
        ("", ""),
    ],
)
def test_arabic_words_lose_article_and_endings(word: str, expected: str) -> None:
    assert light_arabic(word) == expected


@given(st.text(st.sampled_from("والبكفلهانتيمدرسع"), max_size=12))
def test_an_arabic_word_keeps_a_part_of_itself(word: str) -> None:
    rest = light_arabic(word)
    assert rest in word
    assert len(rest) >= min(len(word), 2)


# Marking


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_marked_pieces_are_the_text(text: str, asked: list[str]) -> None:
    words = [word for some in [*asked, text[:20]] for word in normalised(some).split()]
    matcher = Matcher.of(words, slips=words[:2])
    pieces = marked(text, matcher)
    assert joined(pieces) == text
    assert all(piece for piece, _found in pieces)
    assert all(matcher.answers(piece) for piece in found(pieces))


@given(st.lists(TEXTS, max_size=12), st.integers(20, 300))
@settings(max_examples=200)
def test_an_excerpt_is_a_part_of_the_text(texts: list[str], letters: int) -> None:
    text = " ".join(texts).replace("…", "")
    words = normalised(texts[-1]).split() if texts else []
    shown = joined(excerpt(text, Matcher.of(words), letters))
    part = shown.removeprefix("… ").removesuffix(" …")
    assert part in text
    assert len(part) <= max(letters, 0) or part == text
    assert shown.startswith("… ") or text.startswith(part)
    assert shown.endswith(" …") or text.endswith(part)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Two shelters, one Shelter.", "shelter", ["shelters", "Shelter"]),
        ("Les victimes de la traite", "victime", ["victimes"]),
        ("L’Océan", "ocean", ["Océan"]),
        ("الشركات الصغيرة", "شركة", ["الشركات"]),
        ("反人口贩运", "人口", ["人口"]),
        ("反人口贩运", "人口贩", ["人口贩"]),
        ("反ABC人口", "人口 abc", ["ABC", "人口"]),
        ("ကလေးသူငယ်", "လေးသူ", ["လေးသူ"]),
        ("बच्चे और श्रम", "श्रम", ["श्रम"]),
        ("<b>law</b>", "law", ["law"]),
    ],
)
def test_found_words_are_marked_in_any_script(text: str, asked: str, expected: list[str]) -> None:
    assert found(marked(text, Matcher.of(normalised(asked).split()))) == expected


def test_slips_are_marked() -> None:
    text = "Sheltering, Shelter, Helter, Ship"
    assert found(marked(text, Matcher.of([], slips=["shleter"]))) == ["Shelter"]
    assert found(marked(text, Matcher.of([], slips=["selter"]))) == ["Shelter", "Helter"]
    assert found(marked("cat", Matcher.of([], slips=["bat"]))) == [], "short words are not guessed at"
    assert found(marked(text, Matcher.of([]))) == []


def test_an_excerpt_shows_where_most_different_words_are() -> None:
    filler = "nothing here " * 40
    text = f"one one one {filler} far away one and two stand together {filler}"
    pieces = excerpt(text, Matcher.of(["one", "two"]), 120)
    assert joined(pieces).startswith("… ")
    assert joined(pieces).endswith(" …")
    assert found(pieces) == ["one", "two"]
    assert joined(excerpt(text, Matcher.of(["absent"]), 120)).startswith("one one one nothing")
    assert excerpt("short", Matcher.of(["short"])) == [("short", True)]
    assert excerpt("", Matcher.of(["short"])) == []


def test_an_excerpt_cuts_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(400))
    shown = joined(excerpt(text, Matcher.of(["word200"])))
    assert set(re.findall(r"\w+", shown)) <= set(text.split())
    assert "word200" in shown


def test_an_excerpt_of_an_endless_text_says_that_it_was_cut() -> None:
    text = "a " * 9_990 + "needle " + "b " * 5_000
    shown = joined(excerpt(text, Matcher.of(["needle"])))
    assert "needle" in shown
    assert shown.endswith(" …")


# The dictionary

TOY = [
    ("la maison", "the house"),
    ("la maison bleue", "the blue house"),
    ("le livre", "the book"),
    ("le livre bleu", "the blue book"),
    ("un livre", "a book"),
    ("une maison", "a house"),
]


def test_a_dictionary_is_learnt_from_texts_that_say_the_same() -> None:
    learnt = learn([(one.split(), other.split()) for one, other in TOY])
    best = {word: targets[0][0] for word, targets in learnt.items()}
    assert (best["maison"], best["livre"], best["un"]) == ("house", "book", "a")
    for targets in learnt.values():
        shares = [share for _target, share in targets]
        assert shares == sorted(shares, reverse=True)
        assert all(0.15 <= share <= 1 for share in shares)
        assert len(targets) <= 2


def test_nothing_is_learnt_from_nothing() -> None:
    assert learn([]) == {}
    assert learn([([], ["a"]), (["b"], [])]) == {}
    assert learn([(["b"], ["a"])]) == {"b": [("a", 1.0)]}


@given(st.lists(st.tuples(*[st.lists(st.sampled_from("abcdef"), max_size=4)] * 2), max_size=12))
def test_shares_of_any_dictionary_are_probabilities(pairs: list[tuple[list[str], list[str]]]) -> None:
    sources = set(itertools.chain.from_iterable(source for source, target in pairs if target))
    for word, targets in learn(pairs).items():
        assert word in sources
        assert sum(share for _target, share in targets) <= 1.002
