"""The catalogues of the interface: complete, whole, compiled; and the pages that come out of them."""

from __future__ import annotations

import gettext
import html
import os
import re
import shutil

import polib
import pytest
from django.conf import settings
from django.test import Client

from tests.foundation.markup import Page
from tools import messages

LANGUAGES = sorted(messages.PLURALS)
Key = tuple[str | None, str, str]
# Strings of the page as it stands in English; each must be there in English and gone in the other languages.
ENGLISH = {
    "": ["I look for what works", "I run a partnership", "Where the organisations work", "Skip to the content"],
    "directory/": ["Words to find", "Members’ hub", "Skip to the content", "open software that anyone may use"],
    "account/login/": ["Sign in to the members’ hub", "Password", "Accounts are by invitation", "Skip to the content"],
}
# Words that the hub does not use for people, and lists named by a colour.
UNWANTED = {
    "fr": r"sauvet|secouru|liste (?:noire|blanche)",
    "es": r"rescat|lista (?:negra|blanca)",
    "ar": "إنقاذ|[قل]ائمة ال?(?:سوداء|بيضاء)",
}


def catalogue(language: str) -> polib.POFile:
    """The catalogue of a language as it stands in the repository."""
    return polib.pofile(str(messages.catalogue_path(language)), wrapwidth=0)


def key(entry: polib.POEntry) -> Key:
    """What tells an entry from the others."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def forms(entry: polib.POEntry) -> list[str]:
    """The translation of an entry: one text, or one for each plural form in order."""
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] or [entry.msgstr]


def compiled(language: str) -> gettext.GNUTranslations:
    """The compiled catalogue, as Python reads it."""
    with messages.catalogue_path(language, "mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def placeholders(text: str) -> list[str]:
    """What is filled in, by name or by place."""
    return sorted(re.findall(r"%(?:\(\w+\))?[sdif]|\{\w*\}", text))


def tags(text: str) -> list[str]:
    """The HTML tags of a text, in order."""
    return re.findall(r"</?[a-z][^>]*>", text)


@pytest.fixture(scope="module")
def strings() -> polib.POFile:
    """A fresh extraction; skipped without xgettext unless CI demands what .ci/setup installs."""
    if shutil.which("xgettext") is None:
        message = "xgettext is not installed. Install it with one command: sudo bash .ci/setup"
        if "browser" in os.environ.get("CONVENER_REQUIRE", ""):
            pytest.fail(message)
        pytest.skip(message)
    return messages.collect()


def test_there_is_a_catalogue_for_each_language_of_the_hub() -> None:
    assert {"en", *LANGUAGES} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_in_the_catalogue_and_nothing_else(language: str, strings: polib.POFile) -> None:
    assert len(strings) > 500, "the extraction found too little"
    assert {key(entry) for entry in catalogue(language)} == {key(entry) for entry in strings}, "run: just messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_run_changes_nothing(language: str, strings: polib.POFile) -> None:
    written = messages.catalogue_path(language).read_text(encoding="utf-8")
    assert str(messages.merged(language, strings)).rstrip("\n") == written.rstrip("\n")
    assert not re.search(r"POT-Creation-Date|PO-Revision-Date|Bugs-To|^#: ", written, re.MULTILINE)
    assert written.startswith("# Machine-made, to be reviewed\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_complete(language: str) -> None:
    entries = catalogue(language)
    count = int(re.search(r"nplurals=(\d)", messages.PLURALS[language])[1])  # type: ignore[index]
    for entry in entries:
        assert not entry.fuzzy, entry.msgid
        assert not entry.obsolete, entry.msgid
        assert all(text.strip() for text in forms(entry)), entry.msgid
        assert len(forms(entry)) == (count if entry.msgid_plural else 1), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_the_tags_are_those_of_the_english(language: str) -> None:
    form_of = compiled(language).plural  # type: ignore[attr-defined]
    numbers: dict[int, list[int]] = {}
    for number in range(1000):
        numbers.setdefault(form_of(number), []).append(number)
    for entry in catalogue(language):
        for form, text in enumerate(forms(entry)):
            english = entry.msgid_plural if entry.msgid_plural and form else entry.msgid
            assert tags(text) == tags(english), entry.msgid
            if entry.msgid_plural and len(numbers[form]) == 1:  # a form for one number may say it in words
                assert set(placeholders(text)) <= set(placeholders(english)), text
            else:
                assert placeholders(text) == placeholders(english), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    entries, translations = catalogue(language), compiled(language)
    assert messages.catalogue_path(language, "mo").read_bytes() == entries.to_binary(), "run: just messages"
    form_of = translations.plural  # type: ignore[attr-defined]
    for entry in entries:
        if entry.msgid_plural:
            said = {form_of(n): translations.ngettext(entry.msgid, entry.msgid_plural, n) for n in range(200)}
            assert [said[form] for form in sorted(said)] == forms(entry)
        elif entry.msgctxt:
            assert translations.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
        else:
            assert translations.gettext(entry.msgid) == entry.msgstr


def test_arabic_numbers_take_their_six_forms() -> None:
    form_of = compiled("ar").plural  # type: ignore[attr-defined]
    assert [form_of(n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)] == [0, 1, 2, 3, 3, 4, 4, 5, 5, 3, 4]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_mission(language: str) -> None:
    texts = [text for entry in catalogue(language) for text in forms(entry)]
    assert not [text for text in texts if re.search(UNWANTED[language], text, re.IGNORECASE)]


def test_arabic_has_its_own_punctuation_and_letters() -> None:
    arabic = r"[\u0621-\u0652]"
    for entry in catalogue("ar"):
        for text in forms(entry):
            assert not re.search(arabic + r"\s?[?,;]", text), text
            assert re.search(arabic, text) or not re.search(r"[A-Za-z]", re.sub(r"%\(\w+\)s", "", text)), text


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.parametrize("path", ENGLISH)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_the_language(language: str, path: str) -> None:
    english = html.unescape(Client().get(f"/en/{path}").content.decode())
    markup = Client().get(f"/{language}/{path}").content.decode()
    root = Page(markup).all("html")[0]
    assert (root["lang"], root.get("dir", "ltr")) == (language, "rtl" if language == "ar" else "ltr")
    for text in ENGLISH[path]:
        assert text in english, f"“{text}” is no longer on the page: choose another sample"
        assert text not in html.unescape(markup)
