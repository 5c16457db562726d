"""Why two entries may be of one organisation, in words: what linkage gives as kind and manner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from convener.foundation.ui import names
from convener.foundation.ui.components import Text

KINDS: Mapping[str, Text] = {
    **names.KINDS,
    "number": _("Number"),
    "name": _("Name"),
    "site": _("Website"),
    "address": _("Address"),
    "distance": _("Place"),
    "far": _("Place"),
    "prior": _("To begin with"),
    "rule": _("Rule"),
}
_HOW: Mapping[tuple[str, str], Text] = {
    ("number", "same"): _("the same number"),
    ("number", "near"): _("a number that differs by one sign"),
    ("number", "other"): _("another number"),
    ("site", "same"): _("the same website"),
    ("site", "repeats"): _("says the same as the name"),
    ("site", "label"): _("the same website under another ending"),
    ("site", "alike"): _("websites that look alike"),
    ("site", "other"): _("another website"),
    ("address", "number"): _("the same number in the address"),
    ("address", "word"): _("the same words in the address"),
    ("address", "other number"): _("another number in the address"),
    ("address", "more number"): _("a number in one address alone"),
    ("address", "other word"): _("other words in the address"),
    ("address", "nothing"): _("addresses with nothing in common"),
    ("distance", "1"): _("up to 1 km apart"),
    ("distance", "3"): _("up to 3 km apart"),
    ("distance", "10"): _("up to 10 km apart"),
    ("distance", "30"): _("up to 30 km apart"),
    ("distance", "near"): _("in the same town"),
    ("distance", "far"): _("far apart"),
    ("country", "same"): names.SAME_COUNTRY,
    ("country", "other"): names.OTHER_COUNTRIES,
    ("rule", "doubt"): _("too little besides to be sure without a look"),
}
_OF_KIND: Mapping[str, Text] = {
    "missing": names.IN_ONE_ALONE,
    "far": _("far apart"),
    "prior": _("any two entries are rarely one"),
    "rule": _("what no likeness outweighs"),
    "name": _("all words together"),
}


@dataclass(frozen=True)
class Reason:
    """One row: what it is about, on both sides, how they agree, and its share of the score, in hundredths."""

    part: Text
    one: str
    other: str
    how: Text
    gives: str


def of(parts: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """The reasons of a pair, those that count most first; what counts for nothing is left out."""
    told = [_reason(part) for part in sorted(parts, key=lambda part: -abs(part["gives"]))]
    return [one for one in told if one.gives.strip("+-−0.,")]


def _reason(part: Mapping[str, Any]) -> Reason:
    kind, how = part["kind"], part["how"]
    # Engines say in `how` what a part is of which one name has nothing.
    title = KINDS.get(how if kind == "missing" else kind, kind)
    words = _HOW.get((kind, how)) or _OF_KIND.get(kind) or names.MANNERS.get(how, how)
    gives = formats.number_format(round(part["gives"] * 100, 1), decimal_pos=1)
    return Reason(title, part["ours"], part["theirs"], words, gives)
