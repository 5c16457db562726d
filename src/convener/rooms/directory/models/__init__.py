"""Models of the directory: profiles of organisations, what resembles them, tools, initiatives, and imports."""

from convener.rooms.directory.models.duplicates import PossibleDuplicate
from convener.rooms.directory.models.imports import (
    Entry,
    Import,
    ImportEntry,
    ImportProblem,
    Problem,
    Staged,
    StagedAsText,
    StagedRow,
)
from convener.rooms.directory.models.keys import LikenessKey
from convener.rooms.directory.models.kinds import Kind
from convener.rooms.directory.models.profiles import Profile, Visibility
from convener.rooms.directory.models.tools import Initiative, InitiativeMember, Tool

__all__ = [
    "Entry",
    "Import",
    "ImportEntry",
    "ImportProblem",
    "Initiative",
    "InitiativeMember",
    "Kind",
    "LikenessKey",
    "PossibleDuplicate",
    "Problem",
    "Profile",
    "Staged",
    "StagedAsText",
    "StagedRow",
    "Tool",
    "Visibility",
]
