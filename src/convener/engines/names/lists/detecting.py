"""Finding out what a list is: which format, which files, in which order they are read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from convener.engines.names.lists.collecting import Limits
from convener.errors import Unreadable, sentence

#: The formats that are read, as they are named.
FORMATS = ("ofac", "un", "ftm", "csv")

# OFAC names its files sdn, alt, add and sdn_comments, those of its list of others cons_prim, cons_alt and so on; who
# keeps them puts words before.
_OFAC_NAME = re.compile(r"(?P<before>|.*[^a-z0-9])(?P<kind>sdn_comments|comments|sdn|prim|alt|add)\.csv", re.IGNORECASE)
_KINDS = {"sdn_comments": "comments", "prim": "sdn"}
_OFAC_ORDER = ("sdn", "comments", "alt", "add")
_HEAD = 4_096
_ZIP = b"PK\x03\x04"
_WIDE_XML = tuple(mark + "<".encode(codec) for codec in ("utf-16-le", "utf-16-be") for mark in
                  (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a path: its format, and its files by kind in their order of reading ("" where there is one)."""

    format: str
    files: dict[str, Path]


def detect(path: Path, format: str, limits: Limits) -> Found:
    """Find the format and files of the list at ``path``; a ``format`` that is given is believed.

    Raises :class:`Unreadable`: an unknown format, nothing there, empty, too large, no list.
    """
    if format and format not in FORMATS:
        told = sentence('There is no format "%(format)s" of lists.', format=format)
        raise Unreadable(told, hint=sentence("Name one of: %(formats)s.", formats=", ".join(FORMATS)))
    named_so = format in ("", "ofac") and path.is_file() and _is_sdn(path.name)
    if path.is_dir() or named_so or (format == "ofac" and path.exists()):
        return Found("ofac", _ofac_files(path, format, limits))
    head = _head(path, limits)
    found = format or _format_of(head)
    if found == "ftm" and b"\x00" in head:
        told = sentence("%(name)s is not a text: it has NUL bytes in it.", name=path.name)
        raise Unreadable(told, hint=sentence("Bring the list as its publisher offers it, unpacked."))
    return Found(found, {"": path})


def _format_of(head: bytes) -> str:
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"<") or head.startswith(_WIDE_XML):
        return "un"
    return "ftm" if text.startswith(b"{") else "csv"


def _head(path: Path, limits: Limits, *, may_be_empty: bool = False) -> bytes:
    if not path.is_file():
        told = sentence("There is no file or folder %(name)s.", name=path.name)
        raise Unreadable(told, hint=sentence("Check the name and the folder."))
    size = path.stat().st_size
    if size > limits.max_bytes:
        told = sentence(
            "%(name)s is too large: %(size)s MB; up to %(most)s MB are read.",
            name=path.name,
            size=round(size / 2**20),
            most=round(limits.max_bytes / 2**20),
        )
        raise Unreadable(told, hint=sentence("Bring the list without what does not belong to it."))
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not may_be_empty and size <= len(head) and not head.strip(b"\x1a \t\r\n\xef\xbb\xbf"):
        told = sentence("%(name)s is empty.", name=path.name)
        raise Unreadable(told, hint=sentence("Fetch the list again."))
    return head


def _is_sdn(name: str) -> bool:
    match = _OFAC_NAME.fullmatch(name)
    return match is not None and _kind(match) == "sdn"


def _kind(match: re.Match[str]) -> str:
    kind = match["kind"].lower()
    return _KINDS.get(kind, kind)


def _ofac_files(path: Path, format: str, limits: Limits) -> dict[str, Path]:
    """Return the files of one list by their kind, in their order of reading; of a file its neighbours belong to it."""
    sets: dict[str, dict[str, Path]] = {}
    for file in sorted((path if path.is_dir() else path.parent).iterdir()):
        if (match := _OFAC_NAME.fullmatch(file.name)) and file.is_file():
            sets.setdefault(match["before"].lower(), {}).setdefault(_kind(match), file)
    lists = [files for files in sets.values() if "sdn" in files]
    if not path.is_dir():
        lists = [files for files in lists if files["sdn"] == path] or [{"sdn": path}]
    hint = sentence("An OFAC list is a folder with the files sdn.csv, alt.csv and add.csv of one day.")
    if not lists:
        told = sentence("The folder %(name)s has no file sdn.csv: it is not an OFAC list.", name=path.name)
        raise Unreadable(told, hint=hint)
    if len(lists) > 1:
        names = ", ".join(files["sdn"].name for files in lists)
        told = sentence("The folder %(name)s has several lists: %(names)s.", name=path.name, names=names)
        raise Unreadable(told, hint=hint)
    files = {kind: lists[0][kind] for kind in _OFAC_ORDER if kind in lists[0]}
    for kind, file in files.items():
        head = _head(file, limits, may_be_empty=kind != "sdn")
        if b"\x00" in head:
            told = sentence("%(name)s is not a text: it has NUL bytes in it.", name=file.name)
            raise Unreadable(told, hint=sentence("Bring the list as its publisher offers it, unpacked."))
        if head and _format_of(head) != "csv":
            raise Unreadable(sentence("%(name)s is not one of OFAC's CSV files.", name=file.name), hint=hint)
    return files
