"""Errors as the API says them, in one shape: ``{"error": {"message", "hint", "field"?, "errors"?}}``.

The subclasses here are the refusals that only a door on HTTP can make:

    Refused ─ NotRecognised (401), Gone (410), TooMany (429)
    Unreadable ─ WrongType (415), TooLarge (413)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from convener.errors import ConvenerError, NotFound, Refused, Unreadable
from convener.foundation.api.models import ApiModel


class NotRecognised(Refused):
    """No token where one is needed, or one that means nobody."""

    http_status = 401


class Gone(Refused):
    """The record was here and was deleted."""

    http_status = 410


class TooMany(Refused):
    """More requests than the limit; the headers say when to come again."""

    http_status = 429


class TooLarge(Unreadable):
    """The body is larger than this hub reads."""

    http_status = 413


class WrongType(Unreadable):
    """The body is of a kind that this address does not read."""

    http_status = 415


class InvalidValues(Unreadable):
    """Several values are wrong: ``problems`` are pairs of field and message."""

    http_status = 422

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            problems[0][1], hint=_("Put right every field that “errors” names, and send the request again.")
        )
        self.problems = list(problems)


class FieldProblem(ApiModel):
    """What is wrong with one field."""

    field: str = Field(description="Name of the parameter or field; empty where it is the whole.")
    message: str = Field(description="What is wrong, in a sentence.")


class Problem(ApiModel):
    """What was wrong and what to do."""

    message: str = Field(description="What was wrong, in a sentence that may be shown to people.")
    hint: str = Field(description="What to do about it; may be empty.")
    field: str | None = Field(None, description="The parameter or field that is wrong, where it is one.")
    errors: list[FieldProblem] | None = Field(None, description="Everything that is wrong, where values were checked.")


class ErrorAnswer(ApiModel):
    """Every answer with a status of 400 and more."""

    error: Problem = Field(description="The error.")


def answer_for(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse | None:
    """The answer to an error that the client can do something about; None for one that is ours."""
    told = _as_told(error)
    if told is None:
        return None
    problem: dict[str, Any] = {"message": told.message, "hint": told.hint}
    problems = getattr(told, "problems", None)
    if problems is not None:
        problem["field"] = problems[0][0]
        problem["errors"] = [{"field": name, "message": message} for name, message in problems]
    elif getattr(told, "field", None):
        problem["field"] = told.field  # type: ignore[attr-defined]
    response = JsonResponse({"error": problem}, status=told.http_status, json_dumps_params={"ensure_ascii": False})
    if told.http_status == NotRecognised.http_status:
        response["WWW-Authenticate"] = 'Bearer realm="convener"'
    return response


def server_error() -> HttpResponse:
    """The answer to an error of ours: what went wrong is in the log, under the request's number."""
    told = {"message": _("Something went wrong here."), "hint": _("It is not your doing. Try again in a minute.")}
    return JsonResponse({"error": told}, status=500)


def method_not_allowed(allowed: str) -> HttpResponse:
    """The answer to a method that an address does not know; ``allowed`` is the Allow header."""
    told = {
        "message": _("This address does not take that method."),
        "hint": _("It takes: %(methods)s.") % {"methods": allowed},
    }
    return JsonResponse({"error": told}, status=405, headers={"Allow": allowed})


def _as_told(error: Exception | type[Exception]) -> ConvenerError | None:
    """The error of our tree that says the same."""
    if isinstance(error, ConvenerError):
        return error
    if isinstance(error, ValidationError):
        return InvalidValues([_field_problem(one) for one in error.errors])
    if isinstance(error, Http404):
        hint = _("All addresses are in /api/v1/openapi.json; none ends with a slash.")
        return NotFound(_("There is nothing at this address."), hint=hint)
    if isinstance(error, RequestDataTooBig):
        return TooLarge(_("The body is too large."), hint=_("Send lists as imports."))
    if isinstance(error, HttpError | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return Unreadable(_("The request cannot be read."), hint=_("Check that the body is complete and well formed."))
    return None


def _field_problem(raw: dict[str, Any]) -> tuple[str, str]:
    """Field and message of one error of pydantic; its location begins with the source and our name of the body."""
    path = [str(part) for part in raw.get("loc", ()) if not isinstance(part, int)]
    name = path[-1] if len(path) > 1 and path[0] != "body" else ".".join(path[2:])
    return name, str(raw.get("msg", _("This value is not right.")))
