"""The pages of screening: asking, reading the reasons, taking them away, and the lists (SCR-2, SCR-5)."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from convener.foundation.audit.models import AuditEntry
from convener.foundation.jobs import registry
from convener.foundation.jobs.models import Lease
from convener.rooms.screening import screeners
from convener.rooms.screening.models import WatchList
from tests.cast import Cast, Person, client_for
from tests.rooms.screening.lists import ROWS, ofac_zip, put_list, table

pytestmark = [pytest.mark.django_db, pytest.mark.req("SCR-2"), pytest.mark.req("SCR-5")]
ASK, LISTS, LOAD, EXPORT = (f"/en/hub/screening/{end}" for end in ("", "lists/", "lists/load/", "export/"))
NAME = "Zebulon Quartermaine"
MAY = ("administrator", "secretariat", "ngo", "company", "bank", "fiu")
MAY_NOT = ("donor", "worker", "outsider")


def page(person: Person, address: str = ASK, status: int = 200, **sent: Any) -> str:
    """The text of a page; with ``sent`` of what a form answers."""
    client = client_for(person)
    response = client.post(address, sent) if sent else client.get(address)
    assert response.status_code == status, response.content
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def words(markup: str) -> str:
    """The words of a page, without markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)))


def bring(person: Person, content: bytes, name: str, file_name: str = "list.csv", **more: str) -> Any:
    """Bring a list on the page."""
    sent = {"file": SimpleUploadedFile(file_name, content), "name": name, **more}
    return client_for(person).post(LOAD, sent)


def run_jobs() -> None:
    """Run screening's jobs that wait."""
    for lease in Lease.objects.filter(task__status="READY", name__startswith="screening."):
        task = DBTaskResult.objects.get(pk=lease.pk)
        registry.find(lease.name).function(**task.args_kwargs["kwargs"]["args"])
        DBTaskResult.objects.filter(pk=lease.pk).update(status="SUCCESSFUL")


def test_an_answer_shows_both_names_side_by_side_and_each_reason(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path)
    sent: Any = {
        "names": "Quartermain Zebulon",
        "type": "person",
        "country": "FR",
        "birth_date": "1957",
        "identifier": "",
    }
    markup = page(cast.company, **sent)
    told = words(markup)
    for text in ("Quartermain Zebulon", NAME, "Test list , entry E2", "look", "other countries", "in another order",
                 "the same date of birth, as far as it is known", "Zebulon Quartermane", "P1234567", row.sha256[:16],
                 "A score is no verdict"):  # fmt: skip
        assert text in told, text
    points = [int(one.replace("\u2212", "-")) for one in re.findall(r"<bdi>([+\u2212]?\d+)</bdi></span></td>", markup)]
    [score] = re.findall(r'colspan="4">Score, of 100</th><td class="num"><b>(\d+)</b>', markup)
    assert sum(points) == int(score)
    assert any(one < 0 for one in points)
    assert markup.count('<svg class="gave') == len(points)


def test_a_list_of_names_is_compared_line_by_line(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    markup = page(cast.ngo, names=f"{NAME}\n\n  Nobody Whatsoever  \nLtd\n", type="", country="")
    told = words(markup)
    assert markup.count('<article class="panel answer"') == 3
    assert "Nothing found" in told
    assert "Not compared" in told
    assert "so nobody is found by it" in told


def test_hostile_names_are_shown_as_text(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, content=table("X1,<script>alert(7)</script> Quimera,,person,,,\n"))
    markup = page(cast.ngo, names="<script>alert(7)</script> Quimera\n</textarea><b>x", type="", country="")
    assert "<script>alert" not in markup
    assert "<b>x" not in markup
    assert "&lt;script&gt;alert(7)&lt;/script&gt;" in markup


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"names": "  "}, "Enter at least one name"),
        ({"names": "A name\n" * 51}, "These are 51 names"),
        ({"names": "One\nTwo", "birth_date": "1957"}, "This belongs to one name"),
        ({"names": "One\nTwo", "identifier": "77"}, "This belongs to one name"),
        ({"names": "One", "birth_date": "soon"}, "not read as a date"),
        ({"names": "One", "country": "Atlantis"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(cast: Cast, tmp_path: Path, sent: dict[str, str], told: str) -> None:
    put_list(tmp_path)
    for address in (ASK, EXPORT):
        assert told in words(page(cast.ngo, address, 422, **sent))
    assert not AuditEntry.objects.filter(action="screening.ask").exists()


def test_lists_to_compare_with_are_chosen(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, "One")
    put_list(tmp_path, "Two", table("T1,Zebulon Quartermaine,,person,,,\n"))
    told = words(page(cast.bank, names=NAME, lists=["Two"]))
    assert "Two , entry T1" in told
    assert "entry E2" not in told


def test_the_answers_are_taken_away_as_a_file(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path)
    response = client_for(cast.bank).post(EXPORT, {"names": f"{NAME}\n=1+1 Nobody", "type": "person"})
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="screening.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(one["name"], one["decision"], one["entry_id"]) for one in rows] == [
        (NAME, "match", "E2"), ("'=1+1 Nobody", "no_match", ""),
    ]  # fmt: skip
    assert (rows[0]["list_sha256"], rows[0]["type"], float(rows[0]["score"]) > 0.9) == (row.sha256, "person", True)
    assert "the same word" in rows[0]["reasons"]
    assert AuditEntry.objects.get(action="screening.ask").count == 2


def test_names_travel_by_post_alone(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    client = client_for(cast.ngo)
    assert client.get(EXPORT).status_code == 405
    markup = client.get(ASK, {"names": NAME}).content.decode()
    assert NAME not in words(markup)
    assert 'method="get"' not in page(cast.ngo, names=NAME)


def test_without_a_list_the_page_says_what_to_do(cast: Cast) -> None:
    assert "ask it for the one you need" in page(cast.ngo)
    assert LOAD in page(cast.secretariat)
    assert "No list of names is loaded" in words(page(cast.ngo, status=409, names=NAME))


@pytest.mark.parametrize("who", MAY)
def test_who_may_ask_finds_the_way(cast: Cast, tmp_path: Path, who: str) -> None:
    put_list(tmp_path)
    person = getattr(cast, who)
    assert f'href="{ASK}"' in page(person, "/en/hub/")
    assert "Strong match" in page(person, names=NAME)
    assert "Test list" in page(person, LISTS)


@pytest.mark.parametrize("who", MAY_NOT)
def test_who_may_not_ask_is_refused_everywhere(cast: Cast, tmp_path: Path, who: str) -> None:
    row = put_list(tmp_path)
    person = getattr(cast, who)
    assert ASK not in page(person, "/en/hub/")
    for address in (ASK, LISTS, LOAD, f"{LISTS}{row.pk}/", f"{LISTS}{row.pk}/remove/"):
        assert "Test list" not in page(person, address, 403)
    for address in (ASK, EXPORT, LOAD, f"{LISTS}{row.pk}/remove/", f"{LISTS}{row.pk}/give-up/"):
        page(person, address, 403, names=NAME)
    refused = AuditEntry.objects.filter(user_id=person.user.pk, outcome="refused")
    assert refused.filter(action="screening.ask").exists()
    assert refused.filter(action="screening.load").exists()
    assert WatchList.objects.get().active


def test_nobody_without_an_account(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path)
    for address in (ASK, LISTS, LOAD, f"{LISTS}{row.pk}/"):
        response = client_for(None).get(address)
        assert (response.status_code, "login" in response.headers["Location"]) == (302, True)


@pytest.mark.parametrize("who", ["ngo", "company", "bank", "fiu"])
def test_lists_are_kept_by_the_secretariat_alone(cast: Cast, tmp_path: Path, who: str) -> None:
    row = put_list(tmp_path)
    person = getattr(cast, who)
    assert LOAD not in page(person, LISTS)
    assert "remove" not in page(person, f"{LISTS}{row.pk}/")
    for address in (LOAD, f"{LISTS}{row.pk}/remove/"):
        page(person, address, 403)
    assert bring(person, table(), "Theirs").status_code == 403
    page(person, f"{LISTS}{row.pk}/remove/", 403, yes="1")
    assert [one.name for one in WatchList.objects.all()] == ["Test list"]
    old = put_list(tmp_path, "Old")
    put_list(tmp_path, "Old", table(*ROWS, "E9,Quimera Nova,,person,,,\n"))
    page(person, f"{LISTS}{old.pk}/", 404)


def test_a_list_is_brought_replaced_and_removed_on_pages(cast: Cast) -> None:
    response = bring(cast.secretariat, ofac_zip(), "OFAC SDN", "sdn.zip", title="US Treasury")
    assert response.status_code == 302
    assert "being read" in words(page(cast.secretariat, response.headers["Location"]))
    assert "No list is loaded" in page(cast.ngo)
    run_jobs()
    told = words(page(cast.secretariat, response.headers["Location"]))
    assert "US Treasury" in told
    assert "In use" in told
    assert "Strong match" in page(cast.ngo, names="Aerofantasia Airways")
    row = WatchList.objects.get()
    assert (row.loaded_by, row.upload, row.state) == (cast.secretariat.user, "", "active")
    newer = bring(cast.secretariat, table(), "OFAC SDN")
    run_jobs()
    assert "In use" in words(page(cast.secretariat, newer.headers["Location"]))
    assert "Replaced by a newer version" in words(page(cast.secretariat, response.headers["Location"]))
    remove = f"{newer.headers['Location']}remove/"
    assert "Remove this list?" in page(cast.secretariat, remove)
    assert WatchList.objects.filter(state="active").exists()
    assert client_for(cast.secretariat).post(remove).status_code == 302
    assert not WatchList.objects.filter(state="active").exists()
    assert client_for(cast.secretariat).post(f"{response.headers['Location']}remove/").status_code == 404
    actions = AuditEntry.objects.filter(kind="watchlist").values_list("action", "door")
    assert {("screening.load", "job"), ("screening.remove", "hub")} <= set(actions)


def test_a_bad_file_says_why_and_leaves_the_list_in_use(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, "Mine")
    answer = bring(cast.administrator, b"\x89PNG not a list", "Mine", "../../etc/mine.csv")
    run_jobs()
    told = words(page(cast.administrator, answer.headers["Location"]))
    assert "Refused" in told
    assert "picture" in told
    assert WatchList.objects.filter(state="active").get().count == 4
    incoming = [path for path in tmp_path.rglob("*") if path.parent.name == "incoming"]
    assert incoming == []
    again = bring(cast.administrator, table(), "Mine")
    run_jobs()
    assert "in use already" in page(cast.administrator, again.headers["Location"])


def test_a_reading_that_stopped_is_given_up(cast: Cast) -> None:
    answer = bring(cast.secretariat, table(), "Mine")
    address = answer.headers["Location"]
    page(cast.secretariat, f"{address}give-up/", 409, yes="1")
    DBTaskResult.objects.update(status="FAILED")
    assert "stopped before its end" in page(cast.secretariat, address)
    assert client_for(cast.secretariat).post(f"{address}give-up/").status_code == 302
    assert WatchList.objects.get().state == "refused"


def test_too_large_files_and_bad_names_are_refused_beside_the_field(cast: Cast, settings: Any) -> None:
    settings.CONVENER = settings.CONVENER.model_copy(update={"max_upload_mb": 1})
    large = bring(cast.secretariat, b"x" * (2 << 20), "Large")
    assert (large.status_code, "larger than 1 MB" in large.content.decode()) == (422, True)
    named = bring(cast.secretariat, table(), "evil\u202eexe")
    assert (named.status_code, "can be read" in named.content.decode()) == (422, True)
    assert not WatchList.objects.exists()


def test_where_entries_are_left_out_the_page_says_so(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, content=table(*(f"K{at},Quimera Wolkenstein {at},,person,,,\n" for at in range(8))))
    told = words(page(cast.bank, names="Quimera Wolkenstein"))
    assert "The 5 likeliest entries; there may be others." in told
    put_list(tmp_path, content=table(*ROWS))
    assert "there may be others" not in words(page(cast.bank, names=NAME))


def test_what_could_not_be_read_is_shown(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path, content=table(*ROWS, *(f"P{at},Person Number{at},,person,,never,\n" for at in range(60))))
    told = words(page(cast.bank, f"{LISTS}{row.pk}/"))
    assert "never" in told
    assert "and 10 more" in told
    assert "60" in words(page(cast.bank, LISTS))


def test_the_audit_names_the_list_and_never_the_name(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    page(cast.bank, names="Xanthippe Wolkenstein")
    told = words(page(cast.secretariat, "/en/hub/audit/"))
    assert "Compared names with a list" in told
    assert "Test list" in told
    assert "Xanthippe" not in told


def test_every_reason_of_the_engine_has_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine says in English, the pages say in the reader's language."""
    from convener.engines.names import explaining
    from convener.rooms.screening.pages import labels

    for how in explaining._MISSING:
        assert str(labels.agreement("missing", how, "?")) == "in one name alone"
        assert str(labels.part("missing", how)) != how
    for key, says in explaining._PAIRS.items():
        assert str(labels.agreement("word", key, "?")) == says
    for (kind, how), says in explaining._OTHERS.items():
        assert str(labels.agreement(kind, how, "?")) == says


def test_pages_ask_no_more_the_longer_the_lists_are(
    cast: Cast, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    for at in range(5):
        put_list(tmp_path, f"L{at}", table(*ROWS, f"X{at},Quimera Number{at},,person,,,\n"))
    client = client_for(cast.bank)
    client.post(ASK, {"names": NAME})
    with django_assert_max_num_queries(30):
        assert client.post(ASK, {"names": "\n".join([NAME] * 50)}).status_code == 200
    with django_assert_max_num_queries(20):
        assert client.get(LISTS).status_code == 200
    screeners.forget()
