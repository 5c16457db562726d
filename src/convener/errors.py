"""The one error tree of Convener.

    ConvenerError            anything a person can be told about; never a stack trace
    ├─ Refused               understood, and not done: a rule says no            (exit 1, HTTP 409)
    │  ├─ NotAllowed         this actor may not do this                          (exit 1, HTTP 403)
    │  ├─ NotFound           no such record, or none this actor may know of      (exit 1, HTTP 404)
    │  ├─ Busy               somebody else is at it; the same works later         (exit 1, HTTP 409)
    │  ├─ NotReady           what this needs is being made                        (exit 1, HTTP 503)
    │  └─ UnsafeSettings     the hub would run unsafely as configured            (exit 1)
    └─ Unreadable            the input cannot be read as what it should be       (exit 2, HTTP 400)
       └─ InvalidValue       one value is wrong; names the field                 (exit 2, HTTP 422)

Every error says what was wrong and, in ``hint``, what to do about it. Both are plain text that is safe to show.

The engines know no languages, and what they say may be read years later by somebody else. So they make a
:func:`sentence`, which remembers the template that it was made from; :func:`stored` is how it is kept, and
:func:`spoken` says it in the language of whoever reads it now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

#: Sentences as JSON: ``[[template, {name: text | number | sentences}], ...]``.
Stored = Sequence[Sequence[Any]]

#: The most characters that a message quotes of what stands in a file.
QUOTED = 500


class Sentence(str):
    """One sentence or more in English; ``parts`` are the templates and what stands in them."""

    parts: Stored = ()


def sentence(template: str, **values: str | int) -> Sentence:
    """``template % values`` in English, ready for other languages: the catalogues hold the template.

    Integers are written as the language groups their digits. Values may be sentences. Of other texts no more than
    ``QUOTED`` characters are kept, without what no database stores and no screen shows.
    """
    texts: dict[str, str] = {}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, int):
            texts[name], kept[name] = f"{value:,}", value
        elif isinstance(value, Sentence):
            texts[name], kept[name] = value, value.parts
        else:
            texts[name] = kept[name] = _printable(value[:QUOTED])
    told = Sentence(template % texts if texts else template)
    told.parts = [[template, kept]]
    return told


def joined(*texts: str) -> Sentence:
    """Sentences, one after the other; empty ones are left out."""
    told = Sentence(" ".join(text for text in texts if text))
    told.parts = [part for text in texts for part in stored(text)]
    return told


def stored(text: str) -> Stored:
    """A message as it is kept: of a plain text, the text."""
    if isinstance(text, Sentence):
        return text.parts
    return [[_printable(text), {}]] if text else []


def spoken(told: str | Stored) -> str:
    """A message, or one that was stored, in the language of whoever reads it now; a plain text stays what it is."""
    if isinstance(told, Sentence):
        told = told.parts
    if not isinstance(told, list | tuple):
        return str(told)
    return " ".join(_in_language(template, values) for template, values in told)


def speak_by(translate: Callable[[str], str], number: Callable[[int], str]) -> None:
    """From now on say sentences by ``translate`` (template → template) and ``number``; until then it is English."""
    _language.update(translate=translate, number=number)


_language: dict[str, Callable[[Any], str]] = {"translate": str, "number": "{:,}".format}


def _in_language(template: str, values: dict[str, Any]) -> str:
    translated = _language["translate"](template)
    if not values:
        return translated
    number = _language["number"]
    return translated % {
        name: number(value) if isinstance(value, int) else spoken(value) for name, value in values.items()
    }


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


class ConvenerError(Exception):
    """Something a person can be told about: ``message`` says what was wrong, ``hint`` what to do.

    Both are said in the language of whoever asks (:func:`spoken`); ``sentence`` is the two for keeping.
    """

    exit_code = 1
    http_status = 400

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self._message = message
        self._hint = hint

    @property
    def message(self) -> str:
        """What was wrong."""
        return spoken(self._message)

    @property
    def hint(self) -> str:
        """What to do about it; may be empty."""
        return spoken(self._hint)

    @property
    def sentence(self) -> Sentence:
        """What was wrong and what to do, to be stored and read later."""
        return joined(self._message, self._hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Refused(ConvenerError):
    """Understood, and not done because a rule says no."""

    http_status = 409


class NotAllowed(Refused):
    """The actor may not do this."""

    http_status = 403


class NotFound(Refused):
    """No such record, or none that the actor may know of: the two are not told apart."""

    http_status = 404


class Busy(Refused):
    """Somebody else is at it: the same will work later, so a background job tries again."""


class NotReady(Refused):
    """What this needs is being made: the same will work in a moment."""

    http_status = 503


class UnsafeSettings(Refused):
    """The hub would run unsafely as configured; ``reasons`` lists every ground, one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("The settings are not safe.", hint="Set what is named and run again.")
        self.reasons = reasons


class Unreadable(ConvenerError):
    """The input cannot be read as what it should be; nothing was written."""

    exit_code = 2


class InvalidValue(Unreadable):
    """One value is wrong. ``field`` names it as the person knows it."""

    http_status = 422

    def __init__(self, field: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field
