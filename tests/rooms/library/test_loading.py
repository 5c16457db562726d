"""The shipped shelves in a hub: all there, whole, loaded again without a change, and what the hub decided stays."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from convener.errors import ConvenerError, InvalidValue
from convener.foundation.actor import OPERATOR
from convener.foundation.audit.models import AuditEntry
from convener.foundation.outbox.models import Event
from convener.foundation.parties.merging import merge
from convener.foundation.vocabularies import content_dir
from convener.rooms.directory import content as directory
from convener.rooms.directory.models import Initiative, InitiativeMember, Profile
from convener.rooms.library import content as library
from convener.rooms.library.models import Guidance, Practice, PracticeResult
from tests.rooms.directory.commands import run
from tests.rooms.library.shelf import raw_piece, raw_practice

CONTENT = Path(content_dir())
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


@cache
def files(shelf: str) -> list[dict[str, Any]]:
    """The records of the files of a shelf, by a reader of their own."""
    held = [yaml.load(path.read_bytes(), yaml.CSafeLoader) for path in sorted((CONTENT / shelf).glob("*.yaml"))]
    return [record for one in held for record in (one if isinstance(one, list) else [one])]


def load_all() -> dict[str, int]:
    """Load everything once more; how many records were new or changed."""
    return {**directory.load(), **library.load()}


@pytest.mark.req("LIB-2", "LIB-3")
def test_everything_that_ships_is_loaded(shipped: dict[str, int]) -> None:
    assert shipped["practices"] == Practice.objects.count() == 39
    assert shipped["guidance"] == Guidance.objects.count() == len(files("guidance"))
    numbers = Practice.objects.order_by("initiative__practice").values_list("initiative__practice", flat=True)
    assert list(numbers) == list(range(1, 40))
    assert PracticeResult.objects.count() == sum(len(one["results"]) for one in files("practices"))


@pytest.mark.req("LIB-2")
def test_every_member_is_an_organisation_of_the_directory_in_its_role() -> None:
    for record in files("practices"):
        key, members = record["key"], record.get("members", [])
        named = {(one["organisation"], one["role"]) for one in members}
        rows = InitiativeMember.objects.filter(initiative__slug=key).select_related("party")
        assert {(row.party.content_key, row.role) for row in rows} == named, key
        assert Profile.objects.filter(party__in=[row.party_id for row in rows]).count() == len(
            {row.party_id for row in rows}
        )
        told = {one["organisation"]: " ".join(one.get("does", "").split()) for one in members}
        assert {row.party.content_key: row.does for row in rows} == told, key


@pytest.mark.req("LIB-2", "LIB-3")
def test_loading_again_changes_nothing_and_tells_nobody() -> None:
    before = picture()
    last = Event.objects.count()
    assert set(load_all().values()) == {0}
    assert picture() == before
    assert Event.objects.count() == last


def picture() -> dict[str, Any]:
    """Every row of the room, and of the initiatives behind it."""
    models = (Practice, PracticeResult, Guidance, Initiative, InitiativeMember)
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.req("LIB-3")
def test_what_the_hub_hid_or_noted_survives_loading_and_a_changed_text_comes_back() -> None:
    hidden, noted, changed = Guidance.objects.all()[:3]
    Guidance.objects.filter(pk=hidden.pk).update(hidden=True)
    Guidance.objects.filter(pk=noted.pk).update(note="Ask Mary first.", text={"en": "An older text."})
    Guidance.objects.filter(pk=changed.pk).update(title={"en": "An older title"})
    assert library.load() == {"practices": 0, "guidance": 2}
    for piece in (hidden, noted, changed):
        before = {name: getattr(piece, name) for name in ("title", "text", "stages", "place")}
        piece.refresh_from_db()
        assert {name: getattr(piece, name) for name in before} == before
    assert (hidden.hidden, noted.note) == (True, "Ask Mary first.")


@pytest.mark.req("LIB-2")
def test_a_changed_practice_is_made_whole_again_and_who_was_hidden_stays_hidden() -> None:
    practice = Practice.objects.get(initiative__slug="samlit")
    practice.results.filter(place__gt=3).delete()
    Initiative.objects.filter(slug="samlit").update(visibility="private")
    assert load_all()["practices"] == 1
    shipped = next(one["results"] for one in files("practices") if one["key"] == "samlit")
    assert [str(int(row.value)) for row in practice.results.all()] == [one["value"] for one in shipped]
    assert Initiative.objects.get(slug="samlit").visibility == "private"


@pytest.mark.req("LIB-2")
def test_a_member_that_was_merged_away_is_told_by_the_organisation_that_was_kept() -> None:
    row = InitiativeMember.objects.filter(initiative__slug="acip").select_related("party").order_by("pk")[0]
    kept = InitiativeMember.objects.filter(initiative__slug="jmlit").select_related("party").order_by("pk")[0].party
    merge(kept, row.party, actor=OPERATOR)
    directory.load()
    assert InitiativeMember.objects.filter(initiative__slug="acip", party=kept, role=row.role).exists()
    assert set(directory.load().values()) == {0}


@pytest.mark.req("LIB-2", "LIB-3")
def test_the_command_loads_says_what_changed_and_is_audited() -> None:
    Guidance.objects.filter(pk=Guidance.objects.all()[0].pk).update(title={"en": "Older"})
    told = run("library", "content")
    assert told.exit_code == 0
    assert told.stdout.endswith("0 organisations, 0 tools, 0 initiatives, 0 practices, 1 guidance new or changed.\n")
    assert AuditEntry.objects.filter(action="library.content", door="command").count() == 1


@pytest.mark.req("LIB-2", "LIB-3")
def test_a_hub_adds_practices_and_guidance_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    own(tmp_path, "practices", raw_practice("our-own", members=[{"organisation": "icat", "role": "convener"}]))
    own(tmp_path, "guidance", [raw_piece("our-hint"), raw_piece("our-other")])
    assert load_all() == {"organisations": 0, "tools": 0, "initiatives": 0, "practices": 1, "guidance": 2}
    assert set(library.load().values()) == {0}


def own(folder: Path, shelf: str, content: Any) -> None:
    """A file of the hub's own content: JSON, which is YAML too."""
    (folder / "content" / shelf).mkdir(parents=True)
    (folder / "content" / shelf / "own.yaml").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.req("LIB-2", "LIB-3")
@pytest.mark.parametrize(
    ("shelf", "content"),
    [
        ("guidance", [{**raw_piece("ours"), "kind": "sermon"}]),
        ("practices", {**raw_practice("ours"), "part": "moonshine"}),
        ("practices", {**raw_practice("ours"), "members": [{"organisation": "nobody-knows", "role": "convener"}]}),
        ("practices", {"key": "ours"}),
        ("practices", ["ours"]),
    ],
    ids=["unknown kind", "unknown part", "unknown member", "missing fields", "no record"],
)
def test_a_wrong_file_of_the_hub_s_own_is_told_and_leaves_no_record(
    settings: Any, tmp_path: Path, shelf: str, content: Any
) -> None:
    settings.DATA_DIR = tmp_path
    own(tmp_path, shelf, content)
    before = picture()
    with pytest.raises(ConvenerError):
        load_all()
    assert picture() == before


@pytest.mark.req("LIB-2")
def test_an_unknown_organisation_of_the_hub_s_own_practice_is_named(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    members = [{"organisation": "icat", "role": "convener"}, {"organisation": "nobody-knows", "role": "member"}]
    own(tmp_path, "practices", raw_practice("ours", members=members))
    told = run("library", "content")
    assert told.exit_code == 2
    for part in ("content/practices", "“ours”", "member 2", "nobody-knows"):
        assert part in told.stderr
    assert not Initiative.objects.filter(slug="ours").exists()


@pytest.mark.req("LIB-3")
def test_an_error_names_the_record_the_field_and_what_is_wrong(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    own(tmp_path, "guidance", [raw_piece("ours"), raw_piece("theirs", stages=["idea", "wedding"])])
    with pytest.raises(InvalidValue) as told:
        library.load()
    assert told.value.field == "stages.1"
    assert "theirs" in told.value.message
    assert "wedding" in told.value.message
    assert told.value.hint
    assert not Guidance.objects.filter(slug="ours").exists()
