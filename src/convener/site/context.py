"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from convener.foundation.actor import PUBLIC
from convener.rooms.screening.queries.visible import may_screen


def hub(request: HttpRequest) -> dict[str, Any]:
    """Name and contact of the hub, and the actor; on the hub's pages also ``acting``, the membership acted in."""
    actor = getattr(request, "actor", PUBLIC)
    return {
        "hub_name": settings.HUB_NAME,
        "contact": settings.CONTACT,
        "contact_href": contact_href(),
        "languages": settings.LANGUAGES,
        "actor": actor,
        "may_screen": may_screen(actor),
        "acting": getattr(request, "acting", None),
    }


def contact_href() -> str:
    """Where a link to the hub's contact leads; "" where the operator gave none."""
    contact: str = settings.CONTACT
    return f"mailto:{contact}" if contact and not contact.startswith("https://") else contact
