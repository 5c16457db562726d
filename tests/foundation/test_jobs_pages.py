"""The jobs' page: for the people who run the hub, and nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from convener.foundation.audit.models import AuditEntry
from convener.foundation.jobs import leases, schedule
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.registry import job, unregister
from tests.cast import Cast, client_for, make_cast
from tests.foundation.markup import Page

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def failed() -> Iterator[uuid.UUID]:
    """A job that used up its attempts, half done."""
    job("t.page", retries=0)(print)
    key = enqueue("t.page")
    claimed = leases.claim("w", timezone.now())
    assert claimed is not None
    leases.renew(claimed, timezone.now(), 5, 10)
    leases.fail(claimed, timezone.now(), ValueError("Jane <b>Doe</b>"))
    yield key
    unregister("t.page")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_page_shows_state_and_error_type(cast: Cast, failed: uuid.UUID, language: str) -> None:
    for person in (cast.secretariat, cast.administrator):
        answer = client_for(person).get(f"/{language}/hub/jobs/")
        assert answer.status_code == 200
        page = Page(answer.content.decode())
        assert "t.page" in page.text
        assert "ValueError" in page.text
        assert "Jane" not in page.text
        assert not page.all("progress")  # it ended: a half-filled bar would look like work going on
        assert [form["action"] for form in page.all("form") if "retry" in form.get("action", "")] == [
            f"/{language}/hub/jobs/{failed}/retry/"
        ]


def test_the_page_shows_how_far_a_running_job_is(cast: Cast) -> None:
    job("t.running")(print)
    try:
        enqueue("t.running")
        claimed = leases.claim("w", timezone.now())
        assert claimed is not None
        leases.renew(claimed, timezone.now(), 5, 10)
        page = Page(client_for(cast.secretariat).get("/en/hub/jobs/").content.decode())
    finally:
        unregister("t.running")
    assert [(bar["value"], bar["max"]) for bar in page.all("progress")] == [("5", "10")]


def test_an_empty_list_says_so(cast: Cast) -> None:
    page = Page(client_for(cast.secretariat).get("/en/hub/jobs/").content.decode())
    assert not page.all("table")
    assert "No jobs yet" in page.text


def test_the_button_restarts_and_is_audited(cast: Cast, failed: uuid.UUID) -> None:
    client = client_for(cast.secretariat)
    answer = client.post(f"/en/hub/jobs/{failed}/retry/", follow=True)
    assert answer.redirect_chain == [("/en/hub/jobs/", 302)]
    assert DBTaskResult.objects.get(pk=failed).status == "READY"
    line = AuditEntry.objects.get(action="jobs.retry")
    assert (line.user_id, line.record, line.outcome) == (cast.secretariat.user.pk, str(failed), "done")
    assert client.post(f"/en/hub/jobs/{failed}/retry/").status_code == 409
    assert client.post(f"/en/hub/jobs/{uuid.uuid4()}/retry/").status_code == 404


def test_reading_does_not_restart(cast: Cast, failed: uuid.UUID) -> None:
    assert client_for(cast.secretariat).get(f"/en/hub/jobs/{failed}/retry/").status_code == 405
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client_for(cast.secretariat).cookies
    assert forged.post(f"/en/hub/jobs/{failed}/retry/").status_code == 403
    assert DBTaskResult.objects.get(pk=failed).status == "FAILED"


def test_nobody_else_sees_or_restarts_jobs(cast: Cast, failed: uuid.UUID) -> None:
    for name, person in cast.everybody().items():
        if name in ("administrator", "secretariat"):
            continue
        client = client_for(person)
        assert client.get("/en/hub/jobs/").status_code == 403, name
        assert client.post(f"/en/hub/jobs/{failed}/retry/").status_code == 403, name
    nobody = client_for(None)
    assert nobody.get("/en/hub/jobs/").status_code == 302
    assert nobody.post(f"/en/hub/jobs/{failed}/retry/").status_code in (302, 403)
    assert DBTaskResult.objects.get(pk=failed).status == "FAILED"


def test_the_number_of_queries_does_not_grow(
    cast: Cast, failed: uuid.UUID, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client = client_for(cast.secretariat)
    for _ in range(40):
        enqueue("t.page")
    client.get("/en/hub/jobs/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert client.get("/en/hub/jobs/").status_code == 200


def test_a_schedule_is_one_line_and_its_turns_are_found_by_name(cast: Cast, failed: uuid.UUID) -> None:
    job("t.minute", every=timedelta(minutes=1))(int)
    try:
        now = timezone.now()
        for minute in range(3):
            schedule.tick(now + timedelta(minutes=minute, seconds=minute))
            for _ in range(20):
                claimed = leases.claim("w", timezone.now())
                if claimed is None:
                    break
                leases.complete(claimed, timezone.now(), None, None)
        client = client_for(cast.secretariat)
        page = Page(client.get("/en/hub/jobs/").content.decode())
        latest, repeating = page.all("table")[0], page.all("table")[1]
        assert latest is not repeating
        assert page.text.count("every minute") >= 1
        assert page.text.count("t.minute") == 2, "its line and the filter"
        turns = Page(client.get("/en/hub/jobs/?name=t.minute").content.decode())
        assert turns.text.count("t.minute") == 2 + 3
        none = Page(client.get("/en/hub/jobs/?name=t.minute&state=failed").content.decode())
        assert "No job matches" in none.text
        strange = client.get("/en/hub/jobs/?state=odd&name=nobody")
        assert strange.status_code == 200
    finally:
        unregister("t.minute")
