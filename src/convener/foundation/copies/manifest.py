"""What a backup says about itself."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from convener.errors import Refused, Unreadable

FORMAT = "convener-backup"
VERSION = 1
MEMBER = "manifest.json"
#: About 100 bytes a file and a kilobyte a table: room for half a million files.
LARGEST = 64 * 1024 * 1024
#: Folders of the data folder that a backup holds, whole.
FOLDERS = ("files", "content", "locale")

#: Deeper or longer names than file systems and folders of ours have.
_MOST_FOLDERS, _MOST_NAME_BYTES, _MOST_PATH_BYTES = 200, 255, 2000
#: The fewest characters of a member's entry: what has more brackets for its length is no manifest, and fills the memory.
_FEWEST_CHARS = 80
#: Counters of both databases go further, and nobody counts that far.
_HIGHEST_NUMBER = 2**53

_TABLE_MEMBER = re.compile(r"tables/([a-z0-9_]+\.[a-z0-9_]+)\.jsonl")


class Member(BaseModel):
    """One member of the ZIP: its size unpacked, and the SHA-256 of that."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Table(BaseModel):
    """One table: its columns in the order of each row's values; the last number of its counter, if it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: list[str]
    rows: int = Field(ge=0)
    sequence: int | None = Field(None, ge=0, le=_HIGHEST_NUMBER)


class Manifest(BaseModel):
    """The first thing read and the last thing written. Its hashes show damage; they are no seal against forgery."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: str
    format_version: int
    convener_version: str
    id: uuid.UUID
    made_at: datetime
    database: str
    migrations: dict[str, list[str]]
    tables: dict[str, Table]
    members: dict[str, Member]
    left_out: dict[str, str]
    field_key: str
    keys_needed_for: dict[str, str]

    def as_bytes(self) -> bytes:
        """As it stands in the backup."""
        return json.dumps(self.model_dump(mode="json"), indent=1).encode()

    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    def bytes(self) -> int:
        """Bytes of all members, unpacked."""
        return sum(member.bytes for member in self.members.values())

    def applied(self) -> set[tuple[str, str]]:
        """The migrations the tables stand at, as (app, name)."""
        return {(app, name) for app, names in self.migrations.items() for name in names}


def fingerprint(content: bytes) -> str:
    """What names a backup and all in it: SHA-256 of its manifest, which holds the hash of every member."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> Manifest:
    """Read a manifest. Raises Unreadable for anything else, Refused for a format of a later version."""
    if (content.count(b"[") + content.count(b"{")) * _FEWEST_CHARS > len(content) + 1_000_000:
        raise not_a_backup("Its manifest cannot be read.")
    try:
        outer: Any = json.loads(content)
        if not isinstance(outer, dict) or outer.get("format") != FORMAT:
            raise not_a_backup("Its manifest is of another program.")
        version = outer.get("format_version")
        if type(version) is not int or version < 1:
            raise not_a_backup("Its manifest has no version.")
        if version > VERSION:
            raise Refused(
                f"This backup has format {version}; this version of Convener reads up to {VERSION}.",
                hint=f"Install Convener {outer.get('convener_version')} or later, and restore with that.",
            )
        manifest = Manifest.model_validate(outer)
    except (ValidationError, ValueError, RecursionError) as error:
        raise not_a_backup("Its manifest cannot be read.") from error
    for name in manifest.members:
        check_name(name)
    _check_apart(manifest.members)
    if {table_member(label) for label in manifest.tables} != {n for n in manifest.members if n.startswith("tables/")}:
        raise not_a_backup("Its tables are not those that its manifest describes.")
    return manifest


def table_member(label: str) -> str:
    """Name of the member with the rows of ``label`` ('app.model')."""
    return f"tables/{label}.jsonl"


def check_name(name: str) -> None:
    """Raise Unreadable unless ``name`` is a table's or a file's below one of our folders: no way out of them."""
    if _TABLE_MEMBER.fullmatch(name):
        return
    first, *parts = name.split("/")
    inside = first == "files" and len(parts) > 1 and parts[0] in FOLDERS
    longest = max((len(part.encode("utf-8", "replace")) for part in parts), default=0)
    strange = len(parts) > _MOST_FOLDERS or longest > _MOST_NAME_BYTES
    strange |= len(name.encode("utf-8", "replace")) > _MOST_PATH_BYTES
    if not inside or strange or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise not_a_backup(f"It has a member that must not be there: {name[:100]!r}.")


def _check_apart(names: Collection[str]) -> None:
    """Raise Unreadable where one name is a file's and the folder of another too."""
    folders: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for both in folders & set(names):
        raise not_a_backup(f"It has {both[:100]!r} both as a file and as a folder.")


def not_a_backup(why: str) -> Unreadable:
    """The error for a file that is no whole backup; ``why`` is a sentence."""
    return Unreadable(
        f"This is not a backup of Convener, or it is damaged. {why}", hint="Nothing was changed. Use another backup."
    )
