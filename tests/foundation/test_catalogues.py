"""Catalogues of translations: the page for translators, and a hub's own."""

from __future__ import annotations

import gettext
import json
from pathlib import Path
from typing import Any

import polib
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from convener.cli import main
from convener.errors import InvalidValue, Unreadable
from convener.foundation.audit.models import AuditEntry
from convener.foundation.i18n import catalogues
from convener.rooms.library.models import Guidance
from tests.foundation.markup import Page

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]
SHIPPED = catalogues.SHIPPED / "fr" / "LC_MESSAGES" / "django.po"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A data folder of its own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def changed(tmp_path: Path, change: Any) -> Path:
    """The shipped French catalogue with something changed."""
    catalogue = polib.pofile(str(SHIPPED), wrapwidth=0)
    change(catalogue)
    path = tmp_path / "fr.po"
    catalogue.save(str(path))
    return path


def entry(catalogue: polib.POFile, msgid: str) -> polib.POEntry:
    """The entry of an English string."""
    found = catalogue.find(msgid)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_page_says_how_far_each_language_is(language: str) -> None:
    response = Client().get(f"/{language}/translations/")
    assert response.status_code == 200
    assert not response.cookies
    page = Page(response.content.decode())
    assert page.all("html")[0]["dir"] == ("rtl" if language == "ar" else "ltr")
    assert not page.all("script")
    for code in ("fr", "es", "ar"):
        state = catalogues.state_of(code)
        assert state.total == len([one for one in polib.pofile(str(catalogues.path_of(code))) if not one.obsolete])
        assert state.translated == state.total
        assert 0 < state.unreviewed <= state.total
        assert f"/{language}/translations/{code}.po" in response.content.decode()


def test_hidden_guidance_is_not_counted() -> None:
    piece = Guidance(
        slug="x", kind="tip", topic="law", title={"en": "X", "fr": "X"}, stages=["idea"], audiences=["public"]
    )
    piece.save()
    before = Client().get("/en/translations/").context["content"]
    Guidance.objects.update(hidden=True)
    after = Client().get("/en/translations/").context["content"]
    titles = [next(one for one in rows if one["name"] == "Titles of guidance") for rows in (before, after)]
    assert [one["total"] for one in titles] == [1, 0]


def test_strings_are_narrowed_to_what_is_left_to_do() -> None:
    everything = Client().get("/en/translations/ar/").context["page_obj"].paginator.count
    assert everything == catalogues.state_of("ar").total
    waiting = Client().get("/en/translations/ar/?show=unreviewed").context["page_obj"].paginator.count
    assert waiting == catalogues.state_of("ar").unreviewed
    assert Client().get("/en/translations/ar/?show=missing").context["page_obj"].paginator.count == 0
    found = Client().get("/en/translations/fr/?q=Retrieve the moon").content.decode()
    assert "Nothing matches" in found
    for bad in ("?show=x&page=99999", "?q=%00", "?q=" + "x" * 5_000):
        assert Client().get(f"/en/translations/fr/{bad}").status_code == 200
    for code in ("en", "xx", "..", "fr%2F"):
        assert Client().get(f"/en/translations/{code}/").status_code == 404


def test_the_catalogue_comes_as_a_file_and_goes_in_again(tmp_path: Path) -> None:
    response = Client().get("/en/translations/fr.po")
    got = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert got == SHIPPED.read_bytes()
    assert "attachment" in response["Content-Disposition"]
    path = tmp_path / "back.po"
    path.write_bytes(got)
    before = catalogues.state_of("fr")
    assert catalogues.load(path, "fr") == before
    assert Client().get("/en/translations/en.po").status_code == 404


def test_a_corrected_catalogue_is_the_hubs_own_without_its_translators_name(tmp_path: Path) -> None:
    def correct(catalogue: polib.POFile) -> None:
        entry(catalogue, "Search").msgstr = "Fouiller"
        entry(catalogue, "Search").tcomment = ""
        catalogue.metadata["Last-Translator"] = "Jeanne <jeanne@example.org>"

    before = catalogues.state_of("fr")
    path = changed(tmp_path, correct)
    told = CliRunner().invoke(main, ["translations", "load", str(path), "--language", "fr", "--json"])
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["unreviewed"] == before.unreviewed - 1
    own = catalogues.own_path("fr")
    assert "jeanne" not in own.read_text(encoding="utf-8")
    with own.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Search") == "Fouiller"
    assert catalogues.path_of("fr") == own
    assert settings.LOCALE_PATHS[0].name == "locale"
    assert AuditEntry.objects.filter(action="hub.translation", fields=["fr"]).count() == 1
    assert "fr: " in CliRunner().invoke(main, ["translations", "status"]).stdout


def _set(msgid: str, text: str) -> Any:
    return lambda catalogue: setattr(entry(catalogue, msgid), "msgstr", text)


WRONG = [
    _set("Search", ""),
    _set("Search", "<A HREF='https://evil.example'>x</A>"),
    _set("Search", "<form action=//evil.example"),
    _set("%(number)s %%", "%(number)s %"),
    _set("%(number)s %%", "%(numero)s %%"),
    lambda catalogue: entry(catalogue, "Search").flags.append("fuzzy"),
]


@pytest.mark.parametrize("change", WRONG)
def test_a_catalogue_that_would_break_or_attack_pages_is_refused(tmp_path: Path, change: Any) -> None:
    path = changed(tmp_path, change)
    with pytest.raises(InvalidValue):
        catalogues.load(path, "fr")
    assert not catalogues.own_path("fr").exists()
    told = CliRunner().invoke(main, ["translations", "load", str(path), "--language", "fr"])
    assert told.exit_code == 2
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("header", ["nplurals=2; plural=garbage;", "nplurals=9; plural=n;"])
def test_rules_and_letters_are_those_of_the_hub(tmp_path: Path, header: str) -> None:
    def spoil(catalogue: polib.POFile) -> None:
        catalogue.metadata["Plural-Forms"] = header
        catalogue.metadata["Content-Type"] = "text/plain; charset=bogus"

    catalogues.load(changed(tmp_path, spoil), "fr")
    own = polib.pofile(str(catalogues.own_path("fr")))
    assert own.metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"
    assert own.metadata["Content-Type"] == "text/plain; charset=UTF-8"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"msgid broken", b'msgid "a"\nmsgstr "b"\n', b"%PDF-1.4"])
def test_what_is_no_catalogue_of_this_hub_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        catalogues.load(path, "fr")
    assert not list((tmp_path / "locale").rglob("*")) if (tmp_path / "locale").exists() else True


def test_another_language_and_who_does_not_run_the_hub_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        catalogues.load(SHIPPED, "xx")
    told = CliRunner().invoke(main, ["translations", "load", str(tmp_path / "none.po"), "--language", "fr"])
    assert told.exit_code == 2
