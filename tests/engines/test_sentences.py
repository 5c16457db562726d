"""Sentences that engines make once and readers of several languages read later."""

from __future__ import annotations

import json
import pickle

import pytest
from django.utils.translation import override

from convener.errors import InvalidValue, Unreadable, joined, sentence, spoken, stored

# In Spanish, groups of digits are parted by a blank that does not break (Django's formats of the language).
NARROW = "\xa0"


def kept(text: str) -> object:
    """What the database gives back of a message."""
    return json.loads(json.dumps(stored(text)))


def test_a_sentence_is_its_english_text_with_digits_grouped() -> None:
    said = sentence("It has %(count)s characters; %(most)s are the most.", count=32_768, most=9)
    assert said == "It has 32,768 characters; 9 are the most."
    assert said.startswith("It has 32,768")
    assert spoken(kept(said)) == said  # type: ignore[arg-type]


def test_numbers_are_written_as_the_language_of_the_reader_writes_them() -> None:
    said = kept(sentence("%(count)s", count=1_234_567))
    with override("es"):
        assert spoken(said) == f"1{NARROW}234{NARROW}567"  # type: ignore[arg-type]
    with override("en"):
        assert spoken(said) == "1,234,567"  # type: ignore[arg-type]


def test_sentences_stand_in_sentences_and_after_one_another() -> None:
    where = sentence("row %(row)s, column %(column)s", row=5, column="B")
    said = joined(sentence("The cell in %(where)s is wrong.", where=where), "", sentence("Mend it."))
    assert said == "The cell in row 5, column B is wrong. Mend it."
    assert spoken(kept(said)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["%(count)s", "100 %", "%s%d", "%", "{0}", "\\x00"])
def test_what_a_file_says_is_never_taken_for_a_template(value: str) -> None:
    said = sentence("It says %(value)s.", value=value)
    assert said == f"It says {value}."
    assert spoken(kept(said)) == said  # type: ignore[arg-type]


def test_what_no_database_stores_and_no_screen_shows_is_left_out_and_long_texts_are_cut() -> None:
    said = sentence("It says %(value)s.", value="a\x00b\x1b[2J\ud800c" + "x" * 5_000)
    assert said.isprintable()
    assert said.startswith("It says a b [2J c")
    assert len(json.dumps(stored(said))) < 700
    json.dumps(stored(said)).encode()


def test_a_plain_text_stays_what_it_is() -> None:
    assert spoken("100 % of %(them)s") == "100 % of %(them)s"
    assert spoken(kept("Kept before there were templates: 100 %.")) == (  # type: ignore[arg-type]
        "Kept before there were templates: 100 %."
    )
    assert stored("") == []
    assert spoken([]) == ""


def test_an_error_tells_message_and_hint_together_for_keeping() -> None:
    error = InvalidValue("city", sentence("It is %(what)s.", what="wrong"), hint=sentence("Mend it."))
    assert (error.message, error.hint, str(error)) == ("It is wrong.", "Mend it.", "It is wrong. Mend it.")
    assert stored(error.sentence) == [["It is %(what)s.", {"what": "wrong"}], ["Mend it.", {}]]
    assert stored(Unreadable("Plain.").sentence) == [["Plain.", {}]]


def test_a_sentence_survives_being_copied() -> None:
    said = sentence("It says %(value)s.", value="x")
    again = pickle.loads(pickle.dumps(said))
    assert (again, stored(again)) == (said, stored(said))
