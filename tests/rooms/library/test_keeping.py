"""What members and the secretariat say about guidance: useful or not, a note, out of sight; and who must not."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from convener.errors import InvalidValue, NotAllowed
from convener.foundation.accounts.actions import erase_account
from convener.foundation.actor import HUB as JOB
from convener.foundation.actor import OPERATOR, Actor, Door
from convener.foundation.actor import PUBLIC as NOBODY
from convener.foundation.audit.models import AuditEntry
from convener.foundation.outbox.models import Event
from convener.rooms.library.actions.guidance import MOST_NOTE, annotate, hide, judge
from convener.rooms.library.models import Guidance, Verdict
from tests.cast import Cast, Person, client_for, make_cast
from tests.rooms.library.shelf import HUB, PUBLIC, body, facet_counts, listed, put_piece, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-3")]
PIECE = f"{HUB}/guidance/hint/"
MEMBERS = ("ngo", "other_ngo", "company", "bank", "fiu", "donor")
KEEPERS = ("secretariat", "administrator")
NO_MEMBERS = ("outsider", "worker")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def piece(db: None) -> Guidance:
    return put_piece()


def with_scopes(person: Person, *scopes: str) -> Actor:
    """The person through a token with these scopes."""
    return replace(person.actor, door=Door.API, scopes=frozenset(scopes))


def verdicts(piece: Guidance) -> dict[uuid.UUID, bool]:
    """What each person said."""
    return dict(Verdict.objects.filter(guidance=piece).values_list("user_id", "useful"))


def now(piece: Guidance) -> Guidance:
    """The piece as it is stored."""
    return Guidance.objects.get(pk=piece.pk)


def test_members_judge_once_each_change_their_mind_and_take_it_back(cast: Cast, piece: Guidance) -> None:
    for name in (*MEMBERS, *KEEPERS):
        person = getattr(cast, name)
        judge(piece, True, actor=person.actor)
        judge(piece, False, actor=person.actor)
        judge(piece, False, actor=with_scopes(person, "library:write"))
        assert verdicts(piece)[person.user.pk] is False
    assert len(verdicts(piece)) == len((*MEMBERS, *KEEPERS))
    judge(piece, None, actor=cast.ngo.actor)
    judge(piece, None, actor=cast.ngo.actor)
    assert cast.ngo.user.pk not in verdicts(piece)
    assert len(verdicts(piece)) == len((*MEMBERS, *KEEPERS)) - 1


def test_who_is_no_member_does_not_judge(cast: Cast, piece: Guidance) -> None:
    nobody = [NOBODY, OPERATOR, JOB, *(getattr(cast, name).actor for name in NO_MEMBERS)]
    for actor in [*nobody, with_scopes(cast.ngo, "library:read"), with_scopes(cast.secretariat), with_scopes(cast.ngo)]:
        for useful in (True, False, None):
            with pytest.raises(NotAllowed):
                judge(piece, useful, actor=actor)
    assert verdicts(piece) == {}


def test_who_does_not_run_the_hub_neither_notes_nor_hides(cast: Cast, piece: Guidance) -> None:
    refused = [NOBODY, *(getattr(cast, name).actor for name in (*MEMBERS, *NO_MEMBERS))]
    refused += [with_scopes(cast.secretariat, "library:read", "directory:write"), with_scopes(cast.administrator)]
    refused += [with_scopes(cast.ngo, "library:write")]
    for actor in refused:
        with pytest.raises(NotAllowed):
            annotate(piece, "A note.", actor=actor)
        with pytest.raises(NotAllowed):
            hide(piece, True, actor=actor)
    assert (now(piece).note, now(piece).hidden) == ("", False)
    assert not AuditEntry.objects.filter(action__startswith="library.", outcome="done").exists()


@pytest.mark.parametrize("name", [*KEEPERS, "token", "operator"])
def test_the_secretariat_notes_and_hides_and_it_is_audited_and_told(cast: Cast, piece: Guidance, name: str) -> None:
    others: dict[str, Actor] = {"operator": OPERATOR, "token": with_scopes(cast.secretariat, "library:write")}
    actor = others[name] if name in others else getattr(cast, name).actor
    before = Event.objects.count()
    annotate(piece, "  Ask Mary.  ", actor=actor)
    annotate(piece, "Ask Mary.", actor=actor)  # the same again is no change
    hide(piece, True, actor=actor)
    hide(piece, True, actor=actor)
    hide(piece, False, actor=actor)
    assert (now(piece).note, now(piece).hidden) == ("Ask Mary.", False)
    rows = AuditEntry.objects.filter(record=str(piece.pk)).order_by("at").values_list("action", "user_id", "fields")
    wanted = [("library.annotate", ["note"]), ("library.hide", ["hidden"]), ("library.show", ["hidden"])]
    assert list(rows) == [(action, actor.user_id, fields) for action, fields in wanted]
    assert Event.objects.count() == before + 3
    assert "Mary" not in str(list(AuditEntry.objects.values()))  # names of fields only


def test_a_note_is_bounded_free_of_nul_and_can_be_taken_away(cast: Cast, piece: Guidance) -> None:
    actor = cast.secretariat.actor
    annotate(piece, "x" * MOST_NOTE, actor=actor)
    with pytest.raises(InvalidValue) as told:
        annotate(piece, "x" * (MOST_NOTE + 1), actor=actor)
    assert told.value.field == "note"
    assert told.value.hint
    assert len(now(piece).note) == MOST_NOTE
    annotate(piece, "a\x00b", actor=actor)
    assert now(piece).note == "ab"
    annotate(piece, " \n ", actor=actor)
    assert now(piece).note == ""


def test_a_verdict_is_audited_without_what_it_was(cast: Cast, piece: Guidance) -> None:
    judge(piece, True, actor=cast.ngo.actor)
    assert AuditEntry.objects.filter(user_id=cast.ngo.user.pk, record=str(piece.pk)).count() == 1


def test_over_the_pages_members_judge(cast: Cast, piece: Guidance) -> None:
    client = client_for(cast.ngo)
    for useful, wanted in (("yes", True), ("no", False), ("maybe", None), ("yes", True), ("", None)):
        response = client.post(f"{PIECE}verdict/", {"useful": useful})
        assert (response.status_code, response["Location"]) == (302, PIECE)
        assert verdicts(piece).get(cast.ngo.user.pk) is wanted
    client.post(f"{PIECE}verdict/", {"useful": "yes"})
    markup = body(client, PIECE)
    assert "1 of 1 member found this useful" in words_of(markup)
    assert 'value="yes" aria-pressed="true"' in markup
    assert "Take my answer back" in markup


@pytest.mark.parametrize("path", ["", "verdict/", "shown/"])
def test_over_the_pages_nobody_and_who_is_no_member_is_refused(cast: Cast, piece: Guidance, path: str) -> None:
    data = {"useful": "yes", "note": "Mine now.", "hidden": "yes"}
    response = client_for(None).post(PIECE + path, data)
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]
    refused = [*NO_MEMBERS, *(MEMBERS if path != "verdict/" else ())]
    for name in refused:
        assert client_for(getattr(cast, name)).post(PIECE + path, data).status_code == 403, name
    assert verdicts(piece) == {}
    assert (now(piece).note, now(piece).hidden) == ("", False)


def test_over_the_pages_the_secretariat_notes_hides_and_shows(cast: Cast, piece: Guidance) -> None:
    client = client_for(cast.secretariat)
    assert client.post(PIECE, {"note": "Ask Mary."}).status_code == 302
    assert "Ask Mary." in body(client_for(cast.ngo), PIECE)
    assert client.post(f"{PIECE}shown/", {"hidden": "yes"}).status_code == 302
    body(Client(), f"{PUBLIC}/guidance/hint/", 404)
    assert "It is hidden now" in words_of(body(client, PIECE))
    assert listed(body(client, f"{HUB}/guidance/")) == ["hint"]
    assert client.post(f"{PIECE}shown/", {"hidden": "no"}).status_code == 302
    body(Client(), f"{PUBLIC}/guidance/hint/")
    too_long = client.post(PIECE, {"note": "x" * (MOST_NOTE + 1)})
    assert too_long.status_code == 422
    assert now(piece).note == "Ask Mary."
    assert client.post(PIECE, {"note": "a\x00b"}).status_code == 422


def test_what_a_hub_hid_and_noted_is_found_by_those_who_may_know(cast: Cast, piece: Guidance) -> None:
    put_piece("other")
    put_piece("plain")
    annotate(piece, "Ask Mary.", actor=OPERATOR)
    hide(Guidance.objects.get(slug="other"), True, actor=OPERATOR)
    for person, noted, hidden in (
        (cast.secretariat, ["hint"], ["other"]), (cast.ngo, ["hint"], []), (cast.outsider, [], []), (None, [], []),
    ):  # fmt: skip
        client, address = client_for(person), f"{HUB if person else PUBLIC}/guidance/"
        counts = {
            value: count for (facet, value), count in facet_counts(body(client, address)).items() if facet == "here"
        }
        assert counts == ({"noted": 1} if noted else {}) | ({"hidden": 1} if hidden else {}), person
        assert listed(body(client, f"{address}?here=noted")) == noted
        assert listed(body(client, f"{address}?here=hidden")) == hidden


def test_only_those_who_may_are_offered_the_forms(cast: Cast, piece: Guidance) -> None:
    offered = {
        name: ("verdict/" in markup, "shown/" in markup)
        for name in ("outsider", "worker", "ngo", "secretariat")
        for markup in [body(client_for(getattr(cast, name)), PIECE)]
    }
    assert offered == {
        "outsider": (False, False), "worker": (False, False), "ngo": (True, False), "secretariat": (True, True)
    }  # fmt: skip
    assert "<form" not in body(Client(), f"{PUBLIC}/guidance/hint/").partition("<main")[2]


def test_nobody_reaches_a_hidden_piece_by_sending(cast: Cast, piece: Guidance) -> None:
    Guidance.objects.filter(pk=piece.pk).update(hidden=True)
    for path in ("", "verdict/", "shown/"):
        assert client_for(cast.ngo).post(PIECE + path, {"useful": "yes", "note": "x"}).status_code == 404
    assert verdicts(piece) == {}
    for path in ("verdict/", "shown/"):
        assert client_for(cast.secretariat).post(f"{HUB}/guidance/none/{path}").status_code == 404
        assert client_for(cast.secretariat).get(PIECE + path).status_code == 405


def test_forms_are_protected_against_other_sites(cast: Cast, piece: Guidance) -> None:
    session = client_for(cast.secretariat)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = session.cookies
    for path in ("", "verdict/", "shown/"):
        assert strict.post(PIECE + path, {"useful": "yes", "note": "x", "hidden": "yes"}).status_code == 403
    assert (verdicts(piece), now(piece).note, now(piece).hidden) == ({}, "", False)


def test_notes_are_text_and_never_markup(cast: Cast, piece: Guidance) -> None:
    evil = "<script>alert(1)</script>\n<img src=x onerror=alert(2)> {{ 7|add:7 }} http://example.org"
    annotate(piece, evil, actor=cast.secretariat.actor)
    pages: list[tuple[Any, str]] = [(cast.ngo, HUB), (cast.secretariat, HUB)]
    for person, door in pages:
        for path in ("guidance/", "guidance/hint/"):
            markup = body(client_for(person), f"{door}/{path}")
            assert "<script>" not in markup
            assert "<img src=x" not in markup
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup


def test_the_audit_names_the_piece_to_those_who_may_see_it(cast: Cast, piece: Guidance) -> None:
    hide(piece, True, actor=cast.secretariat.actor)
    text = words_of(body(client_for(cast.secretariat), f"{HUB.removesuffix('/library')}/audit/"))
    assert "Hid a piece of guidance" in text
    assert "Title of hint" in text


@pytest.mark.req("LIB-3")
def test_the_note_is_for_members_alone(cast: Cast, piece: Guidance) -> None:
    annotate(piece, "Ask Amina about this law.", actor=cast.secretariat.actor)
    public = f"/en/library/guidance/{piece.slug}/"
    for client, address, seen in (
        (Client(), public, False), (client_for(cast.outsider), public, False), (client_for(cast.ngo), PIECE, True),
        (Client(), "/en/library/guidance/", False), (Client(), f"/api/v1/guidance/{piece.slug}", False),
        (Client(), "/en/library/guidance/?q=Amina", False), (client_for(cast.ngo), "/en/hub/library/guidance/?q=Amina", True),
    ):  # fmt: skip
        assert ("Amina about" in body(client, address)) is seen, address
    assert piece.slug not in body(Client(), "/en/library/guidance/?q=Amina")


@pytest.mark.req("LIB-3")
def test_a_verdict_goes_with_its_authors_account(cast: Cast, piece: Guidance) -> None:
    judge(piece, True, actor=cast.ngo.actor)
    erase_account(actor=cast.administrator.actor, user=cast.ngo.user, confirmed_email=cast.ngo.user.email)
    assert verdicts(piece) == {}
