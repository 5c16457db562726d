"""Rules of one row of the library."""

from convener.rooms.library.models.guidance import Guidance, GuidanceKind, Verdict
from convener.rooms.library.models.practices import Practice, PracticeResult

__all__ = ["Guidance", "GuidanceKind", "Practice", "PracticeResult", "Verdict"]
