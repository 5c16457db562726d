"""A small hub for the tests of the API: the cast with tokens, and organisations of every visibility."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from convener.foundation.accounts.actions.tokens import make_token
from convener.foundation.accounts.scopes import scopes_for
from convener.foundation.actor import HUB
from convener.foundation.parties.models import Party, PartyIdentifier, Source
from convener.foundation.parties.queries import hub_party
from convener.foundation.parties.sources import source_for
from convener.rooms.directory.actions import writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts
from convener.rooms.directory.actions.terms import sort_name_of
from convener.rooms.directory.models import Profile
from tests.cast import Cast, Person, make_cast

API = "/api/v1"
#: Stands in every value that nobody but the keepers of an entry may see (DIR-11).
SECRET = "zq-hidden-house"
SECRET_LATITUDE = 12.3456789


@dataclass(frozen=True)
class Hub:
    """The cast, and organisations by what they are for."""

    cast: Cast
    public: Party
    members: Party
    private: Party
    demo: Party

    @property
    def shelter(self) -> Party:
        """The entry of the cast's NGO: public, with a hidden place and contact."""
        return self.cast.ngo.party


def make_hub() -> Hub:
    """Make it."""
    cast = make_cast()
    keeper = hub_party().id
    values = {"type": "smes", "country": "GB", "industries": ["agriculture"], "city": "Leeds"}
    hub = Hub(
        cast=cast,
        public=add("Aardvark Ltd", owner_id=keeper, aliases=["AVL"], **values),
        members=add("Members SA", owner_id=keeper, visibility="members", country="FR", summary=f"{SECRET} members"),
        private=add("Private House", owner_id=keeper, visibility="private", country="DE", summary=f"{SECRET} private"),
        demo=add("Demo Company", owner_id=keeper, is_demo=True, country="GB"),
    )
    entry_of(
        cast.ngo, summary="Shelter and legal aid.", country="GB", address=f"1 {SECRET} Street", city=f"{SECRET} town",
        latitude=SECRET_LATITUDE, longitude=98.7654321, email=f"{SECRET}@shelter.example", phone="+44 999 zq-hidden",
        place_visibility="private", contact_visibility="private",
    )  # fmt: skip
    scheme = f"{PartyIdentifier.SOURCE_PREFIX}{SECRET}-list"
    PartyIdentifier.objects.create(party=cast.ngo.party, scheme=scheme, value="77")
    entry_of(cast.company, country="GB", summary="Clothes.")
    return hub


def add(name: str, *, owner_id: Any, aliases: list[str] | None = None, is_demo: bool = False, **values: Any) -> Party:
    """Add an organisation with these columns."""
    draft = Draft.new(owner_id=owner_id, is_demo=is_demo)
    draft.set("name", name)
    _fill(draft, values, aliases or [])
    return Party.objects.get(pk=draft.party.pk)


def entry_of(person: Person, **values: Any) -> Party:
    """Give the organisation of somebody in the cast an entry in the directory."""
    Profile.objects.create(party=person.party, sort_name=sort_name_of(person.party.name))
    draft = load_drafts([person.party.id])[person.party.id]
    _fill(draft, values, [])
    return draft.party


def _fill(draft: Draft, values: dict[str, Any], aliases: list[str]) -> None:
    for name, value in values.items():
        draft.set(name, value)
    draft.set_aliases(aliases, replace=True)
    source = source_for(Source.Kind.DOCUMENT, "document:test", "A document")
    draft.note_provenance(source.id, "page 1", None)
    writing.write([draft], actor=HUB, action="content")


def token_for(person: Person, *scopes: str) -> str:
    """The secret of a token of this person, with these scopes or with all that the role may have."""
    allowed = [scope.key for scope in scopes_for(person.role)]
    _token, secret = make_token(
        actor=person.actor, membership=person.membership, label="Test", scopes=scopes or allowed, days=1
    )
    return secret


@dataclass
class Api:
    """A program that talks to the API, with or without a token; it fails on any cookie and any page of HTML."""

    token: str = ""
    address: str = "192.0.2.1"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a request; ``path`` below /api/v1, ``body`` as JSON."""
        extra = {"authorization": f"Bearer {self.token}"} if self.token else {}
        data = b"" if body is None else json.dumps(body).encode()
        response = Client(raise_request_exception=True).generic(
            method, f"{API}{path}", data, content_type="application/json", headers=extra | headers,
            REMOTE_ADDR=self.address,
        )  # fmt: skip
        assert not response.cookies, "the API set a cookie"
        assert "text/html" not in response.headers.get("Content-Type", "") or response.status_code == 204
        return response

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET."""
        return self.send("GET", path, **headers)

    def json(self, path: str, status: int = 200) -> Any:
        """The JSON that GET answers, which must come with this status."""
        response = self.get(path)
        assert response.status_code == status, response.content
        return json.loads(response.content)


def as_person(person: Person | None, *scopes: str) -> Api:
    """The API as somebody of the cast sees it (None: without a token)."""
    return Api(token_for(person, *scopes) if person else "")


def body(response: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def error(response: Any, status: int) -> dict[str, Any]:
    """The error that an answer with this status tells; every error has a message and a hint."""
    assert response.status_code == status, response.content
    told: dict[str, Any] = json.loads(response.content)["error"]
    assert told["message"]
    assert "hint" in told
    return told
