"""Fixtures of this folder."""

from tests.databases import hub_database

__all__ = ["hub_database"]
