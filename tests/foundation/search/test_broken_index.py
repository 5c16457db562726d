"""An index that is missing, old or broken: people are told, the worker builds another, and nothing is lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from convener.errors import NotReady
from convener.foundation.actor import HUB
from convener.foundation.filters import Filters
from convener.foundation.search import store as store_module
from convener.foundation.search import translating, writing
from convener.foundation.search.asking import ask, begin_with
from convener.foundation.search.pages import HUB_SIDE, suggestions
from convener.foundation.search.store import Store
from convener.foundation.search.writing import is_whole, rebuild, store
from tests.databases import HubDatabase
from tests.foundation.search.conftest import BUILD
from tests.foundation.search.finding import API, PUBLIC, answer, caught_up, consumer_rests, found, page
from tests.rooms.directory.records import organisation

pytestmark = pytest.mark.req("DIR-3")
Harm = Callable[[Path], Any]


def generation(root: Path) -> Path:
    [folder] = [path for path in root.iterdir() if path.is_dir()]
    return folder


def segments(root: Path) -> list[Path]:
    """The files that hold the index itself."""
    return sorted(path for path in generation(root).iterdir() if path.suffix in {".term", ".idx", ".store", ".fast"})


def for_each(change: Callable[[Path], Any]) -> Harm:
    def harm(root: Path) -> None:
        for path in segments(root):
            change(path)

    return harm


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-8:] = bytes(byte ^ 0xFF for byte in content[-8:])
    path.write_bytes(content)


def emptied(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


#: What can happen to the folder, and whether it is seen without opening the index.
HARMS: dict[str, tuple[Harm, bool]] = {
    "no folder": (shutil.rmtree, True),
    "an empty folder": (emptied, True),
    "nothing says which": (lambda root: (root / "current").unlink(), True),
    "garbage says which": (lambda root: (root / "current").write_bytes(b"\xff\x00garbage\n"), True),
    "nothing written in it": (lambda root: (root / "current").write_text(""), True),
    "another one says which": (lambda root: (root / "current").write_text("1 gnowhere\n"), True),
    "another version": (
        lambda root: (root / "current").write_text(f"{store_module.VERSION + 1} {generation(root).name}\n"), True
    ),
    "no meta.json": (lambda root: (generation(root) / "meta.json").unlink(), True),
    "no generation": (lambda root: shutil.rmtree(generation(root)), True),
    "an empty meta.json": (lambda root: (generation(root) / "meta.json").write_text(""), False),
    "a strange meta.json": (lambda root: (generation(root) / "meta.json").write_text('{"segments": 7}'), False),
    "segments away": (for_each(Path.unlink), False),
    "segments cut short": (for_each(lambda path: path.write_bytes(path.read_bytes()[:9])), False),
    "segments empty": (for_each(lambda path: path.write_bytes(b"")), False),
    "segments with other ends": (for_each(flip), False),
}  # fmt: skip


@pytest.fixture
def whole(hub_database: HubDatabase, root: Path) -> Path:
    """The folder of an index that follows and that no process has open."""
    organisation("Haven House")
    caught_up()
    assert is_whole()
    assert generation(root)
    writing._stores.clear()
    return root


@pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_index_is_said_and_built_anew(whole: Path, harm: str) -> None:
    do, is_seen = HARMS[harm]
    do(whole)
    organisation("Haven Hall")
    with capture_logs() as told:
        markup = page(Client(), f"{PUBLIC}?q=haven", 503)
    assert "The search is being prepared." in markup
    assert "convener work" in markup
    assert "Haven House" not in markup
    assert (whole / "broken").exists() is not is_seen
    assert [one["log_level"] for one in told if one["event"] == "search_index_broken"] == ([] if is_seen else ["error"])
    assert not is_whole()
    with pytest.raises(NotReady):
        ask(HUB, Filters("haven"))
    with capture_logs() as told:
        caught_up()
    assert [one["event"] for one in told] == ["search_index_built", "consumer_rebuilt"]
    assert is_whole()
    assert sorted(found("haven")) == ["Haven Hall", "Haven House"]
    organisation("Haven Home")
    caught_up()
    assert answer("haven").total == 3


def test_before_there_is_an_index_people_are_told(db: None) -> None:
    with pytest.raises(NotReady):
        begin_with(HUB, "haven")
    assert suggestions("haven", HUB, HUB_SIDE) == []
    assert "The search is being prepared." in page(Client(), f"{PUBLIC}?q=haven", 503)
    assert "One box for" in page(Client(), PUBLIC), "the empty box needs no index"
    response = Client().get(f"{API}?q=haven")
    assert response.status_code == 503
    assert response.json()["error"]["message"] == "The search is being prepared."


@pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)
def test_any_harm_to_the_files_is_an_answer_or_said(whole: Path) -> None:
    """Bits that fall over, files cut short: an answer, or "being prepared", and a whole index a round later."""
    chance, marked = random.Random(11), 0
    kept = whole.with_name("kept")
    shutil.copytree(whole, kept)
    for _ in range(60):
        shutil.rmtree(whole)
        shutil.copytree(kept, whole)
        writing._stores.clear()
        path = chance.choice([path for path in sorted(generation(whole).iterdir()) if path.stat().st_size])
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content[: chance.choice((len(content), chance.randrange(len(content))))])
        try:
            ask(HUB, Filters("haven huose"))
            begin_with(HUB, "hav")
        except NotReady:
            marked += 1
            assert not is_whole()
            caught_up()
            assert found("haven") == ["Haven House"]
    assert marked > 5


@pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)
def test_harm_that_following_meets_is_mended_too(whole: Path) -> None:
    for_each(lambda path: path.write_bytes(b""))(whole)
    organisation("Haven Hall")
    caught_up()
    with consumer_rests():  # it waits after a failure
        caught_up()
    assert sorted(found("haven")) == ["Haven Hall", "Haven House"]


def test_readers_go_on_while_another_is_built_and_see_it_when_it_is_there(db: None, root: Path) -> None:
    organisation("Haven House")
    rebuild()
    assert found("haven") == ["Haven House"]
    organisation("Haven Hall")
    here, first = store(), generation(root)
    with here.alone(), here.next_generation():
        assert found("haven") == ["Haven House"]
    assert found("haven") == [], "the other one, which is empty"
    assert not first.exists()
    rebuild()
    assert answer("haven").total == 2


def test_a_build_that_fails_leaves_the_one_in_use(db: None, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation("Haven House")
    rebuild()
    before = sorted(path.name for path in root.iterdir())

    def fails(folder: Path) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(translating, "build", fails)
    with pytest.raises(OSError, match="No space"):
        rebuild()
    assert sorted(path.name for path in root.iterdir()) == before
    assert found("haven") == ["Haven House"]
    assert is_whole()


def test_what_a_killed_build_left_is_cleared_by_the_next(db: None, root: Path) -> None:
    rebuild()
    (root / "gdead").mkdir()
    (root / "gdead" / "meta.json").write_text("{}")
    rebuild()
    assert generation(root).name != "gdead"


def test_the_folder_is_for_the_hub_alone(db: None, root: Path) -> None:
    rebuild()
    assert root.stat().st_mode & 0o077 == 0
    assert generation(root).stat().st_mode & 0o077 == 0


def test_a_reader_that_read_the_name_of_the_old_one_finds_the_new_one(
    db: None, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation("Haven House")
    rebuild()
    names, real = iter([store().generation()]), Store.generation
    rebuild()
    monkeypatch.setattr(Store, "generation", lambda here: next(names, "") or real(here))
    assert found("haven") == ["Haven House"]
    assert not (root / "broken").exists()


def test_a_reader_that_read_of_the_old_one_as_it_was_taken_away_looks_again(
    db: None, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading which it is and looking whether it is there another process put the next in its place."""
    organisation("Haven House")
    rebuild()
    said, real = [(root / "current").read_text()], Path.read_text
    rebuild()

    def read(path: Path, *args: Any, **options: Any) -> str:
        return said.pop() if path == root / "current" and said else real(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", read)
    assert found("haven") == ["Haven House"]
    assert not said


# The dictionary


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"{}"])
def test_a_dictionary_that_cannot_be_read_is_an_empty_one(db: None, root: Path, content: bytes) -> None:
    organisation("Haven House")
    rebuild()
    (root / "lexicon-0000.json").write_bytes(content)
    assert found("haven", language="fr") == ["Haven House"]
    assert is_whole()


def test_a_dictionary_is_learnt_once_from_the_same_texts(
    root: Path, learnt: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.mkdir(parents=True)
    (root / "lexicon-old.json").write_text("{}")
    shutil.copy(learnt, root / learnt.name)
    before = (root / learnt.name).stat().st_mtime_ns
    assert BUILD(root) == learnt.name
    assert [path.name for path in root.iterdir()] == [learnt.name], "one of other texts goes"
    assert (root / learnt.name).stat().st_mtime_ns == before
    learned = translating.lexicon(root / learnt.name)
    assert set(learned) == {"fr", "es", "ar"}
    assert learned["fr"]["forc"][0][0] == "forc"


def test_a_broken_dictionary_is_learnt_again_by_the_next_build(root: Path, learnt: Path, db: None) -> None:
    root.mkdir(parents=True)
    (root / learnt.name).write_bytes(learnt.read_bytes()[:100])
    BUILD(root)
    assert translating.lexicon(root / learnt.name)


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"{")])
def test_a_dictionary_that_is_gone_or_broken_is_learnt_again_by_the_worker(
    root: Path, learnt: Path, db: None, monkeypatch: pytest.MonkeyPatch, harm: Harm
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(translating, "build", lambda folder: shutil.copy(learnt, folder))
    assert caught_up() == 0
    assert is_whole()
    harm(root / learnt.name)
    assert not is_whole()
    with capture_logs() as logs:
        caught_up()
    assert [entry["event"] for entry in logs] == ["search_index_built", "consumer_rebuilt"]
    assert is_whole()
    assert translating.lexicon(root / learnt.name)


def test_a_dictionary_of_another_shape_is_an_empty_one(db: None, root: Path) -> None:
    organisation("Haven House")
    rebuild()
    (root / "lexicon-0000.json").write_bytes(b"[]")
    assert found("haven", language="fr") == ["Haven House"]
