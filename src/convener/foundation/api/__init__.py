"""The API's door: tokens, limits, errors and headers that all endpoints share. Rooms add theirs as routers."""

from convener.foundation.api.access import LOGIN, actor_of, require_login
from convener.foundation.api.app import Api
from convener.foundation.api.door import unknown_address
from convener.foundation.api.models import ApiModel
from convener.foundation.api.parameters import check_parameters, check_values
from convener.foundation.api.problems import ErrorAnswer
from convener.foundation.api.schemas import ListPage, PageQuery, page_of, root_url

__all__ = [
    "LOGIN",
    "Api",
    "ApiModel",
    "ErrorAnswer",
    "ListPage",
    "PageQuery",
    "actor_of",
    "check_parameters",
    "check_values",
    "page_of",
    "require_login",
    "root_url",
    "unknown_address",
]
