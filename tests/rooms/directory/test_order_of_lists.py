"""Lists are in the order of names, on every page and whatever came or changed since the index was read."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.foundation.actor import OPERATOR, PUBLIC
from convener.foundation.filters import Filters
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import editing
from convener.rooms.directory.actions.terms import sort_name_of
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries import index
from convener.rooms.directory.queries.listing import listing
from tests.rooms.directory.records import organisation

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(["Acme", "Beta", "Delta", "Épsilon", "Omega", "Zulu", "Ωmega", "北京"])
STEPS = st.lists(st.tuples(st.sampled_from(["add", "rename", "close", "look"]), NAMES, st.booleans()), max_size=12)


def by_pages(filters: Filters, per_page: int) -> list[str]:
    """Names of the whole list, page after page."""
    if connection.vendor == "postgresql":
        index.forget()  # there the outbox tells nothing of a transaction that is still open
    names: list[str] = []
    page = 1
    while True:
        found = listing(PUBLIC, Kind.ORGANISATION, filters, page=page, per_page=per_page)
        names += [profile.party.name for profile in found.records]
        if page * per_page >= found.total:
            assert len(names) == found.total
            return names
        page += 1


@pytest.mark.req("DIR-3")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, per_page=st.integers(1, 4))
def test_pages_follow_each_other_in_the_order_of_names(steps: list[tuple[str, str, bool]], per_page: int) -> None:
    with transaction.atomic():
        index.forget()
        parties: list[Party] = [organisation(name, country="KE") for name in ("Beta", "Mid", "Omega")]
        for number, (step, name, in_kenya) in enumerate(steps):
            if step == "add":
                parties.append(organisation(f"{name} {number}", country="KE" if in_kenya else "LB"))
            elif step == "rename":
                editing.edit(parties[number % len(parties)], {"name": f"{name} {number}"}, actor=OPERATOR)
            elif step == "close":
                editing.edit(parties[number % len(parties)], {"status": "closed"}, actor=OPERATOR)
            else:
                by_pages(Filters(), per_page)  # so that what follows comes late to the index
        listed = Party.objects.filter(status="active", profile__isnull=False)
        for filters, expected in (
            (Filters(), listed),
            (Filters(values={"country": ("KE",)}), listed.filter(country="KE")),
            (Filters(q="beta"), listed.filter(name__contains="Beta")),
        ):
            names = by_pages(filters, per_page)
            assert sorted(names) == sorted(expected.values_list("name", flat=True))
            keys = [sort_name_of(name) for name in names]
            assert keys == sorted(keys)
        transaction.set_rollback(True)
    index.forget()
