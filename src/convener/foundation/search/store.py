"""The index on disk: one folder a generation, a file that names the one in use, and the lock of the one who writes.

A generation is built beside the one in use and takes its place by replacing that file, so readers always find a whole
index. Readers that meet a broken one leave a mark beside it; the worker then builds another.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import structlog
import tantivy

from convener.engines.words import LANGUAGES, analyser, plain_analyser
from convener.errors import Busy, ConvenerError, NotReady, sentence

#: Raised with what the fields hold or how words are taken apart: an index of another version is built anew.
VERSION = 3
NAMES, WORDS, EXACT, TERM, ACCESS, KEY, KIND = "names", "words", "exact", "term", "access", "key", "kind"
#: Before the fields with words of records that not everybody may find (see :mod:`reader`).
KEPT = "kept_"
CURRENT, LOCK, BROKEN = "current", "lock", "broken"
#: How often a reader looks anew where the index it was about to open was replaced.
LOOKS = 3

log = structlog.get_logger()


def schema() -> tantivy.Schema:
    """What a document has: key and kind, who may find it, its names, its words as they are written, their stems by language,
    its values by facet. Names, words and stems are in one set of fields where everybody may find it, else in the other.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(KEY, stored=True, tokenizer_name="raw", index_option="basic")
    for name in (KIND, TERM):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (ACCESS, EXACT):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for kept, option in (("", "freq"), (KEPT, "basic")):
        builder.add_text_field(kept + NAMES, tokenizer_name="plain", index_option=option)
        builder.add_text_field(kept + WORDS, tokenizer_name="plain", index_option="basic")
        for language in LANGUAGES:
            builder.add_text_field(kept + language, tokenizer_name=language, index_option=option)
    return builder.build()


class Store:
    """The index below ``root``, in this process. Any thread may read it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._opened: tuple[str, tantivy.Index] | None = None
        self._state: tuple[int, ...] = ()

    def lexicon(self) -> Path:
        """The file of the dictionary of this index; it may not be there."""
        return next(iter(self.root.glob("lexicon-*.json")), self.root / "lexicon")

    def generation(self) -> str:
        """The name of the generation in use; empty where there is none of this version."""
        before = ""
        for _attempt in range(LOOKS):
            name = self._named()
            if not name or (self.root / name / "meta.json").is_file():
                return name
            if name == before:
                break
            before = name  # another may have taken its place since: look again
        return ""

    def _named(self) -> str:
        try:
            version, _space, name = (self.root / CURRENT).read_text(encoding="ascii").strip().partition(" ")
        except (OSError, UnicodeDecodeError):
            return ""
        return name if version == str(VERSION) else ""

    def is_whole(self) -> bool:
        """Whether there is an index that nobody found broken. Quick enough to ask in every round."""
        return bool(self.generation()) and not (self.root / BROKEN).exists()

    def searcher(self) -> tantivy.Searcher:
        """The index as of its last commit. Raises NotReady where there is none that can be read."""
        for _attempt in range(LOOKS):
            name = self.generation()
            if not name:
                break
            try:
                with self._lock:
                    return self._read(name)
            except BaseException as error:
                if self.generation() == name:
                    self._judge(error)  # else another generation took its place meanwhile
        raise not_ready()

    def _read(self, name: str) -> tantivy.Searcher:
        if self._opened is None or self._opened[0] != name:
            self._opened, self._state = (name, _open(self.root / name)), ()
        state = _state_of(self.root / name / "meta.json")
        index = self._opened[1]
        if state != self._state:
            index.reload()
            self._state = state
        return index.searcher()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Work with the library's objects: what goes wrong means a broken index, which is marked, said, and built anew."""
        try:
            yield
        except BaseException as error:
            self._judge(error)

    def _judge(self, error: BaseException) -> NoReturn:
        """Raise NotReady for a broken index, and what has nothing to do with it as it is. The library panics outside
        Exception.
        """
        if isinstance(error, ConvenerError | KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise error
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
            raise error
        self._opened = None
        with suppress(OSError):
            (self.root / BROKEN).touch()
        log.error("search_index_broken", error_type=type(error).__name__)
        raise not_ready() from None

    @contextmanager
    def alone(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the index as the only writer of this node. Raises Busy where another process has it, unless ``wait``."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    sentence("Another process is writing the search index."), hint=sentence("Try again in a minute.")
                ) from None
            yield

    def in_use(self) -> tantivy.Index:
        """The index in use, to write to; only inside :meth:`alone`. Raises NotReady."""
        name = self.generation()
        if not name:
            raise not_ready()
        with self.guarded():
            return _open(self.root / name)

    @contextmanager
    def next_generation(self) -> Iterator[tantivy.Index]:
        """A new, empty index that takes the place of the one in use when the block ends well; else it is removed."""
        name = f"g{secrets.token_hex(6)}"
        folder = self.root / name
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield _registered(tantivy.Index(schema(), str(folder)))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._publish(name)

    def _publish(self, name: str) -> None:
        part = self.root / f"{CURRENT}.{name}"
        with part.open("w", encoding="ascii") as file:
            file.write(f"{VERSION} {name}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.root / CURRENT)
        (self.root / BROKEN).unlink(missing_ok=True)
        for folder in self.root.iterdir():
            if folder.is_dir() and folder.name != name:  # readers that have it open keep it until they look again
                shutil.rmtree(folder, ignore_errors=True)


def not_ready() -> NotReady:
    """There is no index to ask at the moment."""
    return NotReady(
        sentence("The search is being prepared."),
        hint=sentence("Try again in a minute. If this stays: is the process “convener work” running?"),
    )


def _open(folder: Path) -> tantivy.Index:
    return _registered(tantivy.Index.open(str(folder)))


def _registered(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("plain", plain_analyser())
    for language in LANGUAGES:
        index.register_tokenizer(language, analyser(language))
    index.config_reader(reload_policy="manual")
    return index


def _state_of(path: Path) -> tuple[int, ...]:
    """What changes with each commit of the index, which replaces this file."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
