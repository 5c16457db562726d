"""Received files that are no lists, or made to harm: refused in words, within limits, and never outside the folder."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from convener.errors import Refused, Unreadable
from convener.foundation.actor import OPERATOR
from convener.rooms.screening.actions import files, loading, unpacking
from convener.rooms.screening.models import WatchList
from tests.rooms.screening.lists import HEADINGS, load, packed, table

pytestmark = [pytest.mark.django_db, pytest.mark.req("SCR-2")]


def lying_zip() -> bytes:
    """A ZIP whose list of contents says that a file is small, which is not."""
    raw = bytearray(packed({"list.csv": HEADINGS.encode() + b"x" * 5_000_000}))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(raw)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"%PDF-1.7 and so on",
        b"PK\x03\x04 and nothing of a ZIP",
        packed({"readme.md": b"# nothing"}),
        packed({"one.csv": table(), "two.csv": table()}),
        packed([("a/list.csv", table()), ("b/list.csv", table())]),
        packed({f"{at}.csv": b"name\n" for at in range(unpacking.MOST_MEMBERS + 1)}),
        packed({"bomb.csv": HEADINGS.encode() + b"a" * (250 << 20)}),
        packed({"list.zip": packed({"list.csv": table()})}),
        lying_zip(),
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>",
        b"<html><body>Not found</body></html>",
        b"id,title\n1,no column of names\n",
        HEADINGS.encode(),
    ],
    ids=lambda content: content[:12].hex(),
)
def test_what_is_no_list_or_made_to_harm_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises((Unreadable, Refused)) as refused:
        load(tmp_path, content)
    assert refused.value.hint
    assert not WatchList.objects.exists()
    assert not list((files.lists_folder() / "incoming").iterdir())


def test_names_in_a_zip_never_become_paths(tmp_path: Path) -> None:
    inside = ("../../../../tmp/evil.csv", "/etc/evil.csv", "C:\\Windows\\evil.csv", "..\\evil.csv")
    before = set(tmp_path.rglob("*"))
    for name in inside:
        row, _is_new = load(tmp_path, packed({name: table()}), name=f"L{inside.index(name)}")
        assert row.count == 4
    written = set(tmp_path.rglob("*")) - before
    hub = Path(settings.DATA_DIR)
    assert all(hub in path.parents or path == hub or path.name == "list.bin" for path in written)
    assert not Path("/tmp/evil.csv").exists()


def test_a_zip_that_links_elsewhere_is_read_as_a_file(tmp_path: Path) -> None:
    """A symbolic link in a ZIP is a file whose content is a path: it is written as that, and is no list."""
    info = zipfile.ZipInfo("list.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises((Unreadable, Refused)):
        loading.load_list(path, actor=OPERATOR, name="L")


@pytest.mark.parametrize(
    "name", ["../../x.csv", "/abs/x.csv", ".hidden", "..", "a b\u202e.csv", "x" * 500 + ".csv", "\x00"]
)
def test_a_received_files_name_is_harmless(name: str) -> None:
    path = files.received(name, [b"x"])
    assert files.lists_folder() / "incoming" in path.parents
    assert len(path.relative_to(files.lists_folder() / "incoming").parts) == 2
    assert not path.name.startswith(".")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one file says of its size is not believed, and all together have one limit."""
    monkeypatch.setattr(unpacking, "MOST_BYTES", 3_000_000)
    half = os.urandom(1_000_000).hex().encode()
    with pytest.raises(Unreadable, match="far more"):
        load(tmp_path, packed({"sdn.csv": half, "alt.csv": half}))
