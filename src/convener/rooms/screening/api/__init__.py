"""Screening through the API: names are compared with lists; loading lists is for pages and the command."""

from convener.rooms.screening.api import names
from convener.rooms.screening.api.routing import router

__all__ = ["names", "router"]
