"""Backups and key files that are damaged, forged or of another version: a clear refusal, and nothing is touched."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import resource
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from convener.errors import ConvenerError, InvalidValue, Refused, Unreadable
from convener.foundation.actor import OPERATOR
from convener.foundation.copies import keys as key_files
from convener.foundation.copies.keys import HubSecrets
from convener.foundation.copies.manifest import check_name
from convener.foundation.copies.restoring import restore_backup
from convener.foundation.copies.writing import write_backup
from tests.databases import default_database, fresh_database

Members = dict[str, bytes]
PASSPHRASE = "twelve grey herons at dawn"
SOURCE = "tables/parties.source.jsonl"


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Members]:
    """What is in a good backup with a row and a file, by name."""
    from django.conf import settings

    from convener.foundation.parties.models import Source

    folder = tmp_path_factory.mktemp("good")
    (folder / "files").mkdir()
    (folder / "files" / "one.txt").write_bytes(b"one")
    with (
        django_db_blocker.unblock(),
        default_database(fresh_database(None, folder)),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(settings, "DATA_DIR", folder)
        Source.objects.create(kind="edit", key="k", title="A title")
        made = write_backup(folder / "good.zip", actor=OPERATOR)
    with zipfile.ZipFile(made.file) as file:
        yield {name: file.read(name) for name in file.namelist()}


@pytest.fixture
def restore(tmp_path: Path, settings: Any, django_db_blocker: Any) -> Iterator[Callable[[Path], None]]:
    """Restore a file into an empty hub."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.DATA_DIR = folder
    with django_db_blocker.unblock(), default_database(f"sqlite:///{folder / 'convener.sqlite3'}"):
        yield lambda path: void(restore_backup(path, actor=OPERATOR))


def void(_: object) -> None:
    """For a callable whose result nobody reads."""


def pack(path: Path, members: Members, *twice: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
        for name in twice:
            with pytest.warns(UserWarning, match="Duplicate"):
                file.writestr(name, b"again")
    return path


def with_manifest(members: Members, change: Callable[[dict[str, Any]], object]) -> Members:
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    return members | {"manifest.json": json.dumps(manifest).encode()}


def with_member(members: Members, name: str, content: bytes) -> Members:
    """With another member, which the manifest lists as if it belonged there."""
    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return with_manifest(members | {name: content}, lambda manifest: manifest["members"].update({name: entry}))


def check_refused(
    restore: Callable[[Path], None], path: Path, words: str, kind: type[ConvenerError] = Unreadable
) -> None:
    folder = path.parent / "data"
    with pytest.raises(kind, match=words) as caught:
        restore(path)
    assert caught.value.hint
    assert {found.name for found in folder.rglob("*")} <= {"hub.lock", "convener.sqlite3"}
    database = folder / "convener.sqlite3"
    assert not database.exists() or database.stat().st_size == 0
    assert sorted(found.name for found in path.parent.iterdir()) == sorted(["data", path.name])


def test_the_good_one_is_taken(members: Members, restore: Callable[[Path], None], tmp_path: Path) -> None:
    restore(pack(tmp_path / "hub.zip", members))
    assert (tmp_path / "data" / "files" / "one.txt").read_bytes() == b"one"


def test_a_changed_member_is_noticed(members: Members, restore: Callable[[Path], None], tmp_path: Path) -> None:
    changed = members | {SOURCE: members[SOURCE].replace(b"A title", b"B title")}
    assert changed != members
    check_refused(restore, pack(tmp_path / "hub.zip", changed), "has changed since")
    changed = members | {"files/files/one.txt": b"two"}
    check_refused(restore, pack(tmp_path / "hub.zip", changed), "has changed since")


@pytest.mark.parametrize(
    "name",
    ["../evil", "files/../../evil", "/etc/evil", "files/files/../../evil", "files//evil", "files/static/evil",
     "files/secrets.json", "evil", "tables/../evil.jsonl", "tables/a.b.jsonl/x", "files/files/", "files/./files/x"],
)  # fmt: skip
def test_names_that_lead_elsewhere(
    members: Members, restore: Callable[[Path], None], tmp_path: Path, name: str
) -> None:
    check_refused(restore, pack(tmp_path / "hub.zip", with_member(members, name, b"x")), "must not be there")


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b/c", "a"), ("a/b", "a/b/c/d"), ("one.txt/deep/er",)])
def test_a_file_where_a_folder_must_be(
    members: Members, restore: Callable[[Path], None], tmp_path: Path, names: tuple[str, ...]
) -> None:
    clashing = members
    for name in names:
        clashing = with_member(clashing, f"files/files/{name}", b"x")
    check_refused(restore, pack(tmp_path / "hub.zip", clashing), "both as a file and as a folder")


@pytest.mark.parametrize(
    ("name", "is_folder"),
    [("files", False), ("content", False), ("locale", False), ("secrets.json", True), ("demo-logins.json", True)],
)
def test_what_stands_in_the_place_of_a_file_or_folder_is_left_alone(
    members: Members, restore: Callable[[Path], None], tmp_path: Path, name: str, is_folder: bool
) -> None:
    there = tmp_path / "data" / name
    if is_folder:
        there.mkdir()
        (there / "kept").write_text("mine")
    else:
        there.write_text("mine")
    with pytest.raises(Refused, match=f"{name} is a") as caught:
        restore(pack(tmp_path / "hub.zip", members))
    assert "Nothing was changed" in caught.value.hint
    assert ((there / "kept") if is_folder else there).read_text() == "mine"
    assert {path.name for path in (tmp_path / "data").iterdir()} <= {name, "hub.lock", "convener.sqlite3"}


def test_restored_files_are_for_the_hubs_account_only(
    members: Members, restore: Callable[[Path], None], tmp_path: Path
) -> None:
    before = os.umask(0o000)
    try:
        restore(pack(tmp_path / "hub.zip", with_member(members, "files/content/a/b/c.yaml", b"x")))
    finally:
        os.umask(before)
    folder = tmp_path / "data"
    modes = {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    del modes["hub.lock"]
    files = {"convener.sqlite3", "files/one.txt", "content/a/b/c.yaml"}
    assert {name: mode for name, mode in modes.items() if name in files} == dict.fromkeys(files, 0o600)
    folders = {"files", "content", "content/a", "content/a/b"}
    assert {name: mode for name, mode in modes.items() if name in folders} == dict.fromkeys(folders, 0o700)


@given(st.lists(st.sampled_from(["..", ".", "", "files", "content", "a", "/", "\\", "\0"]), max_size=6))
def test_no_accepted_name_leaves_the_folder(parts: list[str]) -> None:
    name = "files/" + "/".join(parts)
    try:
        check_name(name)
    except Unreadable:
        return
    target = (Path("/data") / name.removeprefix("files/")).resolve()
    assert target.parts[2] in ("files", "content")
    assert len(target.parts) > 3


def test_members_too_many_or_too_few(members: Members, restore: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "hub.zip"
    check_refused(restore, pack(path, members, SOURCE), "twice")
    check_refused(restore, pack(path, members | {"files/files/two.txt": b""}), "not those that its manifest")
    check_refused(restore, pack(path, {n: c for n, c in members.items() if n != SOURCE}), "not those that its manifest")
    check_refused(restore, pack(path, {n: c for n, c in members.items() if n != "manifest.json"}), "no manifest")
    unknown = with_member(members, "tables/parties.unknown.jsonl", b"")
    check_refused(restore, pack(path, unknown), "tables are not those")
    table = {"columns": ["id"], "rows": 0, "sequence": None}
    unknown = with_manifest(unknown, lambda manifest: manifest["tables"].update({"parties.unknown": table}))
    check_refused(restore, pack(path, unknown), "does not have the tables")


def test_what_is_no_zip(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    path = pack(tmp_path / "hub.zip", members)
    whole = path.read_bytes()
    for content in (b"", b"PK\x03\x04", b"just text " * 1000, whole[: len(whole) // 2], whole[:-30]):
        path.write_bytes(content)
        check_refused(restore, path, "not a backup")
    path.write_bytes(whole.replace(b"PK\x01\x02", b"PK\x01\x03"))
    check_refused(restore, path, "not a backup")


def test_a_bomb_is_not_unpacked(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    name = "files/files/bomb"
    bomb = with_member(members, name, bytes(50_000_000))
    small = with_manifest(bomb, lambda manifest: manifest["members"][name].update(bytes=10))
    check_refused(restore, pack(tmp_path / "hub.zip", small), "not those that its manifest")
    # A ZIP whose directory says a petabyte: the room is looked at before anything is unpacked.
    path = pack(tmp_path / "hub.zip", with_member(members, name, b"x"))
    size = 10**15
    claimed = with_manifest(with_member(members, name, b"x"), lambda m: m["members"][name].update(bytes=size))
    with pytest.MonkeyPatch.context() as patch:
        real = zipfile.ZipFile.infolist

        def inflated(self: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
            found = real(self)
            for info in found:
                info.file_size = size if info.filename == name else info.file_size
            return found

        patch.setattr(zipfile.ZipFile, "infolist", inflated)
        check_refused(restore, pack(path, claimed), "unpacks to", Refused)


def test_links_and_other_packing(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    path, name = tmp_path / "hub.zip", "files/files/link"
    linked = with_member(members, name, b"/etc/passwd")
    with zipfile.ZipFile(path, "w") as file:
        for member, content in linked.items():
            info = zipfile.ZipInfo(member)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if member == name else 0
            file.writestr(info, content)
    check_refused(restore, path, "no plain files")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as file:
        for member, content in members.items():
            file.writestr(member, content)
    check_refused(restore, path, "packed in a way")


def test_newer_versions_say_what_to_do(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    path = tmp_path / "hub.zip"
    newer = with_manifest(members, lambda m: m.update(format_version=2, convener_version="9.1"))
    check_refused(restore, pack(path, newer), "format 2", Refused)
    newer = with_manifest(members, lambda m: m["migrations"]["audit"].append("0099_later"))
    check_refused(restore, pack(path, newer), "audit.0099_later", Refused)
    other = with_manifest(members, lambda m: m.update(format="another-backup"))
    check_refused(restore, pack(path, other), "another program")


def test_rows_that_do_not_fit(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    path = tmp_path / "hub.zip"
    row = json.loads(members[SOURCE])

    def with_rows(content: bytes, rows: int = 1) -> Members:
        changed = with_member(members, SOURCE, content)
        return with_manifest(changed, lambda m: m["tables"]["parties.source"].update(rows=rows))

    check_refused(restore, pack(path, with_rows(b"{}\n")), "another shape")
    check_refused(restore, pack(path, with_rows(b"[" * 100_000)), "no row")
    check_refused(restore, pack(path, with_rows(json.dumps(row[:-1]).encode())), "another shape")
    check_refused(restore, pack(path, with_rows(members[SOURCE], rows=2)), "another number of rows")
    check_refused(restore, pack(path, with_rows(json.dumps([["x"]] * len(row)).encode())), "does not fit")
    check_refused(restore, pack(path, with_rows(members[SOURCE] * 2, rows=2)), "does not fit")
    user = json.loads(members["manifest.json"])["tables"]["accounts.membership"]["columns"]
    key = "019aa0a2-0000-7000-8000-000000000000"
    lost = {name: key if name in ("id", "user_id", "party_id") else None for name in user}
    lost |= {"role": "ngo", "starts": "2026-01-01"}
    line = json.dumps([lost[name] for name in user]).encode()
    changed = with_member(members, "tables/accounts.membership.jsonl", line)
    changed = with_manifest(changed, lambda m: m["tables"]["accounts.membership"].update(rows=1))
    check_refused(restore, pack(path, changed), "points to one that is not there")
    strange = with_manifest(members, lambda m: m["tables"]["parties.source"]["columns"].__setitem__(0, "x"))
    check_refused(restore, pack(path, strange), "columns its migrations make")


def test_values_of_another_kind_than_their_column(
    restore: Callable[[Path], None], tmp_path: Path, members: Members
) -> None:
    """SQLite would keep whatever it is given, and the next backup would carry it on."""
    path = tmp_path / "hub.zip"

    def with_value(label: str, column: str, value: object) -> Members:
        table = json.loads(members["manifest.json"])["tables"][label]
        rows = [json.loads(line) for line in members[f"tables/{label}.jsonl"].splitlines()]
        rows[0][table["columns"].index(column)] = value
        lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        return with_member(members, f"tables/{label}.jsonl", lines)

    for label, column, value in (
        ("parties.source", "title", 5),
        ("parties.source", "date", "soon"),
        ("parties.source", "date", "2026-02-31"),
        ("auth.permission", "content_type_id", "many"),
        ("auth.permission", "content_type_id", 1e999),
        ("auth.permission", "content_type_id", 2**63),
    ):
        check_refused(restore, pack(path, with_value(label, column, value)), "does not fit")


def test_counters_and_versions_nobody_wrote(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    path = tmp_path / "hub.zip"
    for number in (-1, 2**63 - 1, 10**30):
        changed = with_manifest(members, lambda m, n=number: m["tables"]["outbox.event"].update(sequence=n))
        check_refused(restore, pack(path, changed), "manifest cannot be read")
    for version in ("2", 2.0, True, 0, None):
        changed = with_manifest(members, lambda m, v=version: m.update(format_version=v))
        check_refused(restore, pack(path, changed), "no version")
    changed = with_manifest(members, lambda m: m.update(more={"x": 1}))
    check_refused(restore, pack(path, changed), "manifest cannot be read")
    changed = with_manifest(members, lambda m: m.update(migrations={"auth": m["migrations"]["auth"][:1]}))
    check_refused(restore, pack(path, changed), "It does not have the tables|do not belong together")


def test_what_is_small_and_would_fill_the_memory(
    restore: Callable[[Path], None], tmp_path: Path, members: Members
) -> None:
    path, many = tmp_path / "hub.zip", b"[" + b"[]," * 2_000_000 + b"[]]"
    check_refused(restore, pack(path, with_member(members, SOURCE, many)), "no row")
    manifest = members["manifest.json"].rstrip()[:-1] + b', "more": ' + many + b"}"
    check_refused(restore, pack(path, members | {"manifest.json": manifest}), "manifest cannot be read")
    # A manifest that is packed longer than it says: what is beyond is not unpacked.
    longer = members["manifest.json"] + b" " * 200_000_000
    pack(path, members | {"manifest.json": longer})
    packed = path.read_bytes()
    short = len(members["manifest.json"]).to_bytes(4, "little")
    path.write_bytes(packed.replace(len(longer).to_bytes(4, "little"), short))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            zipfile.ZipExtFile, "_update_crc", lambda *_: None
        )  # the hash of the manifest is in nobody's hand
        restore(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_one_bit_that_flipped(restore: Callable[[Path], None], tmp_path: Path, members: Members) -> None:
    name = "files/files/schöner Ort.txt"
    path = pack(tmp_path / "hub.zip", with_member(members, name, b"x"))
    whole = path.read_bytes()
    end = whole.rindex(b"PK\x05\x06")
    flips = [(end + 16 + at, 1 << bit) for at in range(4) for bit in range(8)]
    flips += [(whole.index("schöner".encode()) + 3, 1 << bit) for bit in range(8)]
    for at, bit in flips:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        check_refused(restore, path, "not a backup")


def test_pipes_devices_and_folders_are_not_read(restore: Callable[[Path], None], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(Unreadable, match="not a plain file"):
            restore(path)
        with pytest.raises(Unreadable, match="not a plain file"):
            restore_backup(tmp_path / "hub.zip", actor=OPERATOR, keys=path, passphrase=PASSPHRASE)
    with pytest.raises(Unreadable, match="There is no file"):
        restore(tmp_path / "nothing.zip")


def test_backups_that_are_refused(restore: Callable[[Path], None], tmp_path: Path) -> None:
    """The hub is an empty one: nothing may be looked at before these are said."""
    new, keys = tmp_path / "new.zip", tmp_path / "new.keys"
    keys.write_bytes(b"older")

    def refused(words: str, path: Path, keys: Path, passphrase: str = PASSPHRASE, *, force: bool = False) -> None:
        with pytest.raises(ConvenerError, match=words) as caught:
            write_backup(path, actor=OPERATOR, keys=keys, passphrase=passphrase, force=force)
        assert caught.value.hint

    refused("new.keys exists already", new, keys)
    refused("12 characters", new, keys, "eleven char", force=True)
    refused("same file", new, new)
    refused("does not exist", tmp_path / "nowhere" / "new.zip", keys, force=True)
    refused("exists already", tmp_path / "data", keys, force=True)
    assert keys.read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "new.keys"]


SECRETS = HubSecrets("s" * 60, base64.b64encode(bytes(range(32))).decode())


def test_key_files(tmp_path: Path) -> None:
    sealed = key_files.seal(SECRETS, PASSPHRASE, timezone.now())
    assert SECRETS.secret_key.encode() not in sealed
    assert SECRETS.field_key.encode() not in sealed
    assert key_files.open_sealed(sealed, PASSPHRASE) == SECRETS
    assert key_files.seal(SECRETS, PASSPHRASE, timezone.now()) != sealed
    with pytest.raises(Refused, match="does not open"):
        key_files.open_sealed(sealed, PASSPHRASE + " ")
    accents = key_files.seal(SECRETS, "douze hérons gris", timezone.now())
    assert key_files.open_sealed(accents, "douze he\u0301rons gris") == SECRETS
    with pytest.raises(InvalidValue, match="12 characters"):
        key_files.seal(SECRETS, "eleven char", timezone.now())


def test_key_files_that_are_none() -> None:
    good = json.loads(key_files.seal(SECRETS, PASSPHRASE, timezone.now()))

    def opened(**changes: Any) -> HubSecrets:
        return key_files.open_sealed(json.dumps(good | changes).encode(), PASSPHRASE)

    for content in (b"", b"[]", b"\xff\xfe", b"[" * 60_000, b'{"format": "convener-keys", "version": 1}'):
        with pytest.raises(Unreadable):
            key_files.open_sealed(content, PASSPHRASE)
    with pytest.raises(Refused, match="newer"):
        opened(version=2)
    for costs in ({"memory_bytes": 2**40}, {"operations": 10**9}, {"name": "md5"}, {"salt": "AAAA"}):
        with pytest.raises(Unreadable):
            opened(kdf=good["kdf"] | costs)
    flipped = bytearray(base64.b64decode(good["sealed"]))
    flipped[-1] ^= 1
    with pytest.raises(Refused, match="does not open"):
        opened(sealed=base64.b64encode(flipped).decode())
