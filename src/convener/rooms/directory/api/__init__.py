"""The directory through the API: organisations, tools, initiatives, vocabularies, downloads, imports and
possible duplicates."""

from convener.rooms.directory.api import downloads, duplicates, imports, organisations, records, vocabularies, writing
from convener.rooms.directory.api.routing import router

__all__ = ["downloads", "duplicates", "imports", "organisations", "records", "router", "vocabularies", "writing"]
