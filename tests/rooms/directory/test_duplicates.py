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
from convener.rooms.directory.actions import deciding, describing, duplicates, importing
from convener.rooms.directory.actions.duplicates import JOB, find_duplicates, find_soon
from convener.rooms.directory.models import PossibleDuplicate
from tests.cast import Cast, client_for, make_cast
from tests.rooms.directory import records
from tests.rooms.directory.commands import run, run_json

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


def test_what_is_no_longer_alike_goes_and_what_people_said_stays(cast: Cast) -> None:
    a, b = twins()
    c, d = records.organisation("Quiet Harbour", country="GB"), records.organisation("Northern Mills", country="KE")
    put(c, d)
    said = put(a, d, "different")
    assert find()["removed"] == 1
    assert {pair.pk for pair in PossibleDuplicate.objects.all()} == {pair_of(a, b).pk, said.pk}


@pytest.mark.parametrize("runs", [1, 2])
def test_a_decision_is_kept_after_new_runs_and_never_asked_again(cast: Cast, runs: int) -> None:
    a, b = twins()
    find()
    pair = deciding.decide(pair_of(a, b).pk, "different", actor=cast.secretariat.actor)
    for _run in range(runs):
        assert find()["undecided"] == 0
    kept = pair_of(a, b)
    assert (kept.pk, kept.decision, kept.decided_by_id) == (pair.pk, "different", cast.secretariat.user.pk)
    deciding.decide(pair.pk, "", actor=cast.secretariat.actor)
    assert pair_of(a, b).decided_at is None
    assert find()["undecided"] == 1
    assert AuditEntry.objects.filter(action="directory.different").count() == 2


def test_one_large_group_is_held_together_by_few_pairs(cast: Cast) -> None:
    where = {"country": "TH", "city": "Chiang Mai", "website": "https://lotusfarm.example", "type": "banks"}
    parties = [records.organisation("Lotus Farm Workers Alliance", **where) for _number in range(6)]
    for number, party in enumerate(parties):
        PartyIdentifier.objects.create(party=party, scheme=f"source:list-{number}", value="7")
    counts = find()
    assert counts["sure"] == 5  # not the fifteen that there are of six
    ends = [key for pair in PossibleDuplicate.objects.all() for key in (pair.one_id, pair.other_id)]
    assert set(ends) == {party.pk for party in parties}
    page = client_for(cast.secretariat).get(PAGE).content.decode()
    assert page.count('class="panel duplicates"') == 1


def test_it_is_the_same_in_small_steps(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Lotus Farm Workers Alliance", "Harbour Savings House", "Northern Mills"):
        a, _b = twins(name)
        PartyIdentifier.objects.create(party=a, scheme="registration", jurisdiction="TH", value=f"12345{len(name)}")
    counts = find()
    assert counts["pairs"] >= 3
    monkeypatch.setattr(describing, "READ_AT_ONCE", 2)
    monkeypatch.setattr(duplicates, "WRITTEN_AT_ONCE", 1)
    assert find() == {**counts, "new": 0}
    PossibleDuplicate.objects.all().delete()
    assert find() == counts


def test_a_merge_decides_and_its_undo_asks_again(cast: Cast) -> None:
    a, b = twins()
    find()
    row = merge(a, b, actor=cast.secretariat.actor)
    assert pair_of(a, b).decision == "same"
    find()
    assert pair_of(a, b).decision == "same"
    undo_merge(row, actor=cast.secretariat.actor)
    assert pair_of(a, b).decision == ""
    assert find()["undecided"] == 1


def test_undoing_a_merge_gives_back_what_people_had_said(cast: Cast) -> None:
    a, b = twins()
    put(a, b, "different")
    undo_merge(merge(a, b, actor=HUB), actor=HUB)
    assert pair_of(a, b).decision == "different"


@pytest.mark.parametrize("turned", [False, True])
def test_pairs_follow_a_merge_and_return(cast: Cast, turned: bool) -> None:
    parties = [records.organisation(f"Org {number}") for number in range(4)]
    for kept, merged in ((parties[0], parties[3]), (parties[3], parties[0]))[turned : turned + 1]:
        free, own = parties[1], parties[2]
        moved, stays = put(merged, free), put(merged, own, "different")
        PossibleDuplicate.objects.filter(pk=moved.pk).update(
            parts=[{"kind": "word", "ours": str(moved.one_id), "theirs": str(moved.other_id), "how": "", "gives": 1}]
        )
        theirs = put(kept, own)
        put(kept, merged)
        before = list(PossibleDuplicate.objects.order_by("pk").values())
        row = merge(kept, merged, actor=HUB)
        assert pair_of(kept, free).pk == moved.pk
        side = "ours" if kept.pk < free.pk else "theirs"
        assert pair_of(kept, free).parts[0][side] == str(merged.pk)  # the reasons keep their sides
        assert pair_of(merged, own).pk == stays.pk  # the kept one has its own
        assert pair_of(kept, own).pk == theirs.pk
        assert pair_of(kept, own).decision == "different"
        assert all(pair.one_id < pair.other_id for pair in PossibleDuplicate.objects.all())
        undo_merge(row, actor=HUB)
        assert list(PossibleDuplicate.objects.order_by("pk").values()) == before


def test_a_pair_holds_no_organisation_and_goes_with_it(cast: Cast, tmp_path: Path) -> None:
    a, b = twins()
    put(a, b)
    assert pointed_to([a.pk, b.pk]) <= {a.pk, b.pk}
    only = records.organisation("Alone")
    put(a, only)
    assert only.pk not in pointed_to([only.pk])
    only.delete()
    assert PossibleDuplicate.objects.count() == 1


def test_an_import_that_adds_has_the_directory_looked_through(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    text = "name,country,website\nLotus Farm Alliance,TH,https://lotus.example\n"
    path.write_text(text)
    twin = records.organisation("Lotus Farm Alliance Ltd", country="TH", website="https://lotus.example")
    importing.import_file(path, actor=OPERATOR, options=importing.Options())
    assert Lease.objects.filter(name=JOB).count() == 1
    find_soon()
    assert Lease.objects.filter(name=JOB).count() == 1  # one that waits is enough
    records.run_jobs()
    assert PossibleDuplicate.objects.filter(one=twin).exists() or PossibleDuplicate.objects.filter(other=twin).exists()
    importing.import_file(path, actor=OPERATOR, options=importing.Options())  # nothing new
    assert not Lease.objects.filter(name=JOB, task__status="READY").exists()


def test_the_page_shows_two_says_why_and_takes_a_decision(cast: Cast) -> None:
    a, b = twins()
    find()
    pair, client = pair_of(a, b), client_for(cast.secretariat)
    text = client.get(PAGE).content.decode()
    for said in (
        "Lotus Farm Workers Alliance Ltd",
        "Thailand",
        "A Study of Partnerships",
        "the same word",
        a.public_id,
    ):
        assert said in text
    assert f"/en/hub/directory/merge/?kept={pair.one.public_id}&amp;merged={pair.other.public_id}" in text
    assert client.get(f"/en/hub/directory/merge/?kept={a.public_id}&merged={b.public_id}").status_code == 200
    assert "Possible duplicates (1)" in client.get("/en/hub/directory/").content.decode()
    answer = client.post(f"{PAGE}{pair.pk}/", {"decision": "different", "back": f"{PAGE}?show=undecided&page=1"})
    assert answer["Location"] == f"{PAGE}?show=undecided&page=1"
    assert str(pair.pk) not in client.get(PAGE).content.decode()
    assert "Possible duplicates (0)" in client.get("/en/hub/directory/").content.decode()
    decided = client.get(f"{PAGE}?show=decided").content.decode()
    assert f"{PAGE}{pair.pk}/" in decided
    answer = client.post(f"{PAGE}{pair.pk}/", {"decision": "", "back": "https://elsewhere.example/"})
    assert answer["Location"] == PAGE
    assert f"{PAGE}{pair.pk}/" in client.get(PAGE).content.decode()
    assert AuditEntry.objects.filter(action="directory.read_duplicates", user_id=cast.secretariat.user.pk).exists()


def test_after_a_merge_the_pair_is_under_decided_with_the_way_back(cast: Cast) -> None:
    a, b = twins()
    find()
    pair, client = pair_of(a, b), client_for(cast.secretariat)
    client.post("/en/hub/directory/merge/", {"kept": a.public_id, "merged": b.public_id})
    assert str(pair.pk) not in client.get(PAGE).content.decode()
    decided = client.get(f"{PAGE}?show=decided").content.decode()
    assert "/undo/" in decided
    with pytest.raises(Refused):
        deciding.decide(pair.pk, "different", actor=cast.secretariat.actor)
    with pytest.raises(InvalidValue):
        deciding.decide(pair.pk, "same", actor=cast.secretariat.actor)


def test_likely_and_possible_ones_are_told_apart(cast: Cast) -> None:
    parties = [records.organisation(f"Org {number}") for number in range(4)]
    sure, unsure = put(*parties[:2], score=0.9, outcome="sure"), put(*parties[2:], score=0.2)
    client = client_for(cast.secretariat)
    both = client.get(PAGE).content.decode()
    assert both.index(str(sure.pk)) < both.index(str(unsure.pk))
    for show, there, away in (("sure", sure, unsure), ("unsure", unsure, sure)):
        text = client.get(f"{PAGE}?show={show}").content.decode()
        assert str(there.pk) in text
        assert str(away.pk) not in text


@pytest.mark.parametrize("who", [*REFUSED, None])
def test_only_the_secretariat_gets_in(cast: Cast, who: str | None) -> None:
    hidden = records.organisation("Zebra House", visibility="private")
    pair = put(hidden, records.organisation("Zebra Home"))
    client = client_for(getattr(cast, who) if who else None)
    status = 403 if who else 302
    for path in (PAGE, f"{PAGE}?show=decided", f"{PAGE}duplicates.csv"):
        response = client.get(path)
        assert response.status_code == status, path
        assert b"Zebra" not in response.content
    assert client.post(f"{PAGE}find/").status_code == status
    assert client.post(f"{PAGE}{pair.pk}/", {"decision": "different"}).status_code == status
    pair.refresh_from_db()
    assert pair.decision == ""
    assert b"duplicates" not in client.get("/en/hub/directory/").content
    if who:
        with pytest.raises(NotAllowed):
            find_duplicates(getattr(cast, who).actor, lambda done, total: None)
    assert "Zebra House" in client_for(cast.secretariat).get(PAGE).content.decode()


def test_the_file_is_read_as_decisions(cast: Cast, tmp_path: Path) -> None:
    from convener.engines.names.linkage.reading import read_decisions
    from convener.engines.tables import Limits, open_table

    a, b = records.organisation("=cmd()"), records.organisation("Org B")
    put(a, b, "different")
    put(a, records.organisation("Org C"))
    client = client_for(cast.secretariat)

    def read(show: str) -> Any:
        return b"".join(client.get(f"{PAGE}duplicates.csv?show={show}").streaming_content)

    path = tmp_path / "decisions.csv"
    path.write_bytes(read("decided"))
    with open_table(path, limits=Limits(max_bytes=10_000, max_rows=10)) as table:
        decisions, problems = read_decisions(table)
    assert not problems
    assert [{one.id_a, one.id_b} for one in decisions] == [{a.public_id, b.public_id}]
    assert not decisions[0].same
    rows = list(csv.DictReader(io.StringIO(read("nonsense").decode("utf-8-sig"))))
    assert len(rows) == 2
    names = [client.get(f"{PAGE}duplicates.csv?show={show}")["Content-Disposition"] for show in ("decided", "x/../y")]
    assert names == [f'attachment; filename="duplicates-{show}.csv"' for show in ("decided", "all")]
    assert all(not cell.startswith("=") for row in rows for cell in row.values())


def test_it_costs_as_many_queries_with_many_pairs(cast: Cast) -> None:
    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    client = client_for(cast.secretariat)
    paths = (PAGE, f"{PAGE}?show=decided", "/en/hub/directory/")
    first = [records.organisation(f"First {number}") for number in range(4)]
    put(*first[:2])
    put(*first[2:], decision="different")
    few = [asked(path) for path in paths]
    many = [records.organisation(f"Org {number}") for number in range(60)]
    for at in range(0, 60, 2):
        put(many[at], many[at + 1], decision="different" if at % 4 else "")
    assert [asked(path) for path in paths] == few
    assert "page=2" in client.get(PAGE).content.decode()


def test_the_api_lists_decides_and_merges(cast: Cast) -> None:
    from tests.contracts.hub import token_for

    a, b = twins()
    find()
    pair = pair_of(a, b)
    client = Client(headers={"authorization": f"Bearer {token_for(cast.secretariat)}"})

    def say(**said: str) -> Any:
        address = f"/api/v1/duplicates/{pair.pk}/decision"
        return client.post(address, json.dumps(said), content_type="application/json")

    told = client.get("/api/v1/duplicates").json()
    assert told["count"] == 1
    assert {told["results"][0]["one"]["id"], told["results"][0]["other"]["id"]} == {a.public_id, b.public_id}
    assert told["results"][0]["parts"]
    assert say(decision="different").json()["decision"] == "different"
    assert client.get("/api/v1/duplicates").json()["count"] == 0
    assert client.get("/api/v1/duplicates?show=decided").json()["count"] == 1
    assert client.get("/api/v1/duplicates?show=nonsense").status_code == 422
    assert say(decision="maybe").status_code == 422
    assert say(decision="").json()["decision"] == ""
    assert say(decision="same", keep="CV-nobody").status_code == 422
    assert say(decision="same", keep=a.public_id).json()["decision"] == "same"
    b.refresh_from_db()
    assert b.merged_into_id == a.pk
    assert say(decision="different").status_code == 409
    assert client.post("/api/v1/duplicates/no-key/decision", "{}", content_type="application/json").status_code == 422
    missing = client.post("/api/v1/duplicates/x/decision", '{"decision": ""}', content_type="application/json")
    assert missing.status_code == 404


def test_the_command_runs_now_and_tells_the_counts(cast: Cast, tmp_path: Path) -> None:
    twins()
    told = run_json("directory", "duplicates")
    assert {**told, "records": 0, "sure": 0, "unsure": 0} == {
        "records": 0, "pairs": 1, "sure": 0, "unsure": 0, "new": 1, "removed": 0, "undecided": 1,
    }  # fmt: skip
    said = run("directory", "duplicates")
    assert said.exit_code == 0
    assert "1 pairs that may be one" in said.stdout
    refused = run("directory", "duplicates", "--as", "officer@shelter.example")
    assert refused.exit_code != 0
    assert not refused.stdout
