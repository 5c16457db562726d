"""Lists that are ready in a moment: kept under the hash of their bytes, and read and taken apart where they are not.

    given = ready(Path("ofac"), cache=Path("~/.cache/convener/names").expanduser(), country_code=code_of)

Several processes may do this with one folder at once: what is kept is there whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from convener.engines.names import compiled as compiling
from convener.engines.names.compiled import Compiled, compiled, kept_at
from convener.engines.names.lists import content_hash, load
from convener.engines.names.lists.values import CountryCode
from convener.engines.names.model import Problem
from convener.errors import Sentence, sentence

#: Lists that are kept in one folder, of all versions and ways of reading. Those not used for longest go: they are read
#: anew where somebody asks for them again, which takes seconds and changes no answer.
MOST_KEPT = 32


def ready(
    path: Path,
    *,
    cache: Path | None,
    format: str = "",
    name: str = "",
    country_code: CountryCode | None = None,
    tell: Callable[[Sentence], None] | None = None,
) -> Compiled:
    """The list at ``path``, from ``cache`` if it was kept there, else read, taken apart and kept.

    The arguments are those of :func:`~convener.engines.names.lists.load`. A kept list is used where the bytes of the
    list, its format, what is known of words and ``country_code`` are the same; of the last, its attribute ``version``, or
    its name where it has none, is what is compared. A kept file that is damaged is made anew. Where nothing can be kept,
    ``tell`` is told so, and nothing else happens. Raises :class:`~convener.errors.Unreadable` for what is no list.
    """
    if cache is not None:
        digest = content_hash(path, format)
        path_kept = _kept(cache, digest, format, country_code)
        found = compiling.read(path_kept)
        if found is not None and found.source.sha256 == digest:
            with suppress(OSError):
                path_kept.touch()  # it is in use: others go first
            return replace(found, source=replace(found.source, name=name or path.name or str(path), path=str(path)))
    made = compiled(load(path, format=format, name=name, country_code=country_code))
    if cache is not None:
        _keep(made, cache, format, country_code, tell)
    return made


def kept_file(given: Compiled, *, cache: Path | None, format: str, country_code: CountryCode | None) -> Path | None:
    """Where :func:`ready` kept a list; None where it could not."""
    path = _kept(cache, given.source.sha256, format, country_code) if cache is not None else None
    return path if path is not None and path.is_file() else None


def incomplete(problems: Sequence[Problem]) -> list[Problem]:
    """Those problems of a list by which a part of it is missing: it was cut off, or has no entries."""
    return [problem for problem in problems if problem.cuts]


def _kept(cache: Path, digest: str, format: str, country_code: CountryCode | None) -> Path:
    version = getattr(country_code, "version", None) or getattr(
        country_code, "__qualname__", type(country_code).__name__
    )
    variant = hashlib.sha256(f"{format} {version}".encode()).hexdigest()[:8]
    return kept_at(cache, digest, variant)


def _keep(
    made: Compiled,
    cache: Path,
    format: str,
    country_code: CountryCode | None,
    tell: Callable[[Sentence], None] | None,
) -> None:
    try:
        compiling.write(made, _kept(cache, made.source.sha256, format, country_code))
    except OSError as error:
        if tell is not None:
            tell(
                sentence(
                    "%(name)s could not be kept in %(folder)s (%(why)s): it is read anew each time.",
                    name=made.source.name,
                    folder=str(cache),
                    why=error.strerror or type(error).__name__,
                )
            )
        return
    with suppress(OSError):
        kept = sorted(cache.glob("list-*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in kept[MOST_KEPT:]:
            file.unlink(missing_ok=True)
