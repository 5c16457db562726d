"""The library through the API: practices and guidance."""

from convener.rooms.library.api import guidance, practices
from convener.rooms.library.api.routing import router

__all__ = ["guidance", "practices", "router"]
