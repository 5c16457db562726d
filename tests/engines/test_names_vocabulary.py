"""The words that are known in names: the files are sound, look-ups in many languages, and the copy that is kept."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from convener.engines.names import analysed
from convener.engines.names.vocabulary import FILES, Kind, Sense, fingerprint, vocabulary
from convener.engines.names.writing import written

pytestmark = [pytest.mark.req("SCR-2"), pytest.mark.req("DIR-8")]

#: Words of running English that a name may have in its middle: none may count as a trade or a body.
STOP_WORDS = """
the of for and in on to by with from is it be or are was were this that not but if so we he she they my our your his her
their all any can had have has will then there when who what how out about into such only own same very just am did been
"""


@cache
def data(name: str) -> Any:
    text = files("convener.engines.names").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def forms() -> Iterator[dict[str, Any]]:
    for family in data("legal_forms")["families"]:
        yield from family["forms"]


def concepts() -> list[dict[str, Any]]:
    return [*data("words")["concepts"], *data("places")["concepts"]]


def sense(writing: str) -> Sense | None:
    return vocabulary().senses.get(written(writing).words)


# The files


def test_every_file_is_read_and_has_much_in_it() -> None:
    assert [name for name in FILES if not data(name)] == []
    kinds = Counter(one.kind for one in vocabulary().senses.values())
    assert min(kinds[kind] for kind in (Kind.FORM, Kind.CONCEPT, Kind.GENERIC, Kind.GIVEN)) > 3_000
    assert min(kinds[kind] for kind in (Kind.TITLE, Kind.PARTICLE, Kind.SMALL)) > 30


@pytest.mark.parametrize(
    "keys",
    [
        lambda: [form["key"] for form in forms()],
        lambda: [family["key"] for family in data("legal_forms")["families"]],
        lambda: [concept["key"] for concept in concepts()],
        lambda: [name["key"] for name in data("given_names")["names"]],
    ],
    ids=["forms", "families", "words and places", "given names"],
)
def test_keys_are_unique(keys: Any) -> None:
    assert [key for key, count in Counter(keys()).items() if count > 1] == []


def test_entries_have_the_fields_that_the_files_say() -> None:
    assert all(set(form) == {"key", "writings"} and form["writings"] for form in forms())
    for concept in concepts():
        assert set(concept) == {"key", "generic", "writings"}, concept["key"]
        assert concept["generic"] in (1, 2, 3), concept["key"]
        assert all(len(language) in (2, 3) and texts for language, texts in concept["writings"].items()), concept["key"]
    for name in data("given_names")["names"]:
        assert set(name) - {"kin"} == {"key", "common", "writings"}, name["key"]
        assert name["common"] in (1, 2, 3), name["key"]


def test_every_writing_is_text_that_can_be_compared() -> None:
    texts = [text for form in forms() for text in form["writings"]]
    texts += [text for concept in concepts() for some in concept["writings"].values() for text in some]
    texts += [text for name in data("given_names")["names"] for text in (*name["writings"], *name.get("kin", ()))]

    assert [text for text in texts if not isinstance(text, str)] == []  # "no" and "on" are booleans to YAML
    assert [text for text in texts if not written(text).words] == []
    assert [text for text in texts if text != text.strip() or "  " in text] == []


def test_every_legal_form_is_known_by_its_first_writing() -> None:
    lost = [form["key"] for form in forms() if (found := sense(form["writings"][0])) is None or found.kind != Kind.FORM]

    assert set(lost) <= {"og"}  # in Norwegian names it is "and"


def test_no_word_of_running_english_is_a_trade() -> None:
    found = {word: sense(word) for word in STOP_WORDS.split()}

    assert {word: one for word, one in found.items() if one and one.kind in (Kind.GENERIC, Kind.CONCEPT)} == {}


# Look-ups


@pytest.mark.parametrize(
    ("key", "writings"),
    [
        (
            "bank",
            "bank | banks | banque | banco | банк | بنك | بانک | 银行 | 銀行 | 은행 | ธนาคาร | τράπεζα | בנק | ngân hàng",
        ),
        ("international", "international | intl | int'l | internacional | международный"),
        ("trading", "trading | commerce | comercio | торговый | تجارة | بازرگانی | 贸易 | 무역 | handel | ticaret"),
        ("manufacturing", "manufacturing | mfg | manuf | fabrication | производство | 制造 | imalat"),
        ("national", "national | natl | nacional | национальный | وطني"),
        ("shipping", "shipping | naviera | reederei | судоходство | کشتیرانی | 航运 | denizcilik"),
        ("import-export", "import export | import and export | imp & exp | 进出口 | ithalat ve ihracat"),
        ("university", "university | université | universidad | университет | جامعة | 大学"),
        ("construction", "construction | constr | строительство | inşaat | 建设"),
        ("syria", "syria | syrian | syrie | сирия | سوريا | 叙利亚"),
        ("cuba", "cuba | cuban | куба | كوبا"),
        ("iran", "iran | iranian | иран | ایران | إيران"),
    ],
)
def test_words_of_trades_and_places_are_one_thing_in_every_language(key: str, writings: str) -> None:
    found = {text: one and one.key for text in writings.split(" | ") for one in [sense(text)]}

    assert found == dict.fromkeys(found, key)


@pytest.mark.parametrize(
    ("family", "writings"),
    [
        (
            "limited",
            "Ltd | Limited | GmbH | G.m.b.H. | LLC | S.r.l. | Sp. z o.o. | ООО | 有限公司 | ذ م م | d.o.o. | Kft.",
        ),
        (
            "limited",
            "Sdn Bhd | Pty Ltd | Pte. Ltd. | Pvt. Ltd. | s.r.o. | Ltda. | B.V. | ТОВ | בע״מ | ЕООД | UAB | Lda | Ltd. Şti.",
        ),
        (
            "joint-stock",
            "PLC | A.G. | S.A. | S.A. de C.V. | S.p.A. | N.V. | ОАО | ПАО | ЗАО | A.Ş. | 株式会社 | 주식회사 | Tbk",
        ),
    ],
)
def test_legal_forms_are_known_with_their_counterparts(family: str, writings: str) -> None:
    last = {text: analysed(f"Zyvlora {text}").tokens[-1] for text in writings.split(" | ")}

    assert {text: (one.kind, one.family) for text, one in last.items()} == dict.fromkeys(last, (Kind.FORM, family))


@pytest.mark.parametrize(
    ("key", "writings"),
    [
        ("muhammad", "Mohammed | Muhammad | Mohamed | محمد | Мухаммед | Mehmet"),
        ("yusuf", "Yusuf | Youssef | Yousuf | يوسف | Юсуф"),
        ("vladimir", "Vladimir | Wladimir | Владимир"),
        ("konstantin", "Konstantinos | Constantine | Константин | Κωνσταντίνος"),
    ],
)
def test_spellings_of_a_given_name_are_one_name(key: str, writings: str) -> None:
    found = {text: one and (one.kind, one.key) for text in writings.split(" | ") for one in [sense(text)]}

    assert found == dict.fromkeys(found, (Kind.GIVEN, key))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Zyvlora Import and Export Co Ltd", ["WORD", "GENERIC", "FORM"]),
        ("Zyvlora Sociedad Anónima de Capital Variable", ["WORD", "FORM"]),
        ("Zyvlora Limited Liability Company", ["WORD", "FORM"]),
        ("United Arab Emirates Zyvlora", ["CONCEPT", "WORD"]),
        ("Общество с ограниченной ответственностью Зивлора", ["FORM", "WORD"]),
        ("شركة ذات مسؤولية محدودة", ["FORM"]),
        ("大连贸易有限公司", None),
    ],
)
def test_the_longest_phrase_is_taken_first(name: str, kinds: list[str] | None) -> None:
    found = [token.kind.name for token in analysed(name).tokens]

    assert found == kinds if kinds is not None else found[-2:] == ["GENERIC", "FORM"]


def test_phrases_can_be_reached_from_their_first_word() -> None:
    known = vocabulary()
    lost = [words for words in known.senses if len(words) > 1 and known.starts.get(words[0], 0) < len(words)]

    assert lost == []


@pytest.mark.parametrize("letter", "ABCDEFGHIJLMNOPQRSTUVWXYZ")
def test_a_letter_with_a_full_stop_is_not_left_out_of_a_name(letter: str) -> None:
    first = analysed(f"{letter}. Qarzimov").tokens[0]

    assert first.latin == letter.lower()
    assert first.kind not in (Kind.TITLE, Kind.FORM)


# The copy that is kept

_SAY = """
import hashlib, sys
from pathlib import Path
from convener.engines.names.vocabulary import prepare, vocabulary
prepare(Path(sys.argv[1]))
known = vocabulary()
rest = [known.kin.items(), known.starts.items()]
everything = [sorted(known.senses.items()), sorted(known.unspaced), sorted(known.ambiguous), sorted(known.edges)]
everything += [sorted((word, sorted(value) if isinstance(value, frozenset) else value) for word, value in one) for one in rest]
print(hashlib.sha256(repr(everything).encode()).hexdigest())
"""


def said(folder: Path) -> str:
    """What a new process knows that prepares itself in this folder, as a hash."""
    done = subprocess.run(
        [sys.executable, "-c", _SAY, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What is known from the files alone, and the folder in which that left a copy."""
    folder = tmp_path_factory.mktemp("words") / "new" / "folder"
    return said(folder), folder


def copy_in(folder: Path) -> Path:
    [copy] = folder.iterdir()
    assert fingerprint() in copy.name
    return copy


def test_a_copy_is_left_and_says_the_same_as_the_files(plain: tuple[str, Path]) -> None:
    known, folder = plain
    copy = copy_in(folder)
    before = copy.stat().st_mtime_ns

    assert said(folder) == known
    assert copy.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b'{"senses": [[["bank"], [99, "bank", "", 1]]]}',
    ],
    ids=["cut", "another shape"],
)
def test_a_broken_copy_is_made_anew(plain: tuple[str, Path], tmp_path: Path, harm: Any) -> None:
    known, folder = plain
    whole = copy_in(folder).read_bytes()
    broken = tmp_path / copy_in(folder).name
    broken.write_bytes(harm(whole))

    assert said(tmp_path) == known
    assert len(broken.read_bytes()) == len(whole)
    assert list(tmp_path.iterdir()) == [broken]


def test_a_folder_that_cannot_be_written_costs_nothing(plain: tuple[str, Path], tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")

    assert said(taken) == plain[0]
    assert taken.read_text() == "a file where the folder should be"
