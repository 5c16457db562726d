"""The catalogues of the interface: how far each is, what is wrong with one, and a hub's own beside those that ship.

A string that no person has reviewed carries the comment :data:`UNREVIEWED`. A hub's own catalogue stands under
``DATA_DIR/locale/`` and wins over the shipped one; it is plain text (PO), compiled when it is loaded.
"""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings

from convener.errors import InvalidValue, Unreadable, sentence

UNREVIEWED = "Machine-made, to be reviewed"
SHIPPED = Path(__file__).resolve().parent / "locale"
MOST_BYTES = 5_000_000
MOST_TOLD = 20
_PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[sdif]|\{\w*\}")
_NAMED = re.compile(r"%\((\w+)\)")
_TAG = re.compile(r"<[^>]*>?")  # an unclosed one opens all that follows
#: Headers by which a program of translators says who worked with it: nobody else's business, as the file can be fetched.
_PERSONAL = ("Last-Translator", "Language-Team", "Report-Msgid-Bugs-To", "X-Poedit-Basepath")


@dataclass(frozen=True)
class Line:
    """A string of the interface: in English, in the other language, and whether somebody reviewed it."""

    english: str
    translated: str
    reviewed: bool


@dataclass(frozen=True)
class State:
    """How far a catalogue is: of ``total`` strings so many are translated, and so many of those wait for a review."""

    language: str
    total: int
    translated: int
    unreviewed: int

    @property
    def reviewed(self) -> int:
        """Translated and looked at by a person."""
        return self.translated - self.unreviewed


def languages() -> list[str]:
    """The languages that have a catalogue: all of the hub's but English, in which the strings are written."""
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def path_of(language: str) -> Path:
    """The catalogue that the hub reads: its own where it has one, else the shipped."""
    own = own_path(language)
    return own if own.exists() else SHIPPED / language / "LC_MESSAGES" / "django.po"


def own_path(language: str) -> Path:
    """Where a hub's own catalogue of a language stands."""
    return Path(settings.DATA_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def lines_of(language: str) -> Sequence[Line]:
    """Every string of the interface in a language, in the order of the English."""
    path = path_of(language)
    return _lines(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _lines(path: Path, _changed: int) -> Sequence[Line]:
    found = []
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            continue
        translated = entry.msgstr or (
            entry.msgstr_plural.get(max(entry.msgstr_plural), "") if entry.msgid_plural else ""
        )
        reviewed = UNREVIEWED not in (entry.tcomment or "") and not entry.fuzzy
        found.append(Line(entry.msgid_plural or entry.msgid, translated, bool(translated) and reviewed))
    return found


def state_of(language: str) -> State:
    """How far the catalogue of a language is."""
    lines = lines_of(language)
    translated = [line for line in lines if line.translated]
    return State(language, len(lines), len(translated), sum(not line.reviewed for line in translated))


def problems(catalogue: polib.POFile) -> Iterator[str]:
    """What is wrong with a catalogue: strings without a translation, doubtful ones, placeholders or tags that differ."""
    for entry in catalogue:
        if entry.obsolete:
            continue
        forms = [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] or [entry.msgstr]
        name = entry.msgid[:60]
        if not all(form.strip() for form in forms):
            yield sentence("“%(text)s” has no translation.", text=name)
            continue
        if entry.fuzzy:
            yield sentence("“%(text)s” is marked as doubtful (fuzzy).", text=name)
        english = {*_marks(entry.msgid), *_marks(entry.msgid_plural)}
        for form in forms:
            strange = sorted(set(_marks(form)) - english)
            missing = sorted(set(_marks(entry.msgid)) - set(_marks(form))) if not entry.msgid_plural else []
            if strange or missing or not _can_be_filled(entry.msgid, form):
                yield sentence(
                    "“%(text)s”: what is filled in, or a tag, differs: %(marks)s.",
                    text=name,
                    marks=", ".join(strange + missing),
                )
                break


def _can_be_filled(english: str, form: str) -> bool:
    """Whether filling a translation in works as it does with the English."""
    names = _NAMED.findall(english)
    if not names:
        return True
    try:
        return bool(form % dict.fromkeys(names, 1))
    except (KeyError, TypeError, ValueError):
        return False


def _marks(text: str) -> list[str]:
    return [*_PLACEHOLDER.findall(text), *_TAG.findall(text)]


def load(path: Path, language: str) -> State:
    """Make the catalogue of a file the hub's own in ``language``; processes that start from now on speak it.

    Raises Unreadable for a file that is no catalogue of this hub, InvalidValue for one with problems; then nothing changes.
    """
    if language not in languages():
        told = sentence("There is no language “%(code)s” on this hub.", code=language)
        raise InvalidValue("language", told, hint=sentence("It is one of: %(codes)s.", codes=", ".join(languages())))
    shipped = polib.pofile(str(SHIPPED / language / "LC_MESSAGES" / "django.po"))
    catalogue = _read(path)
    known = {(entry.msgctxt, entry.msgid) for entry in shipped}
    if not any((entry.msgctxt, entry.msgid) in known for entry in catalogue if not entry.obsolete):
        raise Unreadable(
            sentence("No string of this hub is in the file."),
            hint=sentence("Start from the file that the page for translators gives."),
        )
    found = list(problems(catalogue))
    if found:
        told = sentence(
            "%(count)s strings are wrong: %(problems)s", count=len(found), problems=" ".join(found[:MOST_TOLD])
        )
        raise InvalidValue("catalogue", told, hint=sentence("Correct them in the file and load it again."))
    catalogue.metadata = {name: text for name, text in catalogue.metadata.items() if name not in _PERSONAL}
    catalogue.metadata |= {name: shipped.metadata[name] for name in ("Content-Type", "Plural-Forms", "Language")}
    catalogue.encoding = "utf-8"
    _keep(catalogue, own_path(language))
    return state_of(language)


def _read(path: Path) -> polib.POFile:
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(sentence("The file is too large for a catalogue."), hint=sentence("Check which file it is."))
    try:
        return polib.pofile(path.read_text(encoding="utf-8"), encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError, LookupError) as error:
        told = sentence("This file is no catalogue (PO): %(reason)s", reason=str(error).split("\n")[0])
        raise Unreadable(told, hint=sentence("Start from the file that the page for translators gives.")) from None


def _keep(catalogue: polib.POFile, target: Path) -> None:
    """Write the text and its compiled form, both whole and readable, or neither."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    parts = {ending: target.with_suffix(f".{ending}.part") for ending in ("po", "mo")}
    try:
        catalogue.save(str(parts["po"]), newline="\n")
        catalogue.save_as_mofile(str(parts["mo"]))
        with parts["mo"].open("rb") as compiled:
            gettext.GNUTranslations(compiled)
        for ending, part in parts.items():
            part.replace(target.with_suffix(f".{ending}"))
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
