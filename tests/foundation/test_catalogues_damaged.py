"""A hub's own catalogue that was damaged: compiled again, else set aside; the hub starts and speaks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.utils.translation import trans_real

from convener.foundation.i18n import catalogues
from tests.foundation.test_catalogues import SHIPPED, changed, entry, folder, load, with_text

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]

__all__ = ["folder"]


@pytest.fixture
def damaged(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The compiled form of a hub's own catalogue, to be damaged; this process has not read a translation yet."""
    assert load(changed(tmp_path, with_text("Skip to the content", "Aller plus bas")), "fr").exit_code == 0
    settings.LOCALE_PATHS = [tmp_path / "locale", catalogues.SHIPPED]
    monkeypatch.setattr(trans_real, "_translations", {})
    return catalogues.own_path("fr").with_suffix(".mo")


def cut(path: Path, kept: int) -> None:
    """Leave the first bytes of a file alone."""
    path.write_bytes(path.read_bytes()[:kept])


def events() -> list[tuple[str, str]]:
    """What mending tells the log, by level and event."""
    with structlog.testing.capture_logs() as told:
        catalogues.mend()
    assert {frozenset(one) for one in told} <= {
        frozenset({"event", "log_level", "kind"}), frozenset({"event", "log_level", "kind", "error_type"}),
    }  # fmt: skip
    return [(one["log_level"], one["event"]) for one in told]


@pytest.mark.parametrize("kept", [0, 3, 10, 20, 27, 28, 1_000, 50_000, -1, -1_000])
def test_a_compiled_catalogue_that_was_cut_off_is_compiled_again(damaged: Path, kept: int) -> None:
    whole = damaged.read_bytes()
    assert events() == []
    cut(damaged, kept)
    assert events() == [("warning", "catalogue_compiled_again")]
    assert damaged.read_bytes() == whole
    assert sorted(one.name for one in damaged.parent.iterdir()) == ["django.mo", "django.po"]
    assert "Aller plus bas" in Client().get("/fr/").content.decode()


def test_what_was_compiled_again_holds_what_the_hubs_own_text_holds(damaged: Path) -> None:
    older = polib.pofile(str(damaged.with_suffix(".po")))
    older.remove(entry(older, "Search"))
    older.append(polib.POEntry(msgid="From another version", msgstr="D’ailleurs"))
    older.save()
    cut(damaged, 1_000)
    assert events() == [("warning", "catalogue_compiled_again")]
    assert {one.msgid for one in polib.mofile(str(damaged))} == (
        {one.msgid for one in older} - {"From another version"}
    )  # fmt: skip


@pytest.mark.parametrize("text", [None, b"", b"\xff\x00", b'msgid "a"\nmsgstr "b', b"\0" * 9_000])
def test_where_the_text_is_of_no_use_either_both_are_set_aside(damaged: Path, text: bytes | None) -> None:
    cut(damaged, 1_000)
    own = damaged.with_suffix(".po")
    own.unlink() if text is None else own.write_bytes(text)
    assert events() == [("error", "catalogue_set_aside")]
    left = {"django.mo.broken"} if text is None else {"django.mo.broken", "django.po.broken"}
    assert {one.name for one in damaged.parent.iterdir()} == left
    markup = Client().get("/fr/").content.decode()
    assert "Aller plus bas" not in markup
    assert entry(polib.pofile(str(SHIPPED)), "Skip to the content").msgstr in markup
    assert events() == []


def test_a_catalogue_that_cannot_be_set_aside_is_ignored(damaged: Path) -> None:
    cut(damaged, 1_000)
    cut(damaged.with_suffix(".po"), 1_000)
    damaged.with_name("django.mo.broken").mkdir()
    assert events() == [("error", "catalogues_ignored")]
    assert settings.LOCALE_PATHS == [catalogues.SHIPPED]
    assert Client().get("/fr/").status_code == 200
    assert Client().get("/fr/translations/").status_code == 200


def test_a_folder_that_cannot_be_written_stops_no_start(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_arguments: Any, **_named: Any) -> None:
        raise PermissionError

    cut(damaged, 1_000)
    monkeypatch.setattr(polib.POFile, "save", read_only)
    monkeypatch.setattr(Path, "replace", read_only)
    assert events() == [("error", "catalogues_ignored")]
    assert Client().get("/fr/").status_code == 200


@pytest.mark.parametrize("event", ["catalogue_compiled_again", "catalogue_set_aside", "catalogues_ignored"])
def test_a_hub_of_that_language_starts(damaged: Path, tmp_path: Path, event: str) -> None:
    cut(damaged, 1_000)
    if event != "catalogue_compiled_again":
        cut(damaged.with_suffix(".po"), 1_000)
    if event == "catalogues_ignored":
        damaged.with_name("django.mo.broken").mkdir()
    started = subprocess.run(
        [sys.executable, "-c", "from convener.cli import main; main(prog_name='convener')", "check"],
        env=os.environ | {"CONVENER_DATA_DIR": str(tmp_path), "CONVENER_LANGUAGE": "fr"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert event in started.stderr
    assert "Traceback" not in started.stderr
    assert "The database answers" in started.stdout
