"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from convener.foundation.actor import PUBLIC


def hub(request: HttpRequest) -> dict[str, Any]:
    """Name of the hub and the actor; on the hub's pages also ``acting``, the membership acted in."""
    return {
        "hub_name": settings.HUB_NAME,
        "languages": settings.LANGUAGES,
        "actor": getattr(request, "actor", PUBLIC),
        "acting": getattr(request, "acting", None),
    }
