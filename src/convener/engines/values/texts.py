"""Texts that people wrote: cleaned of what cannot be seen, and refused where they are markup."""

from __future__ import annotations

import re
import unicodedata

from convener.engines.tables import Cell
from convener.engines.values.folding import MOST_MARKS, with_few_marks
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, sentence

# What starts a tag, a comment or a declaration (WHATWG HTML, 13.2.5.6, tag open state); "a < b" does not.
_MARKUP = re.compile(r"<[a-zA-Z/!?][^<>\s]{0,30}>?")
# Bidirectional controls and invisible format characters (Unicode Technical Report 36, 2.5 and 3.5), and unpaired
# surrogates, which no database stores.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# The joiners change how words of the scripts from Arabic to Myanmar are written; elsewhere they only hide differences.
_JOINER = re.compile("(?<![\u0600-\u109f])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u109f])")
_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def read_text(field: str, cell: Cell, *, max_chars: int, multiline: bool = False) -> Read[str]:
    """Read a text: NFC, nothing invisible, single blanks, trimmed; "" where the cell is blank.

    Line breaks become blanks unless ``multiline``, where at most one empty line stays between two lines. Numbers become
    text as a spreadsheet shows them (4471.0 is "4471"). Raises InvalidValue for HTML or script markup, for a list, for
    heaps of accents, and for more than ``max_chars`` characters.
    """
    text = cell if type(cell) is str else plain_text(field, cell)
    if not (text.isascii() and text.isprintable() and "  " not in text):
        text = _clean(field, text, multiline)
    text = text.strip()
    if "<" in text and (markup := _MARKUP.search(text)):
        raise InvalidValue(
            field,
            sentence("The text has markup in it: %(markup)s.", markup=shown(markup.group())),
            hint=sentence("Write plain text, without HTML or script tags."),
        )
    if len(text) > max_chars:
        told = sentence("The text has %(count)s characters; %(most)s are the most.", count=len(text), most=max_chars)
        raise InvalidValue(field, told, hint=sentence("Shorten it."))
    return Read(text)


def _clean(field: str, text: str, multiline: bool) -> str:
    text = _LINE_END.sub("\n", text)
    text = _JOINER.sub("", _INVISIBLE.sub("", _CONTROL.sub("", text)))
    if len(with_few_marks(text)) < len(text):
        told = sentence("The text has more than %(most)s accents on one letter.", most=MOST_MARKS)
        raise InvalidValue(field, told, hint=sentence("Write it without them."))
    text = unicodedata.normalize("NFC", text)
    if not multiline:
        return _BLANKS.sub(" ", text.replace("\n", " "))
    lines = "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", lines)
