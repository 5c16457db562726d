"""Every address of the directory, tried by nobody, outsider, worker, another organisation, the own, the secretariat.

The expected answers stand in one table; an address that is missing from it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from convener.foundation.actor import OPERATOR
from convener.foundation.parties.merging import merge
from convener.foundation.parties.models import Merge, Party
from convener.rooms.directory.actions import importing
from convener.rooms.directory.models import Import, Profile
from convener.rooms.directory.urls import hub_urlpatterns, public_urlpatterns
from tests.cast import Cast, Person, client_for, make_cast
from tests.rooms.directory import records
from tests.rooms.directory.records import entry_for, initiative, organisation, page_text, run_jobs, tool

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-11"), pytest.mark.filterwarnings("ignore:No directory at")]

WHO = ("nobody", "outsider", "worker", "other", "own", "secretariat")
LOGIN = 302  # nobody is sent to the login
EVERYBODY = (200, 200, 200, 200, 200, 200)
LOGGED_IN = (LOGIN, 200, 200, 200, 200, 200)
SECRETARIAT = (LOGIN, 403, 403, 403, 403, 200)
#: Address → answers to GET by nobody, outsider, worker, other organisation, the organisation itself, secretariat.
#: The entry asked for is the own organisation's, shown to members only.
GET: dict[str, tuple[int, ...]] = {
    "directory:list": EVERYBODY,
    "directory:download": EVERYBODY,
    "directory:tools": EVERYBODY,
    "directory:tools_download": EVERYBODY,
    "directory:initiatives_download": EVERYBODY,
    "directory:tool": EVERYBODY,
    "directory:initiatives": EVERYBODY,
    "directory:initiative": EVERYBODY,
    "directory:embed": EVERYBODY,
    "directory:organisation": (404, 404, 404, 404, 404, 404),  # the public door knows no accounts
    "hub_directory:list": LOGGED_IN,
    "hub_directory:download": LOGGED_IN,
    "hub_directory:tools": LOGGED_IN,
    "hub_directory:tools_download": LOGGED_IN,
    "hub_directory:initiatives_download": LOGGED_IN,
    "hub_directory:tool": LOGGED_IN,
    "hub_directory:initiatives": LOGGED_IN,
    "hub_directory:initiative": LOGGED_IN,
    "hub_directory:add": SECRETARIAT,
    "hub_directory:merge": SECRETARIAT,
    "hub_directory:merge_undo": SECRETARIAT,
    "hub_directory:duplicates": SECRETARIAT,
    "hub_directory:duplicates_find": (LOGIN, 405, 405, 405, 405, 405),
    "hub_directory:duplicates_file": SECRETARIAT,
    "hub_directory:duplicate_decide": (LOGIN, 405, 405, 405, 405, 405),
    "hub_directory:imports": SECRETARIAT,
    "hub_directory:import_new": SECRETARIAT,
    "hub_directory:import_template": SECRETARIAT,
    "hub_directory:import": SECRETARIAT,
    "hub_directory:import_columns": (LOGIN, 403, 403, 403, 403, 409),  # made by the command: no file to read again
    "hub_directory:import_rows": SECRETARIAT,
    "hub_directory:import_problems": SECRETARIAT,
    "hub_directory:import_again": (LOGIN, 405, 405, 405, 405, 405),
    "hub_directory:import_confirm": (LOGIN, 405, 405, 405, 405, 405),
    "hub_directory:import_cancel": (LOGIN, 405, 405, 405, 405, 405),
    "hub_directory:import_undo": (LOGIN, 403, 403, 403, 403, 409),  # not finished yet
    "hub_directory:organisation": (LOGIN, 404, 404, 200, 200, 200),
    "hub_directory:edit": (LOGIN, 404, 404, 403, 200, 200),
    "hub_directory:history": (LOGIN, 404, 404, 200, 200, 200),
}
#: The same for POST, with nothing or too little in it, where a POST is understood at all.
POST: dict[str, tuple[int, ...]] = {
    "hub_directory:add": (LOGIN, 403, 403, 403, 403, 422),
    "hub_directory:merge": (LOGIN, 403, 403, 403, 403, 422),
    "hub_directory:merge_undo": (LOGIN, 403, 403, 403, 403, 302),
    "hub_directory:duplicates_find": (LOGIN, 403, 403, 403, 403, 302),
    "hub_directory:duplicate_decide": (LOGIN, 403, 403, 403, 403, 404),  # there is no such pair
    "hub_directory:import_new": (LOGIN, 403, 403, 403, 403, 422),
    "hub_directory:import_columns": (LOGIN, 403, 403, 403, 403, 409),
    "hub_directory:import_confirm": (LOGIN, 403, 403, 403, 403, 302),
    "hub_directory:import_cancel": (LOGIN, 403, 403, 403, 403, 409),  # it was confirmed before
    "hub_directory:import_undo": (LOGIN, 403, 403, 403, 403, 409),
    "hub_directory:import_again": (LOGIN, 403, 403, 403, 403, 409),
    "hub_directory:edit": (LOGIN, 404, 404, 403, 422, 422),
}


@dataclass
class World:
    """The cast, and one record of each kind to ask for."""

    cast: Cast
    entry: Party
    staged: Import
    merge: Merge

    def person(self, who: str) -> Person | None:
        people = {
            "nobody": None, "outsider": self.cast.outsider, "worker": self.cast.worker, "other": self.cast.other_ngo,
            "own": self.cast.ngo, "secretariat": self.cast.secretariat,
        }  # fmt: skip
        return people[who]

    def address(self, name: str) -> str:
        arguments: dict[str, tuple[Any, ...]] = {
            "download": ("csv",),
            "tools_download": ("csv",), "initiatives_download": ("json",), "tool": ("finder",), "initiative": ("alliance",),
            "organisation": (self.entry.public_id,),
            "edit": (self.entry.public_id,), "history": (self.entry.public_id,), "merge_undo": (self.merge.pk,),
            "duplicate_decide": (self.merge.pk,),
        }  # fmt: skip
        short = name.partition(":")[2]
        if short.startswith("import") and short not in ("imports", "import_new", "import_template"):
            return reverse(name, args=(self.staged.pk,))
        return reverse(name, args=arguments.get(short, ()))


@pytest.fixture
def world() -> World:
    cast = make_cast()
    entry = entry_for(cast.ngo.party, visibility="members", address=records.SECRETS[0], type="ngos")
    tool(providers=(entry,))
    initiative(members=((entry, "member"),))
    row = merge(organisation("Kept"), organisation("Merged"), actor=OPERATOR)
    staged = importing.begin("list.csv", actor=cast.secretariat.actor, options=importing.Options())
    Import.objects.filter(pk=staged.pk).update(
        state=Import.State.STAGED, options={**staged.options, "read": {"failed": 0, "last_problem": 0}}
    )
    return World(cast, entry, staged, row)


def addresses() -> set[str]:
    named: list[tuple[str, list[URLPattern]]] = [("directory", public_urlpatterns), ("hub_directory", hub_urlpatterns)]
    return {f"{namespace}:{pattern.name}" for namespace, patterns in named for pattern in patterns}


def test_every_address_stands_in_the_table() -> None:
    assert set(GET) == addresses()
    assert set(POST) <= set(GET)


@pytest.mark.parametrize("place", range(len(WHO)), ids=WHO)
def test_reading(world: World, place: int) -> None:
    client = client_for(world.person(WHO[place]))
    for name, answers in GET.items():
        response = client.get(world.address(name))
        assert response.status_code == answers[place], (name, WHO[place], response.status_code)
        if answers[place] == LOGIN:
            assert "/account/login/" in response["Location"], name
        elif name.startswith("hub_") and response.status_code == 200 and "Cache-Control" in response.headers:
            assert "no-store" in response["Cache-Control"], name


@pytest.mark.parametrize("place", range(len(WHO)), ids=WHO)
def test_writing(world: World, place: int) -> None:
    client = client_for(world.person(WHO[place]))
    before = Profile.objects.count()
    for name, answers in POST.items():
        response = client.post(world.address(name), {})
        assert response.status_code == answers[place], (name, WHO[place], response.status_code)
    for name in set(GET) - set(POST):
        assert client.post(world.address(name), {}).status_code in (LOGIN, 405), name
    assert Profile.objects.count() == before


def test_a_post_without_the_forms_token_is_refused(world: World) -> None:
    person = world.cast.secretariat
    with_token = client_for(person)
    client = Client(enforce_csrf_checks=True)
    client.cookies = with_token.cookies
    for name in POST:
        assert client.post(world.address(name), {}).status_code == 403, name


def test_imports_are_told_apart_from_absent_ones_by_nobody_but_the_secretariat(world: World) -> None:
    secretariat = client_for(world.cast.secretariat)
    for text in ("0197f000-0000-7000-8000-000000000000", "nonsense"):
        assert secretariat.get(f"/en/hub/directory/imports/{text}/").status_code == 404


def pages_of(entry: Party, side: str) -> list[str]:
    """Every page and file of one door that could say something about an organisation."""
    base = f"/en/{side}"
    paths = [f"{base}directory/", f"{base}directory/?at=FI", f"{base}directory/tools/", f"{base}directory/initiatives/"]
    paths += [f"{base}directory/organisations.{fmt}" for fmt in ("csv", "json", "geojson")]
    paths += [
        f"{base}directory/{entry.public_id}/",
        f"{base}directory/tools/finder/",
        f"{base}directory/initiatives/alliance/",
    ]
    paths += [f"{base}directory/?q={words}" for words in ("Hidden", "quietville", "mary")]
    if side:
        paths.append(f"{base}directory/{entry.public_id}/history/")
    else:
        paths += ["/en/", "/en/directory/map/embed/", "/en/directory/map/embed/?at=FI"]
    return paths


@pytest.mark.parametrize("who", ["nobody", "outsider", "worker", "other", "company", "own", "secretariat"])
@pytest.mark.parametrize("visibility", ["private", "members"])
def test_private_places_and_contacts_leave_for_their_keepers_only(who: str, visibility: str) -> None:
    cast = make_cast()
    secrets = dict(zip(("address", "city"), records.SECRETS[:2], strict=True))
    entry = entry_for(
        cast.ngo.party, type="ngos", country="FI", **secrets, latitude=61.2345, longitude=23.4567,
        email=records.SECRETS[4],
        phone=records.SECRETS[5], place_visibility=visibility, contact_visibility=visibility,
    )  # fmt: skip
    tool(providers=(entry,))
    initiative(members=((entry, "member"),))
    people = {"other": cast.other_ngo, "own": cast.ngo, "nobody": None}
    person = people[who] if who in people else getattr(cast, who)
    may = who in ("own", "secretariat") or (visibility == "members" and who in ("other", "company"))
    client = client_for(person)
    paths = pages_of(entry, "") + (pages_of(entry, "hub/") if person else [])
    told = set()
    for path in paths:
        response = client.get(path)
        if response.status_code != 200:
            continue
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found = {secret for secret in records.SECRETS if secret in body.decode()}
        assert not found or (may and "/hub/" in path), (path, found)
        told |= found
    assert (told == set(records.SECRETS)) is may
    if may and who not in ("own", "secretariat"):
        assert records.SECRETS[0] not in page_text(client, f"/en/hub/directory/{entry.public_id}/history/")


def test_confirming_runs_as_the_person_who_confirmed(world: World) -> None:
    client = client_for(world.cast.secretariat)
    assert client.post(world.address("hub_directory:import_confirm")).status_code == 302
    assert run_jobs() == ["directory.apply_import"]
    world.staged.refresh_from_db()
    assert world.staged.state == Import.State.DONE
