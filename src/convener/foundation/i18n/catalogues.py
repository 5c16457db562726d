"""The catalogues of the interface: how far each is, what is wrong with one, and a hub's own beside those that ship.

A string that no person has reviewed carries the comment :data:`UNREVIEWED`. A hub's own catalogue stands under
``DATA_DIR/locale/`` and wins over the shipped one; it is plain text (PO), compiled when it is loaded. As anybody may fetch
it, it holds translations alone: all else in a translator's file, names and notes, is left behind (:func:`_adopt`).
"""

from __future__ import annotations

import functools
import gettext
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polib
import structlog
from django.conf import settings

from convener.errors import InvalidValue, Unreadable, sentence

log = structlog.get_logger()

UNREVIEWED = "Machine-made, to be reviewed"
SHIPPED = Path(__file__).resolve().parent / "locale"
MOST_BYTES = 5_000_000
MOST_TOLD = 20
MOST_NAMED = 5
#: What Python fills in, whole, so that a width or a precision cannot hide: %-conversions, a "%" that is none, and the
#: fields and braces of str.format. "% o" counts as a "%" alone: nobody means more by it, as in "60 % of them".
_FILLED = re.compile(
    r"%(?:\([^()]*\)|(?! ))[#0\- +]*+(?:\*|[0-9]++)?+(?:\.(?:\*|[0-9]*+))?+[hlL]?[diouxXeEfFgGcrsa%]|%"
    r"|\{[^{}]*\}|[{}]"
)
_TAG = re.compile(r"<[^>]*>?")  # an unclosed one opens all that follows
#: A line of a catalogue whose text does not end: polib would take it, without its last letter.
_UNCLOSED = re.compile(r'[ \t]*(?:msg[a-z_]+(?:\[\d+\])?[ \t]*)?"(?:[^"\\]|\\.)*\\?[ \t\r]*')
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
IN_ARABIC_LETTERS = frozenset({"ar"})
#: After a text these make it longer than any path: polib would open a file where the text is the path of one.
_NO_PATH = "\n" * 5_000
#: What tells a string from the others: context, singular, plural.
Key = tuple[str | None, str, str]


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


@dataclass(frozen=True)
class Loaded:
    """What loading did: how far the catalogue is, and the strings of the file (in English) that this version has not."""

    state: State
    unknown: Sequence[str]


def languages() -> list[str]:
    """The languages that have a catalogue: all of the hub's but English, in which the strings are written."""
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def path_of(language: str) -> Path:
    """The catalogue that wins: the hub's own where it has one, else the shipped."""
    own = own_path(language)
    return own if own.exists() else shipped_path(language)


def shipped_path(language: str) -> Path:
    """Where the catalogue stands that comes with this version."""
    return SHIPPED / language / "LC_MESSAGES" / "django.po"


def own_path(language: str) -> Path:
    """Where a hub's own catalogue of a language stands."""
    return Path(settings.DATA_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def in_use(language: str) -> polib.POFile:
    """What people are shown: the strings of this version, each as the hub's own catalogue has it where it does.

    Strings that came with an update since the hub's own was loaded are the shipped ones.
    """
    catalogue = _shipped(language)
    with suppress(OSError, Unreadable):  # none, or one that was damaged: a page with the shipped strings
        _adopt(catalogue, _read(own_path(language)))
    return catalogue


def _shipped(language: str) -> polib.POFile:
    return polib.pofile(str(shipped_path(language)), wrapwidth=0)


def _adopt(catalogue: polib.POFile, other: polib.POFile) -> None:
    """Give the strings of a shipped catalogue the translations of another, and whether each was reviewed; no more.

    Headers, comments, places and obsolete strings may name who worked with the file, and stay behind.
    """
    found = {_key(entry): entry for entry in other if not entry.obsolete}
    for entry in catalogue:
        if mine := found.get(_key(entry)):
            entry.msgstr = mine.msgstr
            entry.msgstr_plural = {form: mine.msgstr_plural.get(form, "") for form in entry.msgstr_plural}
            entry.tcomment = UNREVIEWED if UNREVIEWED in mine.tcomment else ""
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"] + ["fuzzy"] * mine.fuzzy


def lines_of(language: str) -> Sequence[Line]:
    """Every string of the interface in a language, in the order of the English."""
    path = path_of(language)
    return _lines(language, path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _lines(language: str, _path: Path, _changed: int) -> Sequence[Line]:
    found = []
    for entry in in_use(language):
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
    """What is wrong with a catalogue: strings without a translation, doubtful ones, and those that do not fit the English.

    One fits when it has the conversions, fields and tags of the English, each as often and to the letter; a form of a
    plural has none but those of either English form. It may have a straight quotation mark only where the English has.
    """
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
        differing = next(filter(None, (_differences(entry, form) for form in forms)), [])
        if differing:
            yield sentence(
                "“%(text)s”: what is filled in, or a tag, differs: %(marks)s.", text=name, marks=", ".join(differing)
            )


def _differences(entry: polib.POEntry, form: str) -> list[str]:
    """What a translation has and must not have, then what it lacks."""
    found, singular, plural = (Counter(_marks(text)) for text in (form, entry.msgid, entry.msgid_plural))
    strange = set(found - (singular | plural))
    missing = set() if entry.msgid_plural else set(singular - found) - {"%"}  # a language may have another sign for it
    if '"' in form and '"' not in entry.msgid + entry.msgid_plural:
        strange.add('"')  # it would end the attribute that the string may stand in
    return sorted(strange) + sorted(missing)


def _marks(text: str) -> list[str]:
    return [*_FILLED.findall(text), *_TAG.findall(text)]


def load(path: Path, language: str) -> Loaded:
    """Make the catalogue of a file the hub's own in ``language``; processes that start from now on speak it.

    It must have every string of the shipped one; strings that this version has not are left out, and so is all that is
    no translation. Raises Unreadable for a file that is no catalogue of this hub, or not all of one, InvalidValue for one
    in another language or with problems; then nothing changes.
    """
    if language not in languages():
        told = sentence("There is no language “%(code)s” on this hub.", code=language)
        raise InvalidValue("language", told, hint=sentence("It is one of: %(codes)s.", codes=", ".join(languages())))
    catalogue = _shipped(language)
    theirs, unknown = _read_known(path, catalogue)
    _require_language(theirs, language)
    _require_all(theirs, catalogue)
    _adopt(catalogue, theirs)
    _require_sound(catalogue)
    _keep(catalogue, own_path(language))
    return Loaded(state_of(language), unknown)


def mend() -> None:
    """See to it that Django can read each of the hub's own catalogues; to be called before it reads the first.

    A compiled one that cannot be read (cut off by a full disk, say) is compiled again from its text. Where that fails
    too, both are set aside as ``django.mo.broken`` and ``django.po.broken``, and the shipped one is used. Raises nothing:
    where not even that can be done, this process leaves all of the hub's own alone.
    """
    for language in languages():
        try:
            _mend(language)
        except Exception as error:  # whatever stands in the folder, the hub starts
            log.error("catalogues_ignored", kind=language, error_type=type(error).__name__)
            own = Path(settings.DATA_DIR) / "locale"
            settings.LOCALE_PATHS = [path for path in settings.LOCALE_PATHS if Path(path) != own]


def _mend(language: str) -> None:
    own = own_path(language)
    compiled = own.with_suffix(".mo")
    if not compiled.exists() or _can_be_read(compiled):
        return
    try:
        catalogue = _shipped(language)
        theirs, _unknown = _read_known(own, catalogue)
        _adopt(catalogue, theirs)
        held = {_key(entry) for entry in theirs}
        catalogue[:] = [entry for entry in catalogue if _key(entry) in held]  # a later update may better the others
        _require_sound(catalogue)
        _keep(catalogue, own)
        log.warning("catalogue_compiled_again", kind=language)
    except Exception as error:  # whatever the text is like: it is of no use
        if _can_be_read(compiled):  # another process that starts was faster
            return
        for path in (compiled, own):
            with suppress(FileNotFoundError):
                path.replace(path.with_name(f"{path.name}.broken"))
        log.error("catalogue_set_aside", kind=language, error_type=type(error).__name__)


def _can_be_read(compiled: Path) -> bool:
    try:
        with compiled.open("rb") as file:
            gettext.GNUTranslations(file)
    except Exception:  # what it raises depends on where the file is cut off
        return False
    return True


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _read_known(path: Path, shipped: polib.POFile) -> tuple[polib.POFile, list[str]]:
    """The strings of a file that the shipped catalogue has, and the others in English; Unreadable where it has none."""
    known = {_key(entry) for entry in shipped}
    catalogue = _read(path)
    current = [entry for entry in catalogue if not entry.obsolete]
    catalogue[:] = [entry for entry in current if _key(entry) in known]
    if not catalogue:
        raise Unreadable(
            sentence("No string of this hub is in the file."),
            hint=sentence("Start from the file that the page for translators gives."),
        )
    return catalogue, [entry.msgid for entry in current if _key(entry) not in known]


def _require_language(catalogue: polib.POFile, language: str) -> None:
    """Refuse a catalogue that says it is in another language, or that is written in the letters of another."""
    stated = catalogue.metadata.get("Language", "").strip()
    hint = sentence("Check which file it is: --language must be the language of the file.")
    if stated and re.split("[-_@.]", stated)[0].lower() != language:
        told = sentence(
            "The file says that its language is “%(stated)s”, not “%(language)s”.", stated=stated, language=language
        )
        raise InvalidValue("language", told, hint=hint)
    texts = ["".join([entry.msgstr, *entry.msgstr_plural.values()]) for entry in catalogue]
    translated = [text for text in texts if text.strip()]
    strange = sum(bool(_ARABIC.search(text)) != (language in IN_ARABIC_LETTERS) for text in translated)
    if strange * 2 > len(translated):
        told = sentence(
            "%(count)s of %(total)s translations of the file are not in the letters of “%(language)s”.",
            count=strange,
            total=len(translated),
            language=language,
        )
        raise InvalidValue("language", told, hint=hint)


def _require_all(catalogue: polib.POFile, shipped: polib.POFile) -> None:
    held = {_key(entry) for entry in catalogue}
    missing = [entry.msgid for entry in shipped if _key(entry) not in held]
    if missing:
        told = sentence(
            "%(count)s of the %(total)s strings of this hub are missing from the file, among them %(names)s.",
            count=len(missing),
            total=len(shipped),
            names=named(missing),
        )
        hint = sentence(
            "The file may be cut off, or of an earlier version: start from the file that the page for translators gives."
        )
        raise Unreadable(told, hint=hint)


def named(strings: Sequence[str]) -> str:
    """The first of these strings as a message names them."""
    return ", ".join(f"“{' '.join(text.split())[:60]}”" for text in strings[:MOST_NAMED])


def _require_sound(catalogue: polib.POFile) -> None:
    found = list(problems(catalogue))
    if found:
        told = sentence(
            "%(count)s strings are wrong: %(problems)s", count=len(found), problems=" ".join(found[:MOST_TOLD])
        )
        raise InvalidValue("catalogue", told, hint=sentence("Correct them in the file and load it again."))


def _read(path: Path) -> polib.POFile:
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(sentence("The file is too large for a catalogue."), hint=sentence("Check which file it is."))
    try:
        text = path.read_text(encoding="utf-8")
        catalogue = polib.pofile(text + _NO_PATH, encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise _no_catalogue(str(error).split("\n")[0]) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if _UNCLOSED.fullmatch(line):
            raise _no_catalogue(
                sentence("Line %(line)s has no closing quotation mark, as in a file that was cut off.", line=number)
            )
    return catalogue


def _no_catalogue(reason: str) -> Unreadable:
    told = sentence("This file is no catalogue (PO): %(reason)s", reason=reason)
    return Unreadable(told, hint=sentence("Start from the file that the page for translators gives."))


def _keep(catalogue: polib.POFile, target: Path) -> None:
    """Write the text and its compiled form, both whole and readable, or neither."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Processes that start at the same time may mend the same catalogue.
    parts = {ending: target.with_suffix(f".{ending}.{os.getpid()}.part") for ending in ("po", "mo")}
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
