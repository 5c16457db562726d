"""The hub's API: what each room offers, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from convener.foundation.accounts import api as accounts
from convener.foundation.api import Api, unknown_address
from convener.foundation.api.door import through_door
from convener.foundation.search import api as search
from convener.rooms.directory import api as directory
from convener.rooms.library import api as library
from convener.rooms.screening import api as screening

api = Api(
    title="Convener",
    description="The open API of a Convener hub: organisations against trafficking in persons, their tools and "
    "initiatives, and what is known to work. Reading what is public needs no token; a token (Authorization: Bearer "
    "cvn_…) acts for its owner's organisation within its scopes. Errors come in one shape, with a hint.",
)
api.add_router("", directory.router)
api.add_router("", library.router)
api.add_router("", screening.router)
api.add_router("", search.router)
api.add_router("", accounts.router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", api.urls),
    re_path("", through_door(unknown_address, api.on_exception), name="api-unknown"),
]
