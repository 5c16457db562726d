"""Filters and words of the library's lists, over any records: the same as a naive reading of the rule, counts too."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.engines.values.folding import folded
from convener.foundation.actor import PUBLIC
from convener.rooms.library.models import Guidance, Practice
from convener.rooms.library.queries import guidance, practices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
SECTORS = ("supply-chains", "financial", "technology")
#: Of each record its key, its values by facet, and everything it says, folded.
Rows = list[tuple[str, dict[str, set[str]], str]]
bounded = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.lists(st.sampled_from(["bank", "POLICE", "données", "عمل", "and", "victims", "zzz", "ación"]), max_size=2)


def choices(values: dict[str, list[str]]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Up to three facets with one to three values each, sometimes of no record at all."""
    some = {
        name: st.lists(st.sampled_from([*known, "nonsense"]), min_size=1, max_size=3) for name, known in values.items()
    }
    names = st.lists(st.sampled_from(sorted(some)), max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: some[name] for name in chosen}))


def asked(chosen: dict[str, list[str]], wanted: list[str]) -> QueryDict:
    """The query part of an address."""
    pairs = [(name, value) for name, values in chosen.items() for value in values]
    return QueryDict(urlencode([*pairs, ("q", " ".join(wanted))]))


def naive(rows: Rows, chosen: dict[str, list[str]], wanted: list[str]) -> tuple[list[str], Counter[tuple[str, str]]]:
    """Keys let through and counts by facet and value: all words; of each facet with a choice any of its values."""
    found, counts = [], Counter[tuple[str, str]]()
    for key, carried, text in rows:
        if not all(folded(word) in text for word in wanted):
            continue
        failed = {name for name, values in chosen.items() if not set(values) & carried[name]}
        if not failed:
            found.append(key)
        counts.update((name, value) for name, values in carried.items() for value in values if failed <= {name})
    return found, counts


def flat(counts: Any) -> Counter[tuple[str, str]]:
    """Counts of a list by facet and value."""
    return Counter({(name, value): count for name, told in counts.items() for value, count in told.items() if count})


def texts(*told: dict[str, str]) -> str:
    """Texts of all languages."""
    return "\n".join(text for one in told for text in one.values())


@pytest.fixture
def practice_rows(db: None) -> Rows:
    """Every practice: key, values by facet, everything it says."""
    rows = []
    for one in (
        Practice.objects.order_by("initiative__practice").select_related("initiative").prefetch_related("results")
    ):
        by, results = one.initiative, list(one.results.all())
        carried = {
            "part": {by.part}, "model": set(by.models_used), "purpose": set(by.purposes), "at": set(by.countries),
            "industry": set(by.industries), "issue": set(by.issues), "exploitation": set(by.exploitation),
            "region": set(by.regions), "results": {"figures" if results else "none"},
        }  # fmt: skip
        lists = [*one.how, *one.outcomes, *one.legal_basis, *one.lessons, *(row.what for row in results)]
        said = "\n".join([by.name, *by.other_names, texts(one.summary), texts(one.purpose), texts(*lists)])
        rows.append((by.slug, carried, folded(said)))
    return rows


@pytest.fixture
def guidance_rows(db: None) -> Rows:
    """Every piece of guidance: key, values by facet (for all sectors: under each), everything it says."""
    return [
        (
            one.slug,
            {
                "stage": set(one.stages), "sector": set(one.sectors or SECTORS), "audience": set(one.audiences),
                "kind": {one.kind}, "topic": {one.topic},
            },
            folded(texts(one.title, one.text)),
        )
        for one in Guidance.objects.order_by("place")
    ]  # fmt: skip


def values_of(rows: Rows) -> dict[str, list[str]]:
    """Every value of each facet."""
    names = rows[0][1]
    return {name: sorted({value for _key, carried, _text in rows for value in carried[name]}) for name in names}


@pytest.mark.req("LIB-2")
@bounded
@given(data=st.data())
def test_practices_are_let_through_and_counted_as_the_rule_says(practice_rows: Rows, data: st.DataObject) -> None:
    rows = practice_rows
    chosen, wanted = data.draw(choices(values_of(rows))), data.draw(words)
    found = practices.find(PUBLIC, practices.read_filters(asked(chosen, wanted)))
    keys, counts = naive(rows, chosen, wanted)
    assert [one.initiative.slug for one in found.records] == keys
    assert flat(found.counts) == counts


@pytest.mark.req("LIB-3")
@bounded
@given(data=st.data())
def test_guidance_is_let_through_and_counted_as_the_rule_says(guidance_rows: Rows, data: st.DataObject) -> None:
    rows = guidance_rows
    chosen, wanted = data.draw(choices(values_of(rows))), data.draw(words)
    found = guidance.find(PUBLIC, guidance.read_filters(asked(chosen, wanted)))
    keys, counts = naive(rows, chosen, wanted)
    assert [one.slug for one in found.records] == keys
    assert flat(found.counts) == counts


@pytest.mark.req("LIB-2")
@bounded
@given(data=st.data())
def test_one_more_filter_never_brings_more_and_one_more_value_never_less(
    practice_rows: Rows, data: st.DataObject
) -> None:
    values = values_of(practice_rows)
    chosen = data.draw(choices(values))
    facet = data.draw(st.sampled_from(sorted(values)))
    value = data.draw(st.sampled_from(values[facet]))

    def keys(query: dict[str, list[str]]) -> set[str]:
        found = practices.find(PUBLIC, practices.read_filters(asked(query, []))).records
        return {one.initiative.slug for one in found}

    if facet in chosen:
        assert keys(chosen) <= keys({**chosen, facet: [*chosen[facet], value]})
    else:
        assert keys({**chosen, facet: [value]}) <= keys(chosen)
