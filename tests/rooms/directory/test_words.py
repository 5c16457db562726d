"""Searching by words: the index finds exactly the records whose text has every word, or part of one, at any time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.foundation.actor import HUB, OPERATOR, PUBLIC
from convener.foundation.filters import Filters
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import editing
from convener.rooms.directory.models import Kind, Profile
from convener.rooms.directory.queries import index, listing
from convener.rooms.directory.queries.words import WordIndex
from tests.rooms.directory.records import organisation, tool

SEARCHES = ("net", "net hope", "e", "ماوى", "مأوى", "École", "ecole net", "100%", "_", "zzz", "12345", "hope\tnet")
words = st.text(alphabet="ab_%é ", min_size=1, max_size=12)


@given(texts=st.lists(words, max_size=20), more=st.lists(words, max_size=5), part=st.text("ab_%é", min_size=1))
def test_a_part_of_a_word_is_found_where_reading_would_find_it(texts: list[str], more: list[str], part: str) -> None:
    built = WordIndex()
    built.take(enumerate(texts))
    assert list(built.with_part(part)) == [number for number, text in enumerate(texts) if part in text]
    built.take(enumerate(more, start=len(texts)))
    assert list(built.with_part(part)) == [number for number, text in enumerate(texts + more) if part in text]


def found(q: str, kind: Kind = Kind.ORGANISATION) -> list[str]:
    """Names of what a search finds, and the same through the keys that an export takes."""
    filters = Filters(q=q)
    result = listing.listing(HUB, kind, filters, per_page=200)
    assert result.total == len(result.records) == len(listing.keys(HUB, kind, filters))
    return [str(record.party.name if kind == Kind.ORGANISATION else record.name) for record in result.records]


def read_through(q: str) -> list[str]:
    """The same by reading every text."""
    asked = Filters(q=q).words
    profiles = Profile.objects.filter(party__status=Party.Status.ACTIVE, party__is_demo=False)
    ordered = profiles.select_related("party").order_by("sort_name", "pk")
    return [one.party.name for one in ordered if all(word in one.search_text for word in asked)]


@pytest.mark.django_db
@pytest.mark.req("DIR-3")
def test_the_index_finds_what_reading_finds_also_after_changes() -> None:
    organisation("Hope Network", summary="A net of shelters, 100% free.", names=(("شبكة مأوى", "translation", "ar"),))
    organisation("École du Net", names=(("Hope School_1", "alias", ""),))
    changing, closing = organisation("Zebra Trust"), organisation("Net Loss Ltd")
    organisation("Net of Inventions", is_demo=True)
    for q in SEARCHES:
        assert found(q) == read_through(q), q
    assert len(found("net")) == 3
    editing.edit(changing, {"name": "Net of Zebras"}, actor=OPERATOR)
    editing.edit(closing, {"status": "closed"}, actor=OPERATOR)
    organisation("Internet Hope")
    for q in (*SEARCHES, "zebra", "trust"):
        assert found(q) == read_through(q), q
    assert "Net of Zebras" in found("net")
    assert "Net Loss Ltd" not in found("net")


@pytest.mark.django_db
@pytest.mark.req("DIR-11")
def test_words_find_only_what_the_reader_may_see() -> None:
    organisation("Hope Hidden", visibility="private")
    organisation("Hope Open")
    tool("hope-finder", name="Hope Finder")
    index.forget()
    seen = listing.listing(PUBLIC, Kind.ORGANISATION, Filters(q="hope"))
    assert [profile.party.name for profile in seen.records] == ["Hope Open"]
    assert seen.total == 1
    assert found("find", Kind.TOOL) == ["Hope Finder"]
