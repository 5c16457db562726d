"""Lists come in, are replaced and go; what they were stays known; files made to harm are refused (SCR-2)."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import close_old_connections

from convener.engines.names import caching
from convener.errors import InvalidValue, NotAllowed, NotFound, NotReady, Refused
from convener.foundation import names
from convener.foundation.actor import OPERATOR
from convener.foundation.audit.models import AuditEntry
from convener.foundation.copies.manifest import FOLDERS
from convener.foundation.jobs.models import Lease
from convener.rooms.screening import jobs, screeners
from convener.rooms.screening.actions import files, loading
from convener.rooms.screening.actions.asking import Question, screen
from convener.rooms.screening.models import WatchList
from tests.cast import Cast
from tests.rooms.directory.commands import run, run_json
from tests.rooms.screening.lists import ADD, ALT, ROWS, SDN, load, ofac_zip, packed, put_list, table

pytestmark = [pytest.mark.django_db, pytest.mark.req("SCR-2")]
NAME = "Zebulon Quartermaine"
State = WatchList.State


def found(name: str = NAME, *lists: str) -> list[tuple[str, str]]:
    """The entries found for a name: list and number."""
    answers = screen([Question("1", name)], actor=OPERATOR, lists=lists)
    return [(hit.list, hit.entry_id) for hit in answers.results[0].hits]


def test_a_newer_version_takes_the_place_of_the_former_which_stays_known(tmp_path: Path) -> None:
    first = put_list(tmp_path)
    second = put_list(tmp_path, content=table(*ROWS[1:], "E9,Quimera Nova,,organisation,,,\n"))
    first.refresh_from_db()
    assert (first.state, second.state) == (State.SUPERSEDED, State.ACTIVE)
    assert first.superseded_at is not None
    assert len(first.sha256) == 64
    assert first.sha256 != second.sha256
    assert found("Banco Ficticio de Lunaria") == []
    assert found("Quimera Nova") == [("Test list", "E9")]
    assert AuditEntry.objects.filter(action="screening.load").count() == 2


def test_the_same_bytes_again_change_nothing(tmp_path: Path) -> None:
    first = put_list(tmp_path)
    again, is_new = load(tmp_path, table(), "list.csv", name="Test list")
    assert (again.pk, is_new) == (first.pk, False)
    assert WatchList.objects.count() == 1


def test_a_version_that_lost_half_of_its_entries_is_refused(tmp_path: Path) -> None:
    rows = [f"N{at},Person Number{at}x Quartermaine,,person,,,\n" for at in range(40)]
    put_list(tmp_path, "Long", table(*rows))
    with pytest.raises(Refused, match="cut off"):
        put_list(tmp_path, "Long", table(*rows[:10]))
    assert WatchList.objects.get().count == 40
    loading.remove("Long", actor=OPERATOR)
    assert put_list(tmp_path, "Long", table(*rows[:10])).count == 10


@pytest.mark.data
def test_a_list_that_was_cut_off_is_refused_and_the_whole_one_stays(tmp_path: Path, data: Path) -> None:
    """UN's list, whole and cut off at nine tenths: most of its names would still be there."""
    whole = (data / "watchlists" / "un-consolidated.xml").read_bytes()
    row, _is_new = load(tmp_path, whole, "un.xml", name="UN")
    assert (row.date, row.format, row.count > 900) == ("2026-02-27", "un", True)
    with pytest.raises(Refused):
        load(tmp_path, whole[: len(whole) * 9 // 10], "un.xml", name="UN")
    assert WatchList.objects.get().sha256 == row.sha256


@pytest.mark.data
def test_ofac_and_un_in_memory_take_less_than_400_mb(tmp_path: Path, data: Path) -> None:
    """Measured in a process of its own, which has the whole hub loaded, reads both lists and asks a hundred names."""
    lists = data / "watchlists"
    (tmp_path / "ofac").mkdir()
    for kind in ("sdn", "alt", "add"):
        (tmp_path / "ofac" / f"{kind}.csv").write_bytes((lists / f"ofac-{kind}.csv").read_bytes())
    measure = """
import sys, django
django.setup()
from pathlib import Path
from convener.rooms.screening import screeners
from convener.engines.names import Query, Screener
lists = [screeners.read_list(Path(path), name=path, format="") for path in sys.argv[1:]]
screener = Screener(lists)
assert all(screener.screen(Query(str(at), f"Banco Nacional de Cuba {at}")).hits for at in range(100))
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024)
"""
    paths = [str(tmp_path / "ofac"), str(lists / "un-consolidated.xml")]
    environment = os.environ | {"CONVENER_DATA_DIR": str(tmp_path / "own")}
    command = [sys.executable, "-W", "ignore", "-c", measure, *paths]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert int(done.stdout) < 400


def test_a_removed_list_is_not_asked_any_more(tmp_path: Path) -> None:
    put_list(tmp_path, "One")
    row = put_list(tmp_path, "Two", table("T1,Zebulon Quartermaine,,person,,,\n"))
    assert {one for one, _entry in found()} == {"One", "Two"}
    loading.remove("Two", actor=OPERATOR)
    assert {one for one, _entry in found()} == {"One"}
    row.refresh_from_db()
    assert (row.state, row.superseded_at is not None) == (State.REMOVED, True)
    with pytest.raises(NotFound):
        loading.remove("Two", actor=OPERATOR)


@pytest.mark.parametrize("who", ["ngo", "company", "bank", "fiu", "donor", "worker", "outsider"])
def test_only_those_who_run_the_hub_load_and_remove(cast: Cast, tmp_path: Path, who: str) -> None:
    put_list(tmp_path)
    actor = getattr(cast, who).actor
    with pytest.raises(NotAllowed):
        put_list(tmp_path, "Theirs", actor=actor)
    with pytest.raises(NotAllowed):
        loading.receive("Theirs", "a.csv", [table()], actor=actor, format="", title="")
    with pytest.raises(NotAllowed):
        loading.remove("Test list", actor=actor)
    assert WatchList.objects.get().active
    assert AuditEntry.objects.filter(outcome="refused", user_id=actor.user_id).count() == 3


@pytest.mark.parametrize("name", ["", "x" * 81, "evil\u202eexe", "a\x00b"])
def test_names_of_lists_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue):
        loading._new_row(name, "", "", OPERATOR)


def test_ofac_in_a_zip_and_in_a_folder_are_the_same_version(tmp_path: Path) -> None:
    folder = tmp_path / "ofac"
    folder.mkdir()
    for name, text in (("sdn.csv", SDN), ("alt.csv", ALT), ("add.csv", ADD)):
        (folder / name).write_text(text)
    (folder / "notes.txt").write_text("mine")
    first, _is_new = loading.load_list(folder, actor=OPERATOR, name="OFAC")
    again, is_new = load(tmp_path, ofac_zip(), "sdn.zip", name="OFAC")
    assert (again.pk, is_new, first.format) == (first.pk, False, "ofac")
    assert found("Aero Fantasia Airways", "OFAC") == [("OFAC", "36")]
    kept = files.original_folder(first.sha256)
    assert sorted(path.name for path in kept.iterdir()) == ["add.csv", "alt.csv", "sdn.csv"]


def test_a_zip_with_one_file_is_that_file(tmp_path: Path) -> None:
    entry = {"id": "Q1", "schema": "Person", "properties": {"name": ["Quimera Nova"]}}
    row, _is_new = load(tmp_path, packed({"deep/er/ENTITIES.json": json.dumps(entry).encode() + b"\n"}), "x.zip")
    assert (row.format, found("Quimera Nova")) == ("ftm", [("L", "Q1")])


# Where the files are


def ready_file(row: WatchList) -> Path:
    """The one file in which a list is kept ready."""
    [path] = names.ready_folder().glob(f"list-{row.sha256[:24]}-*")
    return path


def test_files_are_for_the_hubs_account_alone_and_the_originals_are_in_backups(tmp_path: Path) -> None:
    row = put_list(tmp_path)
    hub = Path(settings.DATA_DIR)
    original = files.original(row.sha256, row.format)
    assert original is not None
    assert original.relative_to(hub).parts[0] in FOLDERS
    assert original.read_bytes() == table()
    for folder in (hub / "names", hub / "files" / "lists"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list((hub / "files" / "lists" / "incoming").iterdir()) == []


def test_a_list_is_made_ready_anew_from_its_original(tmp_path: Path) -> None:
    """As after a restore: the ready form is in no backup."""
    row = put_list(tmp_path)
    kept = ready_file(row)
    for content in (None, b"broken"):
        kept.unlink() if content is None else kept.write_bytes(content)
        screeners.forget()
        assert found() == [("Test list", "E2")]
        assert kept.stat().st_size > len(b"broken")


def test_a_long_list_is_made_ready_by_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put_list(tmp_path)
    ready_file(row).unlink()
    screeners.forget()
    monkeypatch.setattr(screeners, "WHILE_WAITING", 10)
    for _ in range(2):
        with pytest.raises(NotReady):
            found()
    assert Lease.objects.filter(name="screening.make_ready").exists()
    jobs.make_ready(str(row.pk))
    assert found() == [("Test list", "E2")]


def test_a_list_whose_files_are_lost_is_never_passed_over(tmp_path: Path) -> None:
    put_list(tmp_path, "One")
    row = put_list(tmp_path, "Two", table("T1,Zebulon Quartermaine,,person,,,\n"))
    for path in files.original_folder(row.sha256).iterdir():
        path.unlink()
    screeners.forget()
    with pytest.raises(NotFound, match="missing"):
        found()
    assert found(NAME, "One") == [("One", "E2")]


def test_files_of_former_versions_go_a_day_later(tmp_path: Path) -> None:
    first = put_list(tmp_path)
    second = put_list(tmp_path, content=table(*ROWS, "E9,Quimera Nova,,organisation,,,\n"))
    left = files.received("left.csv", [b"x"])
    jobs.tidy()
    assert files.original_folder(first.sha256).exists()
    assert files.tidy({second.sha256}, now=time.time() + 2 * files.IN_HAND_S) == 3
    assert not files.original_folder(first.sha256).exists()
    assert not left.exists()
    assert len(list(names.ready_folder().iterdir())) == 1
    screeners.forget()
    assert found("Quimera Nova") == [("Test list", "E9")]


# One screener a process


def test_threads_that_ask_at_once_load_a_list_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put_list(tmp_path)
    screeners.forget()
    calls: list[Path] = []

    def slowly(path: Path, **how: Any) -> Any:
        calls.append(path)
        time.sleep(0.2)
        return caching.ready(path, **how)

    monkeypatch.setattr(screeners, "ready", slowly)
    monkeypatch.setattr(screeners, "hashes_in_use", lambda: {row.sha256})
    given: list[Any] = []

    def load_in_thread() -> None:
        given.extend(screeners.compiled_of([row]))
        close_old_connections()

    threads = [threading.Thread(target=load_in_thread) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len({id(one) for one in given}) == 1
    assert len(given) == 4


def test_memory_lets_go_of_what_was_replaced(tmp_path: Path) -> None:
    first = put_list(tmp_path)
    found()
    second = put_list(tmp_path, content=table(*ROWS, "E9,Quimera Nova,,organisation,,,\n"))
    found()
    assert set(screeners._loaded) == {second.sha256}
    assert first.sha256 not in screeners._loaded


# The command


def test_the_command_loads_shows_and_removes(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(table())
    told = run_json("screening", "load", path, "--name", "Mine", "--title", "Ourselves", "--format", "csv")
    assert (told["name"], told["count"], told["new"], told["title"]) == ("Mine", 4, True, "Ourselves")
    assert run_json("screening", "load", path, "--name", "Mine")["new"] is False
    [listed] = run_json("screening", "lists")
    assert listed["sha256"] == told["sha256"]
    assert "Mine" in run("screening", "lists").stdout
    removed = run("screening", "remove", "Mine")
    assert (removed.exit_code, run_json("screening", "lists")) == (0, [])
    assert run("screening", "remove", "Mine").exit_code == 1


def test_the_command_says_what_it_could_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(table(*ROWS, *(f"P{at},Person Number{at},,person,,never,\n" for at in range(60))))
    done = run("screening", "load", path)
    assert (done.exit_code, "never" in done.stderr, "55 more" in done.stderr) == (0, True, True)
    row = WatchList.objects.get()
    assert (row.name, row.problem_count, len(row.problems)) == ("mine", 60, 50)


@pytest.mark.parametrize(("arguments", "code"), [
    (["load", "/no/such/file"], 2),
    (["load", "{path}", "--format", "pdf"], 2),
    (["load", "{path}", "--as", "officer@shelter.example"], 1),
    (["lists", "--as", "donor@fund.example"], 1),
    (["remove", "Mine", "--as", "officer@garments.example"], 1),
])  # fmt: skip
def test_the_command_refuses(cast: Cast, tmp_path: Path, arguments: list[str], code: int) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(table())
    put_list(tmp_path, "Mine")
    done = run("screening", *(one.format(path=path) for one in arguments))
    assert done.exit_code == code, done.output
    assert WatchList.objects.get().active
