"""A list made ready to be asked, and kept in a file under the hash of its bytes, so that the next start is quick.

The file holds arrays and JSON, no code: whoever writes into the cache can make names go missing, and run nothing. It is
for the account of the hub alone (the command's umask sees to that), and is made anew when the list, the words that are
known or the way names are taken apart change.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from convener.engines.names.analysis import Token, analysed
from convener.engines.names.grams import Grams
from convener.engines.names.model import Entry, NameList, Problem, Source, Type
from convener.engines.names.pool import Pool, assembled, pool, token_from
from convener.engines.names.vocabulary import fingerprint, write_whole

#: Types whose names are asked together: how rare a word is among persons says nothing of ships.
GROUPS = {Type.PERSON: "persons", Type.ORGANISATION: "organisations", Type.VESSEL: "craft", Type.AIRCRAFT: "craft"}
OTHERS = "others"
_ARRAYS = ("starts", "words_of", "entries", "gram_starts", "postings", "shares")


@dataclass(frozen=True)
class Compiled:
    """A list with its pools by group of types; ``by_identifier`` finds entries by a number."""

    source: Source
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    pools: dict[str, Pool]
    by_identifier: dict[str, list[int]]


def compiled(given: NameList) -> Compiled:
    """Make a list ready. Names without a letter or digit are left out, with a problem."""
    named: dict[str, tuple[list[Any], list[int]]] = {}
    problems = list(given.problems)
    for position, entry in enumerate(given.entries):
        names, positions = named.setdefault(GROUPS.get(entry.type, OTHERS), ([], []))
        for text in dict.fromkeys(entry.names):
            name = analysed(text, entry.type)
            if name.tokens:
                names.append(name)
                positions.append(position)
            else:
                problems.append(
                    Problem(0, "name", f"A name of entry {entry.id} has no letter or digit: it is never found.")
                )
    pools = {group: pool(names, positions) for group, (names, positions) in named.items() if names}
    return Compiled(given.source, list(given.entries), problems, pools, _by_identifier(given.entries))


def _by_identifier(entries: Sequence[Entry]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, entry in enumerate(entries):
        for identifier in entry.identifiers:
            found.setdefault(identifier, []).append(position)
    return found


def kept_at(folder: Path, sha256: str, variant: str = "") -> Path:
    """Where the list with this hash is kept; ``variant`` is short and says how else it was read."""
    return folder / f"list-{sha256[:24]}-{fingerprint()}{variant and '-'}{variant}.npz"


def write(given: Compiled, path: Path) -> None:
    """Keep a compiled list. Raises OSError where there is no room or right to."""
    arrays: dict[str, NDArray[Any]] = {"list": _json(_head(given))}
    for group, one in given.pools.items():
        arrays |= {f"{group}/{name}": value for name, value in _arrays_of(one).items()}
        arrays[f"{group}/words"] = _json(
            {
                "tokens": [_plain_token(token) for token in one.words.tokens],
                "texts": list(one.texts),
                "plain": list(one.plain),
                "grams": list(one.grams.ids),
            }
        )
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, buffer.getvalue())


def read(path: Path) -> Compiled | None:
    """A list that was kept; None where there is none, or none that can be read: it is made anew."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            head = orjson.loads(kept["list"].tobytes())
            entries = [_entry(*row) for row in head["entries"]]
            problems = [Problem(*row) for row in head["problems"]]
            pools = {group: _pool(group, kept) for group in head["pools"]}
            return Compiled(Source(**head["source"]), entries, problems, pools, _by_identifier(entries))
    except Exception:  # damage to a ZIP raises half of the built-in errors; its checksums find what is left of it
        return None


def _json(content: Any) -> NDArray[np.uint8]:
    return np.frombuffer(orjson.dumps(content), np.uint8)


def _head(given: Compiled) -> dict[str, Any]:
    rows = [
        [one.id, one.type.value, one.names, one.countries, one.birth_dates, one.identifiers] for one in given.entries
    ]
    problems = [[one.row, one.field, str(one.message), one.cuts] for one in given.problems]
    return {"source": asdict(given.source), "entries": rows, "problems": problems, "pools": list(given.pools)}


def _entry(
    id_: str, type_: str, names: list[str], countries: list[str], births: list[str], numbers: list[str]
) -> Entry:
    return Entry(id_, Type(type_), tuple(names), tuple(countries), tuple(births), tuple(numbers))


def _arrays_of(one: Pool) -> dict[str, NDArray[Any]]:
    grams = one.grams
    values = (one.starts, one.words_of, one.entries, grams.starts, grams.postings, grams.shares)
    return dict(zip(_ARRAYS, values, strict=True))


def _plain_token(token: Token) -> list[Any]:
    return [token.text, list(token.sense) if token.sense else None]


def _pool(group: str, kept: Any) -> Pool:
    words = orjson.loads(kept[f"{group}/words"].tobytes())
    starts, words_of, entries, gram_starts, postings, shares = (kept[f"{group}/{name}"] for name in _ARRAYS)
    ids = {gram: at for at, gram in enumerate(words["grams"])}
    tokens = [token_from(text, sense) for text, sense in words["tokens"]]
    grams = Grams(ids, gram_starts, postings, shares, len(words["texts"]))
    return assembled(tokens, starts, words_of, entries, words["texts"], words["plain"], grams)
