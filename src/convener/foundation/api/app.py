"""The API as one object: routers of the rooms behind the door, errors in one shape, and a description of all of it."""

from __future__ import annotations

import copy
from importlib.metadata import version
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI

from convener.foundation.api import describing
from convener.foundation.api.door import through_door, unknown_address
from convener.foundation.api.problems import answer_for, server_error
from convener.foundation.api.schemas import NAMESPACE

log = structlog.get_logger()


class Api(NinjaAPI):
    """A NinjaAPI whose every address is behind :func:`convener.foundation.api.door.through_door`."""

    def __init__(self, *, title: str, description: str) -> None:
        super().__init__(
            title=title,
            version=version("convener"),
            description=description,
            docs_url=None,  # its page loads scripts from elsewhere
            urls_namespace=NAMESPACE,
        )
        self._description: dict[str, Any] | None = None

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The answer to any error; one of ours is logged by its type and place, and its text stays here."""
        response = answer_for(request, exc)
        if response is not None:
            return response
        log.error("api_error", error_type=type(exc).__name__, where=_place(exc))
        got_request_exception.send(sender=None, request=request)
        return server_error()

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = [*super()._get_urls(), re_path("", self._unknown, name="unknown")]
        return [self._behind_door(pattern) for pattern in patterns]

    def _unknown(self, request: HttpRequest) -> HttpResponseBase:
        unknown_address(request)

    def _behind_door(self, pattern: URLResolver | URLPattern) -> URLPattern:
        assert isinstance(pattern, URLPattern)  # routers are flat
        view = through_door(pattern.callback, self.on_exception)
        return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        """The description (OpenAPI 3.1), made once in each process."""
        if self._description is None:
            made = dict(super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))
            self._description = describing.completed(copy.deepcopy(made))
        return self._description


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    where = ""
    while trace is not None:
        where = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
