"""Linking real lists of factories: pairs that were read one by one, named by file and row (the lists are not ours to quote)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from convener.engines.names.linkage import Record, link

pytestmark = [pytest.mark.req("DIR-8"), pytest.mark.req("RES-3"), pytest.mark.data]

#: One factory, written by two of its customers.
SAME = [
    ("fall-2017-compliance-list-2", "summer-2019-apparel-list-6"),
    ("fall-2017-compliance-list-6", "winter-2019-compliance-list-v2-12"),
    ("fall-2017-compliance-list-7", "summer-2019-apparel-list-18"),
    ("fall-2017-compliance-list-13", "winter-2019-compliance-list-42"),
    ("fall-2018-compliance-list-5", "winter-2019-compliance-list-26"),
    ("fall-2018-compliance-list-15", "winter-2019-compliance-list-39"),
    ("spring-2017-apparel-list-36", "winter-2019-compliance-list-v2-9"),
    ("summer-2017-compliance-list-3", "winter-2019-compliance-list-v2-112"),
    ("summer-2017-compliance-list-6", "winter-2017-compliance-list-0"),
    ("summer-2018-affiliate-list-37", "summer-2019-apparel-list-42"),
    ("summer-2019-affiliate-list-46", "summer-2019-apparel-list-11"),
    ("summer-2019-apparel-list-17", "winter-2017-affiliate-list-5"),
    ("summer-2019-compliance-list-0", "summer-2019-compliance-list-52"),
    ("summer-2019-compliance-list-29", "winter-2019-compliance-list-31"),
    ("winter-2017-compliance-list-17", "winter-2019-compliance-list-v2-14"),
]
#: Factories of one town with its name in theirs, and numbered branches of one owner.
DIFFERENT = [
    ("summer-2019-compliance-list-36", "summer-2019-compliance-list-50"),
    ("summer-2019-compliance-list-48", "winter-2017-affiliate-list-1"),
    ("summer-2018-affiliate-list-41", "summer-2018-affiliate-list-42"),
    ("summer-2018-affiliate-list-42", "summer-2018-affiliate-list-43"),
]


def factories(folder: Path) -> list[Record]:
    """The rows of all lists, each named by its file and place (from 0)."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            found += [
                Record(f"{path.stem}-{at}", row["name"], country=row["country"], address=row["address"])
                for at, row in enumerate(csv.DictReader(file))
            ]
    return found


def test_factories_of_real_lists_are_joined_as_people_would(data: Path) -> None:
    records = factories(data / "facilities")
    cluster = {one.id: one.cluster_id for one in link(records, countries={"china": "CN"}).clusters}

    assert len(records) == 932
    assert [pair for pair in SAME if cluster[pair[0]] != cluster[pair[1]]] == []
    assert [pair for pair in DIFFERENT if cluster[pair[0]] == cluster[pair[1]]] == []
