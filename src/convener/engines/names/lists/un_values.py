"""How the United Nations write names, dates and numbers into fields that were made for one plain value."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENUMERATED = re.compile(r"\s[a-z]\)\s")  # "A; B b) C; D"
_PARTS = re.compile(r"[;()]")
_IN_TWO_SCRIPTS = re.compile(r"([^()]+)\((.+)\)[\s,]*")
_REMARK = re.compile(
    r"\s-\ssub-unit name(?=\))|"
    r"\s*\((?:birth name|combat name|third|original script|(?:previously|formerly) listed as|false identity[^()]*)\)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"original script:?\s*|in arabic:\s*", re.IGNORECASE)
_NAME_IN_NOTE = re.compile(r"(?:original script|in arabic):\s*([^;.\n]+)", re.IGNORECASE)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")

_BRACKETS = re.compile(r"\([^()]*\)")
# Words are the kind and the country of a document ("Russian passport number 8208 No. 555627"); shorter ones are part of
# the number, and so is what has a digit.
_WORD = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]{3,}[.:]*|n[o°º]\.?:?", re.IGNORECASE)
_NUMERO = re.compile(r"n[o°º][.:]?(?=\d)", re.IGNORECASE)
_TWO_OF_ONE = re.compile(r"(.{4,}) and (\1 .+)", re.IGNORECASE)


def written_names(text: str) -> list[str]:
    """Return the names that one value holds.

    Several are joined with semicolons, or one stands in two scripts: "A; B", "A (الف; B; C)", "A (original script: А)".
    Brackets with anything else in them stay, as the list writes them. "A and A B" is also A, and A B: a bank and its branch
    stand in one entry.
    """
    names: list[str] = []
    for piece in _outside_brackets(_ENUMERATED.sub("; ", _REMARK.sub("", text))):
        match = _IN_TWO_SCRIPTS.fullmatch(piece)
        if ";" in piece:
            names += _PARTS.split(piece)
        elif match and _differ(match[1], match[2]):
            names += match.groups()
        else:
            names.append(piece)
            if both := _TWO_OF_ONE.fullmatch(piece):
                names += both.groups()
    return [name for part in names if (name := _SCRIPT.sub("", part).strip(" ,").lstrip(" )"))]


def names_in_note(text: str) -> list[str]:
    """Return the names that a note on an alias gives: "original script: Абу Банат"."""
    return [name.strip() for name in _NAME_IN_NOTE.findall(text)]


def birth_dates(group: dict[str, str]) -> Iterator[str]:
    """Yield the dates of one date of birth as texts for ``values.read_dates``: its day, its years, or its note."""
    about = "circa " if group.get("TYPE_OF_DATE", "").upper() == "APPROXIMATELY" else ""
    first, last = group.get("FROM_YEAR", ""), group.get("TO_YEAR", "")
    if date := group.get("DATE") or group.get("YEAR"):
        yield about + date
    elif first and last:
        yield f"{first} to {last}"
    else:
        yield first or last or group.get("NOTE", "")


def document_numbers(text: str) -> Iterator[str]:
    """Yield the numbers of a value that may say in words what they are: "Diplomatic Passport: Z30321794 (expired)"."""
    for part in text.split(";"):
        number = _BRACKETS.sub(" ", part).split(",")[0]
        words = [_NUMERO.sub("", word) for word in number.split() if not _WORD.fullmatch(word)]
        if any(letter.isdigit() for word in words for letter in word):
            yield "".join(words)


def _outside_brackets(text: str) -> Iterator[str]:
    """Split at the semicolons outside brackets; by hand, since a pattern costs the square of a value's length."""
    start = depth = 0
    for position, sign in enumerate(text):
        if sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif sign == ";" and depth == 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def _differ(outside: str, inside: str) -> bool:
    """Say whether one of two texts is in Latin letters and the other in others."""
    if not _LETTER.search(outside) or not _LETTER.search(_SCRIPT.sub("", inside)):
        return False
    return bool(_LATIN.search(outside)) != bool(_LATIN.search(_SCRIPT.sub("", inside)))
