"""The one error tree of Convener.

    ConvenerError            anything a person can be told about; never a stack trace
    ├─ Refused               understood, and not done: a rule says no            (exit 1, HTTP 409)
    │  ├─ NotAllowed         this actor may not do this                          (exit 1, HTTP 403)
    │  ├─ NotFound           no such record, or none this actor may know of      (exit 1, HTTP 404)
    │  ├─ Busy               somebody else is at it; the same works later         (exit 1, HTTP 409)
    │  └─ UnsafeSettings     the hub would run unsafely as configured            (exit 1)
    └─ Unreadable            the input cannot be read as what it should be       (exit 2, HTTP 400)
       └─ InvalidValue       one value is wrong; names the field                 (exit 2, HTTP 422)

Every error says what was wrong and, in ``hint``, what to do about it. Both are plain text that is safe to show.
"""

from __future__ import annotations


class ConvenerError(Exception):
    """Something a person can be told about: ``message`` says what was wrong, ``hint`` what to do."""

    exit_code = 1
    http_status = 400

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

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
