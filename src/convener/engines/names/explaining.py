"""A comparison as plain data that a person can read: what was compared, and what each part gave or took."""

from __future__ import annotations

from typing import Any

from convener.engines.names.analysis import Name
from convener.engines.names.scoring import Comparison, Part

#: What to say of a part, by its kind and how it agrees; the words stand beside.
_PAIRS = {
    "same": "the same word",
    "variant": "spellings of one name",
    "meaning": "the same meaning, in another language or abbreviated",
    "counterpart": "the like of it elsewhere",
    "kin": "a short form, or the same name in another language",
    "sound": "sounds alike",
    "spelling": "spelt alike",
    "consonants": "the same consonants",
    "cut": "one is the beginning of the other",
    "joined": "run together, or split",
    "acronym": "the first letters",
    "initial": "the first letter",
}
_OTHERS = {
    ("identifier", "same"): "the same identifier",
    ("country", "same"): "the same country",
    ("country", "other"): "other countries",
    ("birth_date", "same"): "the same date of birth, as far as it is known",
    ("birth_date", "turned"): "day and month exchanged",
    ("birth_date", "other_day"): "the same year of birth, another day",
    ("birth_date", "near"): "born a year apart",
    ("birth_date", "other"): "another date of birth",
    ("order", "order"): "in another order",
    ("order", "turned"): "father and child exchanged",
}
_MISSING = {
    "word": "in one name alone",
    "generic": "a word of trade, in one name alone",
    "form": "a legal form, in one name alone",
    "number": "a number, in one name alone",
    "little": "a little word, in one name alone",
    "initial": "an initial, in one name alone",
}


def explained(ours: Name, theirs: Name, comparison: Comparison) -> dict[str, Any]:
    """The reasons as plain data: ``query`` and ``entry`` with their normal forms, and ``parts``, which sum to ``score``.

    A part has ``kind`` (word, generic, form, number, little, initial, acronym, missing, order, country, birth_date,
    identifier), what of the ``query`` and of the ``entry`` it is about ("" where there is nothing), ``how`` the two agree,
    what it ``gives`` (negative: takes) and, in English, what that ``says``.
    """
    parts = [
        {
            "kind": part.kind,
            "query": part.ours,
            "entry": part.theirs,
            "how": part.how,
            "gives": gives,
            "says": says(part),
        }
        for part, gives in zip(comparison.parts, comparison.gives(), strict=True)
    ]
    return {
        "query": {"name": ours.text, "normal": ours.plain},
        "entry": {"name": theirs.text, "normal": theirs.plain},
        "parts": parts,
        "score": comparison.score,
    }


def says(part: Part) -> str:
    """One part in English words."""
    if part.kind == "missing":
        return _MISSING[part.how]
    return _OTHERS.get((part.kind, part.how)) or _PAIRS[part.how]
