"""Entries that may be of one organisation: found, shown to the secretariat alone, decided once, and merged or not."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convener.errors import InvalidValue, NotAllowed, Refused
from convener.foundation.actor import HUB, OPERATOR
from convener.foundation.audit.models import AuditEntry
from convener.foundation.jobs.models import Lease
from convener.foundation.parties.merging import merge, pointed_to, undo_merge
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.rooms.directory.actions import deciding, importing
from convener.rooms.directory.actions.duplicates import JOB, find_duplicates, find_soon
from convener.rooms.directory.models import PossibleDuplicate
from tests.cast import Cast, client_for, make_cast
from tests.rooms.directory import records

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-8"), pytest.mark.req("DIR-7")]
PAGE = "/en/hub/directory/duplicates/"
REFUSED = ("ngo", "company", "donor", "worker", "outsider")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def find() -> dict[str, int]:
    return find_duplicates(HUB, lambda done, total: None)


def twins(name: str = "Lotus Farm Workers Alliance", **values: Any) -> tuple[Party, Party]:
    """Two entries that anybody would take for one."""
    where = {"country": "TH", "city": "Chiang Mai", "website": "https://lotusfarm.example", "type": "banks"} | values
    return records.organisation(name, **where), records.organisation(f"{name} Ltd", **where)


def pair_of(a: Party, b: Party) -> PossibleDuplicate:
    one, other = sorted((a.pk, b.pk))
    return PossibleDuplicate.objects.get(one=one, other=other)


def put(a: Party, b: Party, decision: str = "", score: float = 0.5, outcome: str = "unsure") -> PossibleDuplicate:
    from django.utils import timezone

    one, other = sorted((a.pk, b.pk))
    return PossibleDuplicate.objects.create(
        one_id=one, other_id=other, score=score, outcome=outcome, decision=decision, found_at=timezone.now()
    )


def test_doubles_are_found_once_and_with_reasons(cast: Cast) -> None:
    a, b = twins()
    records.organisation("Harbour Savings", country="GB")
    first = find()
    assert first["pairs"] == first["new"] == first["undecided"] == 1
    pair = pair_of(a, b)
    assert pair.one_id < pair.other_id
    assert 0 < pair.score <= 1
    assert pair.outcome in ("sure", "unsure")
    assert {"kind", "ours", "theirs", "how", "gives"} == set(pair.parts[0])
    assert sum(part["gives"] for part in pair.parts) == pytest.approx(pair.score, abs=1e-3)
    again = find()
    assert (again["pairs"], again["new"], again["removed"]) == (1, 0, 0)
    assert PossibleDuplicate.objects.get().pk == pair.pk
    assert AuditEntry.objects.filter(action="directory.find_duplicates").latest("at").count == 1
