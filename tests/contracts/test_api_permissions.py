"""Every endpoint, tried by everybody: without a token, with useless ones, without scopes, from every side."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from convener.engines.identifiers import new_public_id
from convener.foundation.accounts.models import ApiToken, Membership
from convener.foundation.accounts.queries import hash_of
from convener.foundation.audit.models import AuditEntry
from convener.foundation.search import translating
from convener.foundation.search.writing import rebuild
from convener.rooms.directory.actions import importing
from convener.rooms.directory.models import Import, Initiative, PossibleDuplicate, Tool
from convener.rooms.library.models import Guidance
from convener.site.api import api
from tests.contracts.hub import API, Hub, token_for
from tests.rooms.library.shelf import put_piece, put_practice
from tests.rooms.screening.lists import put_list

pytestmark = [
    pytest.mark.django_db, pytest.mark.req("DIR-10"), pytest.mark.req("DIR-11"), pytest.mark.usefixtures("no_limit"),
]  # fmt: skip

NOBODY, OUTSIDER, WORKER, OTHER, OWN, SECRETARIAT = "nobody", "outsider", "worker", "other_ngo", "ngo", "secretariat"
SHELVES = ("practice", "members_practice", "private_practice", "guidance", "hidden_guidance")
NO_READ, NO_WRITE = "ngo without directory:read", "secretariat without directory:write"
EVERYBODY = (NOBODY, OUTSIDER, WORKER, OTHER, OWN, SECRETARIAT)
READERS = dict.fromkeys(EVERYBODY, 200) | {NO_READ: 403, NO_WRITE: 200}
#: Library, search and screening have a scope of their own, which neither of the two tokens with one scope has.
LIBRARY = dict.fromkeys(EVERYBODY, 200) | {NO_READ: 403, NO_WRITE: 403}
PATCH, ADD = {"summary": "Changed."}, {"name": "Added By Test", "country": "GB"}


def expected(**statuses: int) -> dict[str, int]:
    """What each answers, beginning with what anybody with a token does."""
    named = {"any": 403, "no_read": 403, "no_write": 403} | statuses
    by_token = dict.fromkeys((OUTSIDER, WORKER, OTHER, OWN, SECRETARIAT), named["any"])
    others = {NOBODY: 401, NO_READ: named["no_read"], NO_WRITE: named["no_write"]}
    return by_token | others | {name: status for name, status in statuses.items() if name in EVERYBODY}


#: Method, address (with names of what the hub holds), body, and the status for each asker.
ENDPOINTS: list[tuple[str, str, Any, dict[str, int]]] = [
    ("GET", "/organisations", None, READERS),
    ("GET", "/organisations/{public}", None, READERS),
    ("GET", "/organisations/{shelter}", None, READERS),
    ("GET", "/organisations/{members}", None,
     {NOBODY: 404, OUTSIDER: 404, WORKER: 404, OTHER: 200, OWN: 200, SECRETARIAT: 200, NO_READ: 403, NO_WRITE: 200}),
    ("GET", "/organisations/{private}", None,
     {NOBODY: 404, OUTSIDER: 404, WORKER: 404, OTHER: 404, OWN: 404, SECRETARIAT: 200, NO_READ: 403, NO_WRITE: 200}),
    ("GET", "/organisations/{shelter}/history", None, expected(ngo=200, secretariat=200, no_write=200)),
    ("GET", "/organisations/{private}/history", None,
     expected(any=404, secretariat=200, no_write=200)),
    ("GET", "/organisations.csv", None, READERS),
    ("GET", "/organisations.json", None, READERS),
    ("GET", "/organisations.geojson", None, READERS),
    ("GET", "/organisations.xlsx", None, READERS),
    ("GET", "/tools", None, READERS),
    ("GET", "/tools/{tool}", None, READERS),
    ("GET", "/initiatives", None, READERS),
    ("GET", "/initiatives/{initiative}", None, READERS),
    ("GET", "/practices", None, LIBRARY),
    ("GET", "/practices/{practice}", None, LIBRARY),
    ("GET", "/practices/{members_practice}", None,
     LIBRARY | {NOBODY: 404, OUTSIDER: 404, WORKER: 404}),
    ("GET", "/practices/{private_practice}", None,
     dict.fromkeys(EVERYBODY, 404) | {SECRETARIAT: 200, NO_READ: 403, NO_WRITE: 403}),
    ("GET", "/guidance", None, LIBRARY),
    ("GET", "/guidance/{guidance}", None, LIBRARY),
    ("GET", "/guidance/{hidden_guidance}", None,
     dict.fromkeys(EVERYBODY, 404) | {SECRETARIAT: 200, NO_READ: 403, NO_WRITE: 403}),
    ("PATCH", "/guidance/{guidance}", {"useful": True}, expected(other_ngo=200, ngo=200, secretariat=200)),
    ("PATCH", "/guidance/{guidance}", {"note": "Changed."}, expected(secretariat=200)),
    ("PATCH", "/guidance/{hidden_guidance}", {"hidden": False}, expected(other_ngo=404, ngo=404, secretariat=200)),
    ("GET", "/search?q=aardvark", None, LIBRARY),
    ("GET", "/duplicates", None, expected(secretariat=200)),
    ("POST", "/duplicates/{pair}/decision", {"decision": "different"}, expected(secretariat=200)),
    ("GET", "/names/lists", None, expected(other_ngo=200, ngo=200, secretariat=200)),
    ("POST", "/names/screen", {"queries": [{"name": "Aardvark"}]}, expected(other_ngo=200, ngo=200, secretariat=200)),
    ("GET", "/vocabularies", None, READERS),
    ("GET", "/vocabularies/countries", None, READERS),
    ("GET", "/status", None, READERS | {NO_READ: 200}),
    ("GET", "/openapi.json", None, READERS | {NO_READ: 200}),
    ("GET", "/me", None, expected(any=200, no_read=200, no_write=200)),
    ("PATCH", "/organisations/{shelter}", PATCH, expected(ngo=200, secretariat=200, no_read=200)),
    ("PATCH", "/organisations/{public}", PATCH, expected(secretariat=200)),
    ("PATCH", "/organisations/{members}", PATCH, expected(outsider=403, worker=403, secretariat=200)),
    ("PATCH", "/organisations/{private}", PATCH,
     expected(outsider=403, worker=403, any=404, secretariat=200, no_read=404)),
    ("POST", "/organisations", ADD, expected(secretariat=201)),
    ("POST", "/imports", "name,country\nImported,GB\n", expected(secretariat=200)),
    ("GET", "/imports/{import}", None, expected(outsider=403, worker=403, any=404, secretariat=200, no_read=404)),
    ("POST", "/imports/{import}/confirm", None,
     expected(outsider=403, worker=403, any=404, secretariat=409, no_read=404)),
    ("POST", "/imports/{import}/undo", None, expected(outsider=403, worker=403, any=404, secretariat=202, no_read=404)),
]  # fmt: skip


def send(hub: Hub, method: str, path: str, body: Any, secret: str) -> Any:
    """Send a request to an address in which names stand for what the hub holds."""
    held = {name: getattr(hub, name).public_id for name in ("public", "members", "private", "shelter")}
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    text = isinstance(body, str)
    data = body.encode() if text else b"" if body is None else json.dumps(body).encode()
    return Client().generic(
        method, API + path.format(**held, **hub_records()), data,
        content_type="text/csv" if text else "application/json", headers=headers,
    )  # fmt: skip


def hub_records() -> dict[str, str]:
    """Keys of a tool, an initiative, the shelves of the library, a finished import and a possible duplicate."""
    return {
        "tool": "a-tool",
        "initiative": "an-initiative",
        "import": str(Import.objects.earliest("created_at").pk),
        "pair": str(PossibleDuplicate.objects.get().pk),
    } | {name: name.replace("_", "-") for name in SHELVES}


@pytest.fixture
def full_hub(hub: Hub, tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub with a tool, an initiative, practices and guidance, a finished import, and an index of them."""
    Tool.objects.create(slug="a-tool", name="A tool", sort_name="a tool")
    Initiative.objects.create(slug="an-initiative", name="An initiative", sort_name="an initiative")
    for key, visibility in (("practice", "public"), ("members-practice", "members"), ("private-practice", "private")):
        put_practice(key, visibility=visibility)
    put_piece("guidance")
    Guidance.objects.filter(pk=put_piece("hidden-guidance").pk).update(hidden=True)
    path = tmp_path / "first.csv"
    path.write_text("name,country\nFirst,GB\n")
    importing.import_file(path, actor=hub.cast.secretariat.actor, options=importing.Options())
    one, other = sorted((hub.public.pk, hub.private.pk))
    PossibleDuplicate.objects.create(one_id=one, other_id=other, score=0.5, outcome="unsure", found_at=timezone.now())
    settings.DATA_DIR = tmp_path / "hub"
    monkeypatch.setattr(translating, "build", lambda root: "")  # no dictionary: learning one takes seconds
    rebuild()
    put_list(tmp_path)
    return hub


def secret_of(hub: Hub, who: str) -> str:
    """A token for one of the askers."""
    cast = hub.cast
    tokens: dict[str, Callable[[], str]] = {
        NOBODY: lambda: "",
        NO_READ: lambda: token_for(cast.ngo, "directory:write"),
        NO_WRITE: lambda: token_for(cast.secretariat, "directory:read"),
    }
    return tokens[who]() if who in tokens else token_for(getattr(cast, who))


@pytest.mark.parametrize(("method", "path", "body", "statuses"), ENDPOINTS, ids=lambda value: str(value)[:40])
def test_each_endpoint_answers_each_asker(
    full_hub: Hub, method: str, path: str, body: Any, statuses: dict[str, int]
) -> None:
    assert set(statuses) == {*EVERYBODY, NO_READ, NO_WRITE}
    found = {who: send(full_hub, method, path, body, secret_of(full_hub, who)).status_code for who in statuses}
    assert found == statuses


@pytest.mark.parametrize(("method", "path", "body", "statuses"), ENDPOINTS, ids=lambda value: str(value)[:40])
def test_each_endpoint_refuses_a_useless_token(
    full_hub: Hub, method: str, path: str, body: Any, statuses: dict[str, int]
) -> None:
    """Wrong, expired, revoked, of an ended membership, of a closed account: never served as the public."""
    for secret in useless_tokens(full_hub):
        response = send(full_hub, method, path, body, secret)
        assert response.status_code == 401
        assert json.loads(response.content)["error"]["hint"]


def useless_tokens(hub: Hub) -> list[str]:
    """One token for each way in which a token can be worth nothing."""
    wrong = "cvn_" + "x" * 40
    now = timezone.now()
    secrets = {name: token_for(hub.cast.secretariat) for name in ("expired", "revoked")}
    ApiToken.objects.filter(secret_hash=hash_of(secrets["expired"])).update(expires_at=now - dt.timedelta(seconds=1))
    ApiToken.objects.filter(secret_hash=hash_of(secrets["revoked"])).update(revoked_at=now)
    ended = token_for(hub.cast.administrator)
    Membership.objects.filter(pk=hub.cast.administrator.membership.pk).update(ended_at=now)
    closed = token_for(hub.cast.fiu)
    hub.cast.fiu.user.is_active = False
    hub.cast.fiu.user.save()
    return [wrong, *secrets.values(), ended, closed]


def test_the_matrix_has_every_operation() -> None:
    """An endpoint that is added must be added to the matrix."""
    described = {
        (method.upper(), path.removeprefix(API))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    tried = set()
    for method, path, _body, _statuses in ENDPOINTS:
        generic = path.partition("?")[0].replace(".csv", ".{format}")
        for name in ("public", "shelter", "members", "private", "tool", "initiative", "import", "pair", *SHELVES):
            generic = generic.replace(f"{{{name}}}", "{id}")
        tried.add((method, generic.replace("vocabularies/countries", "vocabularies/{name}")))
    assert described <= tried


def test_refused_writes_change_nothing_and_are_audited(full_hub: Hub) -> None:
    before = full_hub.public.updated_at
    response = send(full_hub, "PATCH", "/organisations/{public}", PATCH, secret_of(full_hub, OTHER))
    assert response.status_code == 403
    full_hub.public.refresh_from_db()
    assert full_hub.public.updated_at == before
    refused = AuditEntry.objects.filter(outcome="refused", record=str(full_hub.public.pk))
    assert refused.filter(user_id=full_hub.cast.other_ngo.user.pk, door="api").count() == 1


def test_who_may_not_add_learns_nothing_of_what_is_on_record(full_hub: Hub) -> None:
    hidden, unknown = (
        send(full_hub, "POST", "/organisations", {"name": name, "country": "DE"}, secret_of(full_hub, OTHER))
        for name in ("Private House", "Nobody Knows This")
    )
    assert hidden.status_code == unknown.status_code == 403
    assert hidden.content == unknown.content


def test_a_hidden_record_and_one_that_is_not_there_read_the_same(full_hub: Hub) -> None:
    secret = secret_of(full_hub, OTHER)
    headers = {"authorization": f"Bearer {secret}"}
    hidden = Client().get(f"{API}/organisations/{full_hub.private.public_id}", headers=headers)
    missing = Client().get(f"{API}/organisations/{new_public_id(os.urandom)}", headers=headers)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


def test_an_organisation_is_changed_by_the_member_that_keeps_its_entry(full_hub: Hub) -> None:
    full_hub.public.owner = full_hub.cast.company.party
    full_hub.public.save()
    secret = token_for(full_hub.cast.company)
    assert send(full_hub, "PATCH", "/organisations/{public}", PATCH, secret).status_code == 200
    told = json.loads(send(full_hub, "GET", "/organisations/{public}", None, secret).content)
    assert told["provenance"]["summary"]["source"] == "The member that looks after this entry"
