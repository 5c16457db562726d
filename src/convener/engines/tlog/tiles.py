"""Tiles (C2SP tlog-tiles): the hashes of a log in files of 256, and its entries in bundles, as paths and bytes.

Tile ``number`` of ``level`` holds the roots of full subtrees of 256**level entries. A tile that is not full yet has a width.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from convener.engines.merkle import node_hash
from convener.engines.merkle.hashing import SIZE
from convener.errors import Unreadable, sentence

#: Hashes of a full tile, and the levels of the tree that it spans.
WIDTH, HEIGHT = 256, 8
MOST_LEVEL = 7
#: Bytes of an entry at most: its length is written in two.
MOST_ENTRY = 2**16 - 1
#: Tiles that a reader remembers with what follows from them: 16 KB each.
_REMEMBERED = 512
_PATH = re.compile(r"(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})"
                   r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")  # fmt: skip


class Tile(NamedTuple):
    """A tile by its place: ``width`` hashes of it, 256 where it is full. ``is_entries``: the bundle of entries of level 0."""

    level: int
    number: int
    width: int = WIDTH
    is_entries: bool = False

    @property
    def path(self) -> str:
        """The path below ``tile/``."""
        parts = f"{self.number:03}"
        split = [parts[max(0, end - 3) : end] for end in range(len(parts), 0, -3)][::-1]
        whole = [part.zfill(3) for part in split]
        name = "/".join([*(f"x{part}" for part in whole[:-1]), whole[-1]])
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{'entries' if self.is_entries else self.level}/{name}{suffix}"

    @property
    def end(self) -> int:
        """The number of entries that a log has at least where this tile has this width."""
        return (self.number * WIDTH + self.width) << HEIGHT * self.level


def read_path(path: str) -> Tile | None:
    """The tile that a path below ``tile/`` names; None where it names none."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    digits = match["number"].replace("x", "").replace("/", "")
    width = int(match["width"] or WIDTH)
    is_entries = match["level"] == "entries"
    tile = Tile(0 if is_entries else int(match["level"]), int(digits), width, is_entries)
    is_one = tile.path == path and (match["width"] is None or width < WIDTH)
    return tile if is_one and tile.level <= MOST_LEVEL else None


def new_tiles(old_size: int, size: int) -> Iterator[Tile]:
    """The tiles of hashes that a log has at ``size`` and did not have, or not so wide, at ``old_size``."""
    for level in range(MOST_LEVEL + 1):
        before, now = old_size >> HEIGHT * level, size >> HEIGHT * level
        if before == now:
            return
        for number in range(before // WIDTH, (now + WIDTH - 1) // WIDTH):
            yield Tile(level, number, min(WIDTH, now - number * WIDTH))


class TileReader:
    """The full subtrees of a log of ``size`` entries, read from its tiles: gives :mod:`convener.engines.merkle.proving` nodes.

    ``read`` gives the bytes of a tile. Raises Unreadable for a tile that is not as long as it should be.
    """

    def __init__(self, read: Callable[[Tile], bytes], size: int) -> None:
        self._size = size
        self._read = read
        self._expanded = lru_cache(_REMEMBERED)(self._expand)

    def node(self, level: int, index: int) -> bytes:
        """The hash of a full subtree. Raises IndexError where it is not full at this size."""
        if index < 0 or (index + 1) << level > self._size:
            raise IndexError(f"There is no full subtree {index} of level {level} in {self._size} entries.")
        height = level % HEIGHT
        per_tile = HEIGHT - height
        number = index >> per_tile
        return self._expanded(level // HEIGHT, number)[height][index - (number << per_tile)]

    def _expand(self, level: int, number: int) -> list[list[bytes]]:
        """The hashes of a tile, and all that follow from them within it, by their height."""
        width = min(WIDTH, (self._size >> HEIGHT * level) - number * WIDTH)
        tile = Tile(level, number, width)
        content = self._read(tile)
        if len(content) != width * SIZE:
            told = sentence("The tile %(path)s of the record is damaged.", path=tile.path)
            raise Unreadable(told, hint=sentence("Restore it from a copy; nothing is signed until then."))
        hashes = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
        found = [hashes]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
            found.append(hashes)
        return found


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other, each after its length in two bytes. Raises ValueError for one that is too long."""
    parts = []
    for entry in entries:
        if len(entry) > MOST_ENTRY:
            raise ValueError(f"An entry has {len(entry)} bytes; {MOST_ENTRY} are the most.")
        parts.append(len(entry).to_bytes(2) + entry)
    return b"".join(parts)


def entries_of(content: bytes) -> Sequence[bytes]:
    """The entries of a bundle. Raises Unreadable where it is cut off."""
    found, at = [], 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2])
        if len(content) < max(end, at + 2):
            told = sentence("A bundle of entries of the record is cut off.")
            raise Unreadable(told, hint=sentence("Fetch it again."))
        found.append(content[at + 2 : end])
        at = end
    return found
