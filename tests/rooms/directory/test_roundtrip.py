"""What is exported imports again as no change, whatever people wrote; and what an import did can be foretold and undone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from convener.foundation.actor import OPERATOR
from convener.rooms.directory.actions import applying, undoing
from convener.rooms.directory.models import Import, StagedRow
from convener.rooms.directory.queries import index
from tests.rooms.directory import generated
from tests.rooms.directory.generated import (
    assert_same,
    bring_in,
    cells,
    did,
    journal,
    picture,
    send_out,
    thrown_away,
    write_json,
)

EXAMPLES = int(os.environ.get("CONVENER_EXAMPLES", "25"))
FORMATS = ("csv", "xlsx", "json", "geojson")
pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-7")]
bounded = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is small already, and shrinking takes minutes
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


AN_ALIAS_THAT_BECOMES_THE_NAME_AND_GOES: list[list[dict[str, Any]]] = [
    [
        {"id": "#0", "lei": "00000000000000000292"},
        {"name": "محمد", "lei": "00000000000000000292"},
        {"name": "محمد", "id": "#0"},
    ],
    [{"id": "#0", "name": "Acme", "aliases": ["Gamma"]}],
]


def apart_from_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the public ID, and without the number that another hub's ID became."""
    plain = []
    for row in rows:
        others = [number for number in row["source_ids"] if ":CV-" not in number]
        plain.append({**row, "id": "", "source_ids": others})
    return plain


@bounded
@given(rows=generated.organisations())
def test_an_export_imports_as_no_change(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    with thrown_away():
        seeded = bring_in(write_json(tmp_path / "seed.json", rows))
        before = picture()
        for fmt in FORMATS if seeded["added"] else ():
            count = send_out(tmp_path / f"out.{fmt}", fmt)
            again = bring_in(tmp_path / f"out.{fmt}")
            assert again["errors"] == []
            assert did(again) == (0, 0, seeded["added"], 0)
            assert count == seeded["added"]
            assert_same(before, picture())


@bounded
@given(rows=generated.organisations())
def test_an_export_fills_an_empty_hub_with_the_same(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    with thrown_away():
        bring_in(write_json(tmp_path / "seed.json", rows))
        here = cells()
        for fmt in FORMATS:
            send_out(tmp_path / f"out.{fmt}", fmt)
    for fmt in FORMATS if here else ():
        with thrown_away():
            moved = bring_in(tmp_path / f"out.{fmt}")
            assert (moved["added"], moved["errors"]) == (len(here), [])
            assert apart_from_ids(cells()) == apart_from_ids(here)
            again = bring_in(tmp_path / f"out.{fmt}")
            assert did(again) == (0, 0, len(here), 0)
            assert apart_from_ids(cells()) == apart_from_ids(here)


@pytest.fixture
def _short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two rows: what rows do to each other must not depend on where a batch ends."""
    monkeypatch.setattr(applying, "ROWS", 2)
    monkeypatch.setattr(undoing, "ROWS", 2)


@pytest.mark.usefixtures("_short_batches")
@bounded
@given(seed=generated.meeting_rows(), rows=generated.meeting_rows(with_ids=True))
def test_a_dry_run_says_what_the_import_then_does(
    tmp_path: Path, seed: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    with thrown_away():
        bring_in(write_json(tmp_path / "seed.json", seed))
        path, before = write_json(tmp_path / "list.json", generated.with_ids(rows)), picture()
        planned = bring_in(path, dry_run=True)
        assert_same(before, picture())
        done = bring_in(path)
        assert journal(planned) == journal(done)
        for key in ("rows", "added", "updated", "skipped", "failed", "errors", "warnings"):
            assert planned[key] == done[key], key


@pytest.mark.usefixtures("_short_batches")
@bounded
@given(seed=generated.rows_of_three(), rows=generated.rows_of_three())
def test_the_same_file_twice_changes_nothing(
    tmp_path: Path, seed: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    with thrown_away():
        bring_in(write_json(tmp_path / "seed.json", seed))
        path = write_json(tmp_path / "list.json", rows)
        bring_in(path)
        before = cells()
        again = bring_in(path)
        assert again["added"] == 0
        assert cells() == before


@pytest.mark.usefixtures("_short_batches")
@bounded
@given(lists=st.lists(generated.meeting_rows(with_ids=True), min_size=1, max_size=3))
@example(lists=[[{"name": "Acme"}], *AN_ALIAS_THAT_BECOMES_THE_NAME_AND_GOES])
def test_undoing_the_newest_first_restores_every_row(tmp_path: Path, lists: list[list[dict[str, Any]]]) -> None:
    with thrown_away():
        pictures, runs = [], []
        for rows in lists:
            pictures.append(picture())
            runs.append(bring_in(write_json(tmp_path / "list.json", generated.with_ids(rows))))
        for summary in reversed(runs):
            run = Import.objects.get(pk=summary["import_id"])
            undone = undoing.undo(run, actor=OPERATOR)
            index.forget()
            assert undone["kept"] == []
            assert undone["removed"] == summary["added"]
            assert_same(pictures.pop(), picture())
        assert not StagedRow.objects.exists()
