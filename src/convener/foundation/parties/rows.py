"""Names and identifiers as plain rows: what is worked on in memory before it is written, and cheap to make by the thousand."""

from __future__ import annotations

import uuid
from typing import NamedTuple


class NameRow(NamedTuple):
    """A row of :class:`~convener.foundation.parties.models.PartyName`."""

    id: uuid.UUID
    party_id: uuid.UUID
    text: str
    name_key: str
    kind: str
    language: str


class IdentifierRow(NamedTuple):
    """A row of :class:`~convener.foundation.parties.models.PartyIdentifier`."""

    id: uuid.UUID
    party_id: uuid.UUID
    scheme: str
    jurisdiction: str
    value: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What is unique about it."""
        return self.scheme, self.jurisdiction, self.value
