"""Who the bearer of a token is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from convener.foundation.accounts.models import User
from convener.foundation.api import LOGIN, ApiModel, require_login
from convener.foundation.parties.models import Party

OWN_ACCOUNT = "account:read"
router = Router(tags=["hub"])


class ActingFor(ApiModel):
    """The organisation that a token acts for."""

    id: str = Field(description="Public ID.")
    name: str = Field(description="Name.")


class Me(ApiModel):
    """Who a token is."""

    organisation: ActingFor = Field(description="The organisation it acts for.")
    role: str = Field(description="The role it acts in.")
    scopes: list[str] = Field(description="What it may do, as far as its owner may.")
    email: str | None = Field(description="Address of the owner's account; null without the scope account:read.")
    name: str | None = Field(description="Name of the owner; null without the scope account:read.")


@router.get("/me", response={200: Me}, operation_id="getMe", summary="Who a token is", openapi_extra=LOGIN)
def get_me(request: HttpRequest) -> Any:
    """The organisation, role and scopes of the token, and its owner where it has the scope account:read."""
    actor = require_login(request)
    assert actor.user_id is not None  # a token is made for a membership: both are known
    assert actor.party_id is not None
    party, user = Party.objects.get(pk=actor.party_id), User.objects.get(pk=actor.user_id)
    own = actor.has_scope(OWN_ACCOUNT)
    return {
        "organisation": {"id": party.public_id, "name": party.name},
        "role": actor.role,
        "scopes": sorted(actor.scopes or ()),
        "email": user.email if own else None,
        "name": user.name if own else None,
    }
