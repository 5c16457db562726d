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


def test_strings_run_in_their_own_direction_and_what_is_filled_in_stays_whole() -> None:
    markup = Client().get("/ar/translations/ar/?q=countries on the map").content.decode()
    placed = '<code dir="ltr">%(count)s</code>'
    assert f'<div lang="en" dir="ltr">{placed} countries on the map</div>' in markup
    assert f'<div lang="ar" dir="rtl">{placed} بلد على الخريطة</div>' in markup
    tags = Client().get("/en/translations/ar/?q=<bdi>").content.decode()
    assert (
        '<code dir="ltr">&lt;bdi&gt;</code><code dir="ltr">%(name)s</code><code dir="ltr">&lt;/bdi&gt;</code>' in tags
    )
    Page(tags)


def test_tables_for_translators_can_be_read_one_cell_below_the_other() -> None:
    for path, names in (("", {"Strings", "To be reviewed", "The catalogue", "Texts"}), ("fr/", {"English", "State"})):
        markup = Client().get(f"/en/translations/{path}").content.decode()
        assert names <= {cell["data-name"] for cell in Page(markup).all("td")}
        assert all("stack" in table["class"] for table in Page(markup).all("table"))


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
    got = response.content
    assert polib.pofile(got.decode()) == polib.pofile(str(SHIPPED))
    assert "attachment" in response["Content-Disposition"]
    path = tmp_path / "back.po"
    path.write_bytes(got)
    before = catalogues.state_of("fr")
    assert catalogues.load(path, "fr") == catalogues.Loaded(before, [])
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


def test_after_an_update_the_new_strings_stand_beside_the_hubs_own(tmp_path: Path) -> None:
    own = catalogues.own_path("fr")
    own.parent.mkdir(parents=True)
    older = polib.pofile(str(SHIPPED))
    entry(older, "Search").msgstr = "Fouiller"
    entry(older, "Search").tcomment = ""
    older.remove(entry(older, "Guidance"))
    older.save(str(own))
    lines = {line.english: line for line in catalogues.lines_of("fr")}
    assert (lines["Search"].translated, lines["Search"].reviewed) == ("Fouiller", True)
    assert lines["Guidance"].translated == entry(polib.pofile(str(SHIPPED)), "Guidance").msgstr
    assert catalogues.state_of("fr").total == catalogues.state_of("es").total
    path = tmp_path / "fr.po"
    path.write_bytes(Client().get("/en/translations/fr.po").content)
    assert catalogues.load(path, "fr").unknown == []
    assert entry(polib.pofile(str(own)), "Search").msgstr == "Fouiller"


def signed(catalogue: polib.POFile) -> None:
    """Have somebody's name stand wherever a catalogue can hold one."""
    name = "Amina Diallo <amina@example.org>"
    catalogue.header = f"Traduit par {name}"
    catalogue.metadata |= {"X-Reviewer": name, "Project-Id-Version": name, "Last-Translator": name}
    one = entry(catalogue, "Search")
    one.msgstr, one.tcomment, one.comment = "Fouiller", f"{catalogues.UNREVIEWED}\n{name}", name
    one.occurrences, one.previous_msgid, one.previous_msgctxt = [("amina.py", "1")], name, name
    one.flags.append("amina-format")
    entry(catalogue, "Guidance").tcomment = name
    entry(catalogue, "%(count)d day").msgstr_plural[7] = name
    catalogue.append(polib.POEntry(msgid="Amina", msgstr=name, obsolete=True))


def test_nobody_learns_from_a_catalogue_who_worked_with_it(tmp_path: Path) -> None:
    before = catalogues.state_of("fr")
    assert load(changed(tmp_path, signed), "fr").exit_code == 0
    own = catalogues.own_path("fr")
    served = Client().get("/en/translations/fr.po").content.decode()
    for text in (own.read_text(encoding="utf-8"), own.with_suffix(".mo").read_bytes().decode(errors="replace"), served):
        assert "Fouiller" in text
        assert "amina" not in text.lower()
    kept, shipped = polib.pofile(str(own)), polib.pofile(str(SHIPPED))
    assert (kept.header, kept.metadata) == (shipped.header, shipped.metadata)
    assert entry(kept, "Search").tcomment == catalogues.UNREVIEWED
    assert catalogues.state_of("fr").unreviewed == before.unreviewed - 1  # "Guidance", without its comment


def test_a_catalogue_of_an_earlier_version_is_served_without_names_too(tmp_path: Path) -> None:
    own = catalogues.own_path("fr")
    own.parent.mkdir(parents=True)
    changed(tmp_path, signed).replace(own)
    served = Client().get("/en/translations/fr.po").content.decode()
    assert "Fouiller" in served
    assert "amina" not in served.lower()


def test_a_file_that_holds_a_path_is_not_the_file_of_that_path(tmp_path: Path) -> None:
    other = changed(tmp_path, lambda catalogue: None)
    path = tmp_path / "x.po"
    for text in (str(other), f"{other}\n"):
        path.write_text(text, encoding="utf-8")
        assert "translators" in refused(path, "fr")


def with_text(msgid: str, text: str) -> Any:
    """A change of one string of a catalogue."""
    return lambda catalogue: setattr(entry(catalogue, msgid), "msgstr", text)


def _set_form(msgid: str, text: str) -> Any:
    return lambda catalogue: entry(catalogue, msgid).msgstr_plural.update({1: text})


WRONG = [
    with_text("Search", ""),
    with_text("Search", "<A HREF='https://evil.example'>x</A>"),
    with_text("Search", "<form action=//evil.example"),
    with_text("%(number)s %%", "%(number)s %"),
    with_text("%(number)s %%", "%(numero)s %%"),
    lambda catalogue: entry(catalogue, "Search").flags.append("fuzzy"),
    with_text("1 suggestion", 'x" onfocus="alert(1)" formaction="https://evil.example/'),
    _set_form("%(count)s result", '%(count)s" onfocus="alert(1)'),
    *(
        _set_form("%(count)s result", f"%(count)s résultats {hidden}")
        for hidden in (
            *("%(count)x", "%(count)60000000s", "%(count).9s", "%(count)-9s", "%(count)", "%((count))s", "%(count)ls"),
            *(
                "%(count)*d",
                "%60000000s",
                "%d",
                "% d",
                "%",
                "%%",
                "%(count)s",
                "{}",
                "{count}",
                "{0:>60000000}",
                "{0.a}",
            ),
            *("{", "}", "<bdi>"),
        )
    ),
    with_text("Each record must be an object {...}.", "Chaque enregistrement {...:>9}"),
    with_text("Suggestions: %%n", "Suggestions : %n"),
    with_text("%(number)s %%", "%(number)s %(number)s %%"),
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


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("60 % of them", "60 % de ceux-ci"),
        ("60 % of them", "٪60 منها"),
        ("100%", "100 %"),
        ("%n of %m", "%n sur %m"),
        ("%(a)s of %(b)d", "%(b)d, %(a)s"),
        ('say "%(a)s"', 'dire "%(a)s"'),
    ],
)
def test_a_percent_sign_that_is_no_conversion_is_a_sign_like_another(english: str, translated: str) -> None:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid=english, msgstr=translated))
    assert not list(catalogues.problems(catalogue))


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_what_ships_has_no_problems(language: str) -> None:
    assert not list(catalogues.problems(polib.pofile(str(catalogues.shipped_path(language)))))


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


def load(path: Path, language: str) -> Any:
    """What ``convener translations load`` answers."""
    return CliRunner().invoke(main, ["translations", "load", str(path), "--language", language])


def refused(path: Path, language: str) -> str:
    """What the command says of a catalogue that it refuses: the hub's own stays, and the audit tells of no loading."""
    own = catalogues.own_path(language)
    for ending in (".po", ".mo"):
        own.parent.mkdir(parents=True, exist_ok=True)
        own.with_suffix(ending).write_bytes(b"# ours\n")
    told = load(path, language)
    assert (told.exit_code, told.stdout) == (2, ""), told.stderr
    assert "Traceback" not in told.stderr
    assert {one.name: one.read_bytes() for one in own.parent.iterdir()} == {
        "django.po": b"# ours\n", "django.mo": b"# ours\n",
    }  # fmt: skip
    assert not AuditEntry.objects.filter(action="hub.translation").exists()
    return str(told.stderr)


def whole(language: str) -> bytes:
    """The shipped catalogue of a language."""
    return (catalogues.SHIPPED / language / "LC_MESSAGES" / "django.po").read_bytes()


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
@pytest.mark.parametrize("kept", [1_000, 5_000, 5_001, 5_002, 20_000, 100_000, -2, -3, -30, -300])
def test_a_catalogue_that_was_cut_off_is_refused_wherever_the_cut_is(tmp_path: Path, language: str, kept: int) -> None:
    path = tmp_path / "cut.po"
    path.write_bytes(whole(language)[:kept])
    assert "translators" in refused(path, language)


def test_what_is_missing_is_counted_and_the_first_are_named_with_what_to_do(tmp_path: Path) -> None:
    lines = whole("fr").decode().split("\n\n")
    path = tmp_path / "cut.po"
    path.write_text("\n\n".join(lines[:13]) + "\n", encoding="utf-8")
    said = refused(path, "fr")
    total = catalogues.state_of("es").total
    assert f"{total - 12:,} of the {total:,} strings of this hub are missing" in said
    named = [one.msgid for one in polib.pofile(whole("fr").decode())][12:17]
    assert all(" ".join(msgid.split())[:60] in said for msgid in named)
    assert "cut off" in said
    assert "of an earlier version" in said


def _without(msgid: str) -> Any:
    return lambda catalogue: catalogue.remove(entry(catalogue, msgid))


def _singular(catalogue: polib.POFile) -> None:
    one = entry(catalogue, "%(count)d day")
    one.msgid_plural, one.msgstr, one.msgstr_plural = "", "jour", {}


def _other_context(catalogue: polib.POFile) -> None:
    entry(catalogue, "Next").msgctxt = "another"


def _obsolete(catalogue: polib.POFile) -> None:
    entry(catalogue, "Search").obsolete = True


@pytest.mark.parametrize("change", [_without("Search"), _singular, _other_context, _obsolete])
def test_one_string_that_is_missing_is_enough(tmp_path: Path, change: Any) -> None:
    assert "1 of the " in refused(changed(tmp_path, change), "fr")


def test_a_plural_without_all_its_forms_is_refused(tmp_path: Path) -> None:
    def drop(catalogue: polib.POFile) -> None:
        del entry(catalogue, "%(count)d day").msgstr_plural[1]

    assert "“%(count)d day” has no translation" in refused(changed(tmp_path, drop), "fr")


def test_strings_that_this_version_does_not_have_are_named_and_left_out(tmp_path: Path) -> None:
    def add(catalogue: polib.POFile) -> None:
        catalogue.append(polib.POEntry(msgid="From another version", msgstr="<script>evil()"))
        catalogue.append(polib.POEntry(msgid="Search", msgctxt="elsewhere", msgstr="Fouiller"))

    total = catalogues.state_of("fr").total
    path = changed(tmp_path, add)
    told = load(path, "fr")
    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith(f"{total} of {total} strings")
    assert "2 strings were left out" in told.stderr
    assert "“From another version”" in told.stderr
    assert "evil" not in catalogues.own_path("fr").read_text(encoding="utf-8")
    told = CliRunner().invoke(main, ["translations", "load", str(path), "--language", "fr", "--json"])
    assert json.loads(told.stdout)["unknown"] == ["From another version", "Search"]


@pytest.mark.parametrize(("of", "language"), [("ar", "fr"), ("fr", "ar"), ("es", "fr"), ("fr", "es")])
def test_a_catalogue_of_another_language_is_refused_with_both_names(tmp_path: Path, of: str, language: str) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(whole(of))
    said = refused(path, language)
    assert f"“{of}”" in said
    assert f"“{language}”" in said


@pytest.mark.parametrize("header", [b"", b'"Language: \\n"\n', b'"Language: LANGUAGE\\n"\n'])
@pytest.mark.parametrize(("of", "language"), [("ar", "fr"), ("ar", "es"), ("fr", "ar"), ("es", "ar")])
def test_a_catalogue_that_does_not_say_its_language_is_told_by_its_letters(
    tmp_path: Path, of: str, language: str, header: bytes
) -> None:
    stated = f'"Language: {of}\\n"\n'.encode()
    assert stated in whole(of)
    path = tmp_path / "x.po"
    path.write_bytes(whole(of).replace(stated, header.replace(b"LANGUAGE", language.encode())))
    assert "letters" in refused(path, language)


@pytest.mark.parametrize("stated", ["", "XX", "XX_YY", "XX-yy"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_catalogue_of_the_language_goes_in_however_it_is_stated(tmp_path: Path, language: str, stated: str) -> None:
    path = tmp_path / "x.po"
    was, now = f'"Language: {language}\\n"\n', f'"Language: {stated.replace("XX", language)}\\n"\n'
    path.write_bytes(whole(language).replace(was.encode(), now.encode() if stated else b""))
    assert load(path, language).exit_code == 0
    assert polib.pofile(str(catalogues.own_path(language))).metadata["Language"] == language


def test_another_language_and_who_does_not_run_the_hub_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        catalogues.load(SHIPPED, "xx")
    told = CliRunner().invoke(main, ["translations", "load", str(tmp_path / "none.po"), "--language", "fr"])
    assert told.exit_code == 2
