"""The description of the API, completed with what holds for every operation: token, limits, errors."""

from __future__ import annotations

from typing import Any

from convener.foundation.api.problems import ErrorAnswer

_METHODS = ("get", "post", "patch", "put", "delete")
_REF = "#/components/schemas/{model}"
#: What any operation may answer besides its own: how, and when.
COMMON = {
    "400": "The request cannot be read.",
    "401": "The token is not valid, or one is needed.",
    "422": "A value is wrong: the error names each field.",
    "429": "Too many requests in a minute: come again after Retry-After.",
    "500": "Something went wrong on the hub.",
}
_WHEN = {
    "200": "The answer.",
    "201": "It was made; Location has its address.",
    "202": "It goes on in the background; Location has its address.",
    "308": "It was merged into another one; Location has its address.",
    "403": "The token or its owner may not do this.",
    "404": "There is no such record, or none that you may know of.",
    "409": "A rule of the hub says no.",
    "410": "The record was deleted.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not read here.",
}
_LIMITS = {
    "RateLimit-Limit": "Requests allowed in a minute.",
    "RateLimit-Remaining": "Requests left in this minute.",
    "RateLimit-Reset": "Seconds until the minute is over.",
}
_RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """Add to ninja's description what every operation shares, so that each status that can come is declared."""
    parts = schema["components"]
    error = ErrorAnswer.model_json_schema(ref_template=_REF)
    parts["schemas"].update(error.pop("$defs"))
    parts["schemas"]["ErrorAnswer"] = error
    parts["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A token made on an account's page: cvn_…"}
    }
    parts["headers"] = {
        name: {"description": text, "schema": {"type": "integer", "minimum": 0}} for name, text in _LIMITS.items()
    }
    for path in schema["paths"].values():
        for method in _METHODS:
            if method in path:
                _complete(path[method])
    return schema


def _complete(operation: dict[str, Any]) -> None:
    operation.setdefault("security", [{}, {"bearer": []}])
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for status, text in COMMON.items():
        answers.setdefault(status, _error(text))
    for status, answer in answers.items():
        answer["description"] = COMMON.get(status) or _WHEN.get(status, answer["description"])
        answer.setdefault("headers", {}).update({name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS})
    answers["429"]["headers"]["Retry-After"] = _RETRY
    operation["responses"] = dict(sorted(answers.items()))


def _error(text: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
    return {"description": text, "content": content}
