"""The directory through the API: organisations, tools, initiatives, vocabularies, downloads and imports."""

from convener.rooms.directory.api import downloads, imports, organisations, records, vocabularies, writing
from convener.rooms.directory.api.routing import router

__all__ = ["downloads", "imports", "organisations", "records", "router", "vocabularies", "writing"]
