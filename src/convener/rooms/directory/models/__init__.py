"""Models of the directory: profiles of organisations, tools, initiatives, the facet terms of all three, and imports."""

from convener.rooms.directory.models.imports import (
    Entry,
    Import,
    ImportEntry,
    ImportProblem,
    Problem,
    Staged,
    StagedRow,
)
from convener.rooms.directory.models.profiles import Profile, Visibility
from convener.rooms.directory.models.terms import Kind, Term
from convener.rooms.directory.models.tools import Initiative, InitiativeMember, Tool

__all__ = [
    "Entry",
    "Import",
    "ImportEntry",
    "ImportProblem",
    "Initiative",
    "InitiativeMember",
    "Kind",
    "Problem",
    "Profile",
    "Staged",
    "StagedRow",
    "Term",
    "Tool",
    "Visibility",
]
