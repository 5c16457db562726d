"""What strangers and members of others tried on the directory: guessing what is hidden, and asking for too much."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from convener.foundation.accounts import actions
from convener.foundation.audit.models import AuditEntry
from convener.foundation.filters import MOST_VALUES
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.foundation.vocabularies import countries
from convener.rooms.directory.actions.editing import read
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries.listing import read_filters
from tests.cast import Person, client_for, make_cast
from tests.rooms.directory.records import SECRETS, entry_for, organisation, shelter

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]
#: What a stranger can ask, in every form that could give a record away by a count, an order, a place or a page.
ASKED = (
    "/en/",
    *(
        f"/en/{page}{query}"
        for page in (
            "directory/",
            "directory/map/embed/",
            "directory/organisations.csv",
            "directory/organisations.json",
        )
        for query in ("", "?at=FI", "?type=ngos&at=FI", "?q=haven", "?q=hidden+lane", "?country=FI", "?page=2")
    ),
    "/en/directory/organisations.geojson",
    "/en/directory/tools/",
    *(
        f"/api/v1/organisations{query}"
        for query in ("", "?country=FI", "?q=haven", "?q=nurse.mary", "?q=5512345", "?per_page=1&page=2")
    ),
    "/api/v1/status",
)
#: Padding and numbers that differ between any two answers.
RANDOM = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"')


def answers(client: Client) -> dict[str, tuple[int, bytes, str]]:
    """Status, body and ETag of every address of :data:`ASKED`."""
    found = {}
    for path in ASKED:
        response = client.get(path)
        body = b"".join(response) if response.streaming else response.content
        found[path] = (response.status_code, RANDOM.sub(b"", body), response.get("ETag", ""))
    return found


def token_of(person: Person, *scopes: str) -> dict[str, str]:
    """The header of a token of ``person``."""
    made = actions.make_token(actor=person.actor, membership=person.membership, label="test", scopes=scopes, days=7)
    return {"authorization": f"Bearer {made[1]}"}


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("visibility", ["private", "members"])
def test_a_hidden_entry_changes_no_byte_of_what_a_stranger_gets(visibility: str) -> None:
    outsider = make_cast().outsider
    for number in range(30):
        organisation(f"Open House {number:02}", country="FI", type="ngos")
    strangers = (client_for(None), client_for(outsider))
    before = [answers(client) for client in strangers]
    hidden = shelter("Haven of Lapland", visibility=visibility, issues=["victim-support"])
    assert [answers(client) for client in strangers] == before
    for client in strangers:
        assert client.get(f"/en/directory/{hidden.public_id}/").status_code == 404
    shown = client_for(outsider).get(f"/en/hub/directory/{hidden.public_id}/")
    assert shown.status_code == 404
    assert not any(secret in shown.content.decode() for secret in SECRETS)


def test_an_address_full_of_filters_makes_no_huge_page() -> None:
    organisation("Thai", country="TH")
    small = len(client_for(None).get("/en/directory/").content)
    query = urlencode([("at", number) for number in range(100, 660)])
    page = client_for(None).get(f"/en/directory/?{query}")
    assert page.status_code == 200
    assert len(page.content) < small + 200_000
    assert len(re.findall('class="chip', page.content.decode())) <= MOST_VALUES + 5


def test_of_too_many_values_the_first_ones_count() -> None:
    query = QueryDict(urlencode([("type", "ngos"), *(("at", f"{number:03}") for number in range(200))]))
    filters = read_filters(Kind.ORGANISATION, query)
    assert sum(map(len, filters.values.values())) == MOST_VALUES
    assert filters.values["at"][0] == "000"
    twice = QueryDict(urlencode([("at", "TH")] * 500 + [("at", "FI"), ("type", "ngos")]))
    assert read_filters(Kind.ORGANISATION, twice).values == {"at": ("FI", "TH"), "type": ("ngos",)}


def test_the_api_heeds_every_value() -> None:
    codes = sorted(countries().terms)
    assert len(codes) > MOST_VALUES
    for code in codes[:2] + codes[-2:]:
        organisation(f"In {code}", country=code)
    answer = client_for(None).get("/api/v1/organisations", {"country": codes})
    assert answer.json()["count"] == 4


def test_a_heap_of_accents_is_refused_at_once() -> None:
    """As a member of another organisation would send it: 120 kB kept a process busy for twelve seconds."""
    company = make_cast().company
    entry = entry_for(company.party)
    name = "a" + "\u0301" * 30_000 + "\u0316" * 30_000
    headers, started = token_of(company, "directory:write"), time.process_time()
    answer = client_for(None).patch(
        f"/api/v1/organisations/{entry.public_id}",
        json.dumps({"name": name, "country": name, "aliases": [name], "industries": [name[:15_000]]}),
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 422
    assert time.process_time() - started < 3
    form = client_for(company).post(f"/en/hub/directory/{entry.public_id}/edit/", {"name": name})
    assert form.status_code == 422


def test_a_token_for_reading_writes_nothing() -> None:
    cast = make_cast()
    entry = entry_for(cast.company.party)
    for person in (cast.company, cast.secretariat):
        headers = token_of(person, "directory:read")
        client = client_for(None)
        change = client.patch(
            f"/api/v1/organisations/{entry.public_id}", '{"name": "Taken"}', content_type="application/json",
            headers=headers,
        )  # fmt: skip
        add = client.post(
            "/api/v1/organisations", '{"name": "New", "country": "TH"}', content_type="application/json",
            headers=headers,
        )  # fmt: skip
        sent = client.post("/api/v1/imports", b"name\nNew\n", content_type="text/csv", headers=headers)
        assert [change.status_code, add.status_code, sent.status_code] == [403, 403, 403]
        assert client.get("/en/hub/people/", headers=headers).status_code == 302
    entry.refresh_from_db()
    assert entry.name == cast.company.party.name


def test_words_that_steer_a_terminal_do_not_come_back_in_a_problem() -> None:
    row = read(
        {"name": "A", "industries": ["\x1b]0;owned\x07\u202eshing"], "type": "\x1b[2J", "website": "http://\x1b[2J"}
    )
    told = [message for _field, message in (*row.errors, *row.warnings)]
    assert len(told) == 3
    assert all(message.isprintable() for message in told)


# Numbers of hidden entries

HELD, FREE = "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"


def give(party: Party, lei: str) -> None:
    """Let an organisation have an LEI."""
    PartyIdentifier.objects.create(party=party, scheme="lei", value=lei)


def patched(person: Person, entry: Party, values: dict[str, object]) -> tuple[int, dict[str, object]]:
    """Status and error of a change through the API, asked for by ``person``."""
    answer = client_for(None).patch(
        f"/api/v1/organisations/{entry.public_id}", json.dumps(values), content_type="application/json",
        headers=token_of(person, "directory:write"),
    )  # fmt: skip
    return answer.status_code, answer.json().get("error", {})


@pytest.mark.req("DIR-11")
def test_the_number_of_a_hidden_entry_is_refused_like_that_of_a_public_one_and_noted() -> None:
    cast = make_cast()
    own = entry_for(cast.company.party)
    give(shelter("Haven of Lapland", visibility="private"), HELD)
    give(organisation("Known to all"), FREE)
    told = [patched(cast.company, own, {"lei": [number]}) for number in (HELD, FREE)]
    assert told[0] == told[1]
    assert told[0][0] == 422
    assert told[0][1]["field"] == "lei"
    assert not any(word in str(told[0][1]) for word in (HELD, "nother organisation", "Haven"))
    entries = AuditEntry.objects.filter(action="directory.enter_number")
    assert {(one.user_id, one.record, tuple(one.fields), one.outcome) for one in entries} == {
        (cast.company.user.id, str(own.pk), ("lei",), "refused")
    }
    assert entries.count() == 2
    assert not any(HELD in str(vars(one)) for one in AuditEntry.objects.all())
    shown = dict.fromkeys(("visibility", "place_visibility", "contact_visibility"), "public")
    fields = {**shown, "name": own.name, "status": "active", "lei": HELD}
    form = client_for(cast.company).post(f"/en/hub/directory/{own.public_id}/edit/", fields)
    assert form.status_code == 422
    assert "This number cannot be entered here." in form.content.decode()
    assert entries.all().count() == 3


def test_who_tries_numbers_gets_few_answers_and_can_still_save_everything_else() -> None:
    cast = make_cast()
    own = entry_for(cast.company.party)
    give(own, FREE)
    give(shelter("Haven of Lapland", visibility="private"), HELD)
    assert [patched(cast.company, own, {"lei": [HELD]})[0] for _one in range(5)] == [422] * 5
    unused = "213800WSGIIZCXF1P572"
    closed = [patched(cast.company, own, {"lei": [number]}) for number in (HELD, unused)]
    assert closed[0] == closed[1], "held or not: no answer any more"
    assert closed[0][0] == 409
    assert AuditEntry.objects.filter(action="directory.enter_number").count() == 5
    assert patched(cast.company, own, {"lei": [FREE], "name": "New name"})[0] == 200, "a number of its own stays"
    assert patched(cast.secretariat, own, {"lei": [unused]})[0] == 200, "another person is not held up"


def test_the_secretariat_is_told_plainly_which_number() -> None:
    cast = make_cast()
    own = entry_for(cast.company.party)
    give(shelter("Haven of Lapland", visibility="private"), HELD)
    for _one in range(7):
        status, error = patched(cast.secretariat, own, {"lei": [HELD]})
        assert status == 422
        assert HELD in str(error["message"])
