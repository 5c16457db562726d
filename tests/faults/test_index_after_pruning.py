"""The counting index of a process that slept while events it had not read were deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from convener.foundation.actor import OPERATOR
from convener.foundation.outbox import consumers
from convener.rooms.directory.actions import editing
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries.index import forget, index_of
from tests.databases import HubDatabase


def listed() -> int:
    """How many organisations the index of this process knows to be public."""
    with index_of(Kind.ORGANISATION) as index:
        return len(index.visible(["public"], []))


@pytest.mark.parametrize("known", [0, 1])
def test_nothing_is_missed(hub_database: HubDatabase, known: int) -> None:
    forget()
    for number in range(known):
        editing.add({"name": f"Known {number}", "country": "GB", "visibility": "public"}, actor=OPERATOR)
    assert listed() == known
    for number in range(3):
        editing.add({"name": f"New {number}", "country": "GB", "visibility": "public"}, actor=OPERATOR)
    assert consumers.prune(timezone.now() + timedelta(days=31))
    editing.add({"name": "Last", "country": "GB", "visibility": "public"}, actor=OPERATOR)
    assert listed() == known + 4
