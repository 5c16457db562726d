"""A name made ready for comparisons: what is looked at for every one of them is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from convener.engines.names.analysis import Name, Token
from convener.engines.names.vocabulary import Kind

Weigh = Callable[[Token], float]
_IGNORED = (Kind.SMALL, Kind.TITLE)
_CHILD = frozenset(
    {"bin", "ibn", "ben", "bn", "bint", "binti", "binte", "ould", "wuld", "walad", "بن", "ابن", "بنت", "ولد"}
)


class Side(NamedTuple):
    """One of the two names of a comparison.

    ``tokens`` are the words that count (all, where none does), ``latins`` their spellings, ``bits`` what each tells;
    ``child`` is the place of the "bin" or its like between two names (0: there is none).
    """

    name: Name
    tokens: tuple[Token, ...]
    latins: tuple[str, ...]
    bits: tuple[float, ...]
    child: int


def side(name: Name, weigh: Weigh) -> Side:
    """A name, whose words tell as much as ``weigh`` says, as one side of comparisons."""
    tokens = tuple([token for token in name.tokens if token.kind not in _IGNORED]) or name.tokens
    child = next((at for at in range(1, len(tokens) - 1) if tokens[at].text in _CHILD), 0)
    return Side(
        name, tokens, tuple([token.latin for token in tokens]), tuple([weigh(token) for token in tokens]), child
    )
