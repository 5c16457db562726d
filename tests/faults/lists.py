"""A list to be interrupted in, and what must hold of the hub after it."""

from __future__ import annotations

import csv
from pathlib import Path

from convener.foundation.audit.models import Change, Tombstone
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.rooms.directory.models import Import, ImportEntry, Profile, StagedRow

ROWS = 1_500  # three pieces to read, two to write, fifteen to take back
KNOWN = "Company 7 Ltd"  # is on the hub before the list comes, with another town
State = Import.State


def write_list(path: Path, rows: int = ROWS, *, numbered: bool = True) -> Path:
    """A list of companies: some are there twice, one is on the hub already. Without numbers only the names tell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "country", "registration_number", "city", "industries", "aliases"])
        for number in range(rows):
            one = number - 1 if number % 100 == 99 else number
            known = "" if one % 3 == 0 else str(10_000_000 + one)
            writer.writerow(
                [f"L{one}", f"Company {one} Ltd", "GB", known, f"Town {number % 50}", "construction", f"Co {one}"]
            )
    return path


def added_by_list(rows: int = ROWS) -> int:
    """How many organisations the list brings that were not there."""
    return rows - rows // 100 - 1


def check_whole(run: Import, rows: int = ROWS) -> None:
    """All of the list is in, once, and every sum is right."""
    assert run.state == State.DONE
    entries = ImportEntry.objects.filter(run=run)
    assert entries.count() == run.added + run.updated + run.skipped == run.rows == rows
    assert entries.values("number").distinct().count() == rows
    assert (run.added, run.failed) == (added_by_list(rows), 0)
    assert Profile.objects.count() == Party.objects.filter(name__startswith="Company").count() == run.added + 1
    assert PartyIdentifier.objects.filter(scheme__startswith="source:").count() == run.added + 1
    assert (
        Change.objects.filter(origin_id=run.pk, action="import").values("record_id").distinct().count() == run.added + 1
    )
    assert Profile.objects.filter(facet_terms__contains="industry:").count() == run.added + 1
    check_over(run)


def check_nothing(run: Import) -> None:
    """Nothing of the list is in."""
    assert run.state == State.CANCELLED
    assert (run.added, run.updated, run.skipped) == (0, 0, 0)
    assert list(Profile.objects.values_list("party__name", flat=True)) == [KNOWN]
    assert not ImportEntry.objects.filter(run=run).exists()
    assert not Change.objects.filter(origin_id=run.pk).exists()
    check_over(run)


def check_taken_back(run: Import, removed: int) -> None:
    """All of the list is gone again, each record with its tombstone."""
    assert run.state == State.UNDONE
    assert not ImportEntry.objects.filter(run=run, undone=False).exists()
    assert list(Profile.objects.values_list("party__name", flat=True)) == [KNOWN]
    assert Tombstone.objects.count() == removed
    check_over(run)


def check_over(run: Import) -> None:
    """Nobody holds the import and nothing of it waits."""
    assert (run.lease_holder, run.lease_until) == ("", None)
    assert run.finished_at is not None
    assert not StagedRow.objects.exists()
