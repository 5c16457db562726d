"""Asking: the record that is meant comes first, in any language and script, with a slip, and whatever is typed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.foundation.actor import HUB, PUBLIC
from convener.foundation.search.asking import DEEPEST, begin_with
from convener.foundation.search.pages import SUGGESTED
from convener.foundation.search.writing import rebuild
from tests.foundation.search.finding import answer, found, suggested
from tests.rooms.directory.records import initiative, organisation, tool
from tests.rooms.library.shelf import put_piece

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-3")]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def indexed(*names: str) -> None:
    for name in names:
        organisation(name)
    rebuild()


# Names


def test_who_is_called_exactly_so_comes_first() -> None:
    organisation("Open Doors", summary="Hope hope hope.")
    for number in range(6):
        organisation(f"Hope {number} Open", summary="Hope, open and hope for all.")
    organisation("Hope")
    tool("hope-tool", name="A tool with hope")
    rebuild()
    assert found("hope")[0] == "Hope"
    assert found("HOPE!")[0] == "Hope"
    assert found("open doors")[0] == "Open Doors"
    assert set(found("hope")) == {
        "Open Doors",
        "Hope",
        "A tool with hope",
        *(f"Hope {number} Open" for number in range(6)),
    }


def test_who_is_called_exactly_so_with_a_word_twice_comes_first() -> None:
    indexed("New York", "New York New York", "Women for Women and Women", "Women for Women")
    assert found("New York New York")[0] == "New York New York"
    assert found("Women for Women")[0] == "Women for Women"


def test_acronyms_and_other_names_find_their_record() -> None:
    organisation("International Labour Organization", names=(("ILO", "acronym", ""), ("OIT", "acronym", "fr")))
    organisation("Ilo Fishing Cooperative", summary="Far from any office.")
    tool("sst", name="Slavery Screening Tool", other_names=["SST"])
    rebuild()
    assert found("ILO") == found("ilo") == ["International Labour Organization", "Ilo Fishing Cooperative"]
    assert found("oit") == ["International Labour Organization"]
    assert found("SST") == ["Slavery Screening Tool"]


def test_a_question_of_the_commonest_words_can_only_mean_a_name() -> None:
    indexed("The Who", "All of Us", "Nothing Else")
    assert found("the who") == ["The Who"]
    assert found("who are you") == []
    assert found("all of") == ["All of Us"]


# Words


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "They run shelters for victims of trafficking.", "victim shelter"),
        ("fr", "Nous aidons les victimes de la traite dans les entreprises.", "entreprise victime"),
        ("es", "Ayudamos a las víctimas y a los trabajadores.", "victima trabajador"),
        ("ar", "تدعم المنظمة الضحايا والشركات في سلاسل التوريد.", "شركة منظمة"),
    ],
)
def test_forms_of_a_word_find_each_other(language: str, text: str, asked: str) -> None:
    organisation("Nine", summary=text, summary_language=language)
    organisation("Ten", summary="About something else.")
    rebuild()
    assert found(asked, language=language) == ["Nine"]
    for word in asked.split():
        assert found(word, language=language) == ["Nine"], word
        assert found(word, language="en") == ["Nine"], f"{word}, asked by a reader of English"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("反人口贩运联盟", "人口贩运"),
        ("人身取引対策センター", "取引"),
        ("มูลนิธิกระจกเงา", "กระจก"),
        ("बचपन बचाओ आंदोलन", "बचपन"),
        ("Ланторн Фонд", "фонд"),
        ("Αρσις Δίκτυο", "δικτυο"),
        ("קו לעובד", "לעובד"),
        ("მწვანე სახლი", "სახლი"),
        ("ጥሩ ቤት", "ቤት"),
        ("인신매매 방지", "방지"),
        ("Þjónusta Łódź Ærø", "lodz aero"),
        ("Élan d’Ici", "d'ici"),
    ],
)
def test_names_in_any_script_are_found(name: str, asked: str) -> None:
    indexed(name, "Somebody Else")
    assert found(asked) == [name]
    assert suggested(asked) == [name]


def test_values_are_found_by_their_words_in_every_language() -> None:
    organisation("Catch", country="FI", industries=["fishing-seafood"])
    organisation("Other", country="FR")
    rebuild()
    for language, asked in (("en", "Finland"), ("fr", "Finlande"), ("es", "Finlandia"), ("ar", "فنلندا")):
        assert found(asked, language=language) == ["Catch"], asked
    assert found("seafood") == ["Catch"]


def test_words_of_another_language_find_english_texts(root: Path, learnt: Path) -> None:
    organisation("Nine", summary="Support for victims on fishing vessels.")
    organisation("Ten", summary="Something else.")
    rebuild()
    assert found("pêche", language="fr") == []
    shutil.copy(learnt, root / learnt.name)
    assert found("pêche", language="fr") == ["Nine"]
    assert found("pêche", language="es") == [], "no word of Spanish"


# Slips


def slipped(word: str, chance: random.Random) -> str:
    """A word with one letter less, more, changed, or two in the wrong order."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.choice(["delete", "insert", "swap", "replace"])
    if kind == "delete":
        return word[:at] + word[at + 1 :]
    if kind == "insert":
        return word[:at] + chance.choice(LETTERS) + word[at:]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + chance.choice(LETTERS) + word[at + 1 :]


def made_up(chance: random.Random) -> str:
    return "".join(chance.choice("bcdfghjklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(3, 5)))


def test_one_slip_in_a_name_still_finds_it() -> None:
    chance = random.Random(20240701)
    names = [f"{made_up(chance).title()} {made_up(chance).title()}" for _ in range(200)]
    indexed(*names)
    missed = []
    for name in names:
        words = name.lower().split()
        place = chance.randrange(2)
        words[place] = slipped(words[place], chance)
        if name not in found(" ".join(words), limit=10):
            missed.append((name, words))
    assert len(missed) <= 8, missed


@pytest.mark.parametrize("asked", ["selter", "sheltter", "shetler", "shalter", "Shéltre"])
def test_one_slip_in_a_word_still_finds_it(asked: str) -> None:
    organisation("Nine", summary="A shelter by the sea.")
    indexed("Ten")
    got = answer(asked)
    assert [key for _kind, key in got.found] != []
    assert found(asked) == ["Nine"]
    assert len(got.asked.slips) == 1


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "They visit construction sites.", "constrction constructon constructin constructiom contruction"),
        ("fr", "Des entreprises responsables.", "entreprses entreprisse responsablse resposables"),
        ("es", "Las investigaciones continúan.", "investigacines investigacionse investgaciones"),
        ("ar", "المنظمات في المدينة", "المنظمت المنضمات"),
    ],
)
def test_a_slip_is_forgiven_wherever_it_stands_in_the_word(language: str, text: str, asked: str) -> None:
    """In the part that a stem leaves off too."""
    organisation("Nine", summary=text, summary_language=language)
    indexed("Ten")
    for word in asked.split():
        assert found(word, language=language) == ["Nine"], word
        assert answer(word, language=language).asked.slips, word


def test_a_word_that_is_written_somewhere_is_no_slip() -> None:
    organisation("Haven Trust")
    indexed("Raven Trust")
    assert found("raven") == ["Raven Trust"]
    assert answer("raven").asked.slips == ()
    assert answer("xqz").asked.slips == (), "too short to guess at"
    assert answer("raven zzzzzz").asked.slips == ("zzzzzz",)
    assert found("raven zzzzzz") == ["Raven Trust"]


def test_a_slip_that_happens_to_be_a_word_still_finds_the_name() -> None:
    """ "Traling" is written elsewhere, so it is no slip; but nothing has both words."""
    for number in range(30):
        organisation(f"Harbour {made_up(random.Random(number)).title()}", summary="Harbour, harbour and harbour.")
    organisation("Traling Brothers")
    indexed("Trailing Harbour", "Harbour Brothers")
    got = answer("traling harbour")
    assert (got.asked.slips, got.asked.scattered) == ((), True)
    assert found("traling harbour")[0] == "Trailing Harbour"
    assert not answer("trailing harbour").asked.scattered
    assert not answer("traling").asked.scattered


def test_more_of_the_words_is_better_and_not_all_are_needed() -> None:
    organisation("Nine", summary="Fishing vessels and ports.")
    organisation("Ten", summary="Fishing and farming, farming and fishing.")
    rebuild()
    assert found("which vessels are fishing near ports today") == ["Nine", "Ten"]


# Whatever is typed

STRANGE = [
    "a", "?", "é", "中", "'", '"', "\\", "''", '"unclosed', "it's", "l’an", "AND OR NOT", "( ) : * ~ ^", "AND", "NOT",
    "+ - && ||", "title:haven", "haven~2", "haven^9", "hav*", "h?ven", "[a TO z]", "/haven/", "haven AND NOT haven",
    "<script>", "%00", "\x00", "haven\x00haven", "🧑‍⚖️", "❤️ haven", "haven中国กรุงเทพशеля", "\u202ehaven", "\u0301",
    "haven" + "\u0301" * 5_000, "𝖍𝖆𝖛𝖊𝖓", "\ud800", "haven " * 2_000, "h" * 10_000, "中" * 10_000,
    " ".join(f"word{number}" for number in range(2_000)), "\n\t ", "1", "-1", "1e9",
]  # fmt: skip


@pytest.mark.parametrize("asked", STRANGE, ids=lambda text: ascii(text)[:30])
def test_whatever_is_typed_is_answered(root: Path, asked: str) -> None:
    indexed("Haven", "Somebody Else")
    for language in ("en", "ar"):
        got = answer(asked, PUBLIC, language=language)
        assert len(got.found) <= got.total <= 2
    begin_with(PUBLIC, asked)
    assert not (root / "broken").exists()


@pytest.fixture
def strange_index() -> None:
    organisation("Haven of 中国 กรุงเทพ", summary='AND OR NOT: it\'s a "quote" ~2 ^9')
    rebuild()


@given(st.text(max_size=120), st.sampled_from(("en", "fr", "es", "ar")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.usefixtures("strange_index")
def test_any_text_at_all_is_answered(root: Path, text: str, language: str) -> None:
    got = answer(text, PUBLIC, language=language)
    assert len(got.found) == got.total <= 1
    assert len(begin_with(PUBLIC, text)) <= 1
    assert not (root / "broken").exists()


def test_strange_filters_find_nothing_and_harm_nothing(root: Path) -> None:
    indexed("Haven")
    for value in ("\x00", "a:b", "kind:tool", "*", "💥", "x" * 500):
        assert found("", at=value) == found("haven", kind=value) == []
    assert not (root / "broken").exists()
    assert found("haven", kind="organisation") == ["Haven"]


def test_nothing_deeper_than_the_deepest_is_asked_of_the_index() -> None:
    indexed("Haven")
    assert answer("haven", limit=10**9).total == 1
    assert len(answer("", kind="organisation", limit=DEEPEST * 2).found) == 1


# While typing


def test_suggestions_are_names_that_begin_so_first() -> None:
    tool("a-haven", name="A map of haven")
    initiative("haven-pact", name="Haven Pact")
    put_piece(title={"en": "Find a haven"})
    indexed("Haven House", "Old Haven", "Elsewhere")
    got = suggested("hav")
    assert set(got) == {"Haven House", "Haven Pact", "Old Haven", "A map of haven", "Find a haven"}
    assert set(got[:2]) == {"Haven House", "Haven Pact"}
    assert suggested("haven ho") == ["Haven House"]
    assert suggested("house hav") == ["Haven House"]
    assert suggested("haevn house") == ["Haven House"], "a slip"
    assert suggested("els") == ["Elsewhere"]
    assert suggested("zzz") == suggested("") == suggested(" ?") == []


def test_a_name_that_begins_so_is_first_among_many() -> None:
    indexed(*(f"Friends of Zebra {number}" for number in range(40)), "Zebra Trust")
    got = suggested("zeb")
    assert len(got) == SUGGESTED
    assert got[0] == "Zebra Trust"


def test_the_operator_finds_all_that_were_indexed() -> None:
    indexed("Haven", "Harbour", "House")
    assert sorted(found("", HUB, kind="organisation")) == ["Harbour", "Haven", "House"]
