"""What somebody may not see is not found by them: not as a result, a count, an excerpt, a suggestion or a total."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from convener.foundation.accounts.actions.tokens import make_token
from convener.foundation.accounts.scopes import scopes_for
from convener.foundation.actor import HUB, OPERATOR, PUBLIC, Actor, Door
from convener.foundation.filters import Filters
from convener.foundation.outbox.models import Event
from convener.foundation.parties.merging import merge
from convener.foundation.parties.models import Party
from convener.foundation.search import saving, translating
from convener.foundation.search.asking import ask, begin_with
from convener.foundation.search.pages import keyed_hits
from convener.foundation.search.store import NAMES
from convener.foundation.search.writing import follow, rebuild, store
from convener.rooms.directory.models import Initiative, Kind, Profile, Tool
from convener.rooms.library.actions.guidance import annotate, hide
from convener.rooms.library.models import Guidance
from tests.cast import Cast, Person, client_for, make_cast
from tests.foundation.search.finding import (
    API,
    MEMBERS,
    answer,
    counted,
    found,
    listed,
    main_part,
    page,
    suggested,
    written,
)
from tests.rooms.directory import records
from tests.rooms.directory.records import entry_for, initiative, organisation, shelter, tool
from tests.rooms.library.shelf import facet_counts, figure, put_piece, put_practice

pytestmark = [
    pytest.mark.django_db, pytest.mark.req("DIR-11"), pytest.mark.usefixtures("no_limit"),
]  # fmt: skip

ROLES = (
    "administrator", "secretariat", "ngo", "other_ngo", "company", "bank", "fiu", "donor", "worker", "outsider", "nobody",
)  # fmt: skip
RUN, OUTSIDE = {"administrator", "secretariat"}, {"worker", "outsider", "nobody"}
#: In every record, in its name and in its text; the second word tells who may see it.
MARK = "Zqmark"
LEVELS = ("public", "members", "private")
KINDS = ("organisation", "tool", "initiative", "practice")


@dataclass
class World:
    """The cast, and one record of each kind for each visibility."""

    cast: Cast

    def person(self, who: str) -> Person | None:
        return None if who == "nobody" else getattr(self.cast, who)

    def actor(self, who: str) -> Actor:
        person = self.person(who)
        return person.actor if person else PUBLIC


def levels_of(who: str) -> set[str]:
    """The visibilities that somebody sees of records that others keep."""
    return {"public"} | (set() if who in OUTSIDE else {"members"}) | ({"private"} if who in RUN else set())


def expected(who: str) -> set[str]:
    """Names of what somebody finds."""
    names = {f"{MARK} {level} {kind}" for level in levels_of(who) for kind in KINDS}
    return names | {f"{MARK} public guidance"} | ({f"{MARK} hidden guidance"} if who in RUN else set())


@pytest.fixture
def world(db: None) -> World:
    cast = make_cast()
    for level in LEVELS:
        text, country = f"{MARK} text {level}text", {"public": "FI", "members": "FR", "private": "TH"}[level]
        organisation(f"{MARK} {level} organisation", summary=text, visibility=level, country=country)
        tool(f"{level}-tool", name=f"{MARK} {level} tool", summary=text, visibility=level, countries=[country])
        initiative(
            f"{level}-initiative",
            name=f"{MARK} {level} initiative",
            summary=text,
            visibility=level,
            countries=[country],
        )
        put_practice(
            f"{level}-practice", name=f"{MARK} {level} practice", summary={"en": text}, visibility=level,
            countries=[country], results=[figure(what={"en": f"{MARK} figure {level}text"})],
        )  # fmt: skip
    put_piece("shown", title={"en": f"{MARK} public guidance"}, text={"en": f"{MARK} text publictext"})
    piece = put_piece("hidden", title={"en": f"{MARK} hidden guidance"}, text={"en": f"{MARK} text hiddentext"})
    Guidance.objects.filter(pk=piece.pk).update(hidden=True)
    rebuild()
    return World(cast)


@pytest.mark.parametrize("who", ROLES)
def test_each_finds_what_they_may_see(world: World, who: str) -> None:
    actor = world.actor(who)
    names = expected(who)
    got = answer(MARK, actor, limit=100)
    assert set(found(MARK, actor, limit=100)) == names
    assert got.total == len(got.found) == len(names)
    hits = [hit for _kind, _key, hit in keyed_hits(got.found, actor, public=False)]
    assert {hit.texts[0][0].rpartition(" ")[2].removesuffix("text") for hit in hits} == levels_of(who) | (
        {"hidden"} if who in RUN else set()
    )
    for level in LEVELS:
        for word in (level, f"{level}text", f"{level}text figure"):
            assert set(found(word, actor, limit=100)) <= names, word
        assert bool(found(f"{level}text", actor)) is (level in levels_of(who))
    assert bool(found("hiddentext", actor)) is (who in RUN)


@pytest.mark.parametrize("who", ROLES)
def test_counts_are_of_what_each_may_see(world: World, who: str) -> None:
    seen = len(levels_of(who))
    for query in (answer(MARK, world.actor(who)), answer("", world.actor(who), kind="organisation tool initiative")):
        kinds = query.counts["kind"]
        assert {kind: kinds[kind] for kind in KINDS if kind != "organisation"} == dict.fromkeys(KINDS[1:], seen)
        assert query.counts["at"] == {
            country: 4 if query.asked.words else 3
            for level, country in zip(LEVELS, ("FI", "FR", "TH"), strict=True)
            if level in levels_of(who)
        }
    assert answer(MARK, world.actor(who)).counts["stage"] == {"idea": 2 if who in RUN else 1}
    assert answer("", world.actor(who), at="TH").total == (4 if who in RUN else 0)


@pytest.mark.parametrize("who", ROLES)
def test_suggestions_are_of_what_each_may_see(world: World, who: str) -> None:
    actor = world.actor(who)
    names = expected(who)
    assert len(begin_with(actor, MARK, limit=100)) == len(names)
    assert set(suggested(MARK, actor)) <= names
    for level in LEVELS:
        assert bool(suggested(f"zqmark {level} to", actor)) is (level in levels_of(who))
    assert bool(suggested("hidden guid", actor)) is (who in RUN)


@pytest.mark.parametrize("who", ROLES)
def test_pages_show_what_each_may_see(world: World, who: str) -> None:
    person = world.person(who)
    members = "/en/search/" if person is None else MEMBERS
    client, names = client_for(person), expected(who)
    markup = page(client, f"{members}?q={MARK}")
    assert set(listed(markup)) == names
    assert counted(markup) == len(names)
    counts = facet_counts(markup, [("q", MARK)])
    assert {value for facet, value in counts if facet == "at"} == {
        country for level, country in zip(LEVELS, ("FI", "FR", "TH"), strict=True) if level in levels_of(who)
    }
    for level in set(LEVELS) - levels_of(who):
        assert f"{level}text" not in markup
    assert ("hiddentext" in markup) is (who in RUN)
    suggestions = json.loads(page(client, f"{members}suggest/?q=zqmark"))["suggestions"]
    assert {one["name"] for one in suggestions} <= names
    if person:  # the public door knows no accounts
        assert set(listed(page(client, f"/en/search/?q={MARK}"))) == expected("nobody")


@pytest.mark.parametrize("who", ROLES)
def test_the_api_tells_what_each_may_see(world: World, who: str) -> None:
    person = world.person(who)
    told = api(person, f"?q={MARK}&per_page=50")
    assert {one["name"] for one in told["results"]} == expected(who)
    assert told["count"] == len(expected(who))
    assert told["facets"]["kind"]["tool"] == len(levels_of(who))
    for level in set(LEVELS) - levels_of(who):
        assert f"{level}text" not in json.dumps(told)
        assert api(person, f"?q={level}text")["count"] == 0


def api(person: Person | None, query: str) -> Any:
    """What the API answers to a token of a person with all scopes they may have."""
    headers = {}
    if person:
        scopes = [scope.key for scope in scopes_for(person.role)]
        _token, secret = make_token(actor=person.actor, membership=person.membership, label="T", scopes=scopes, days=1)
        headers = {"authorization": f"Bearer {secret}"}
    response = Client().get(f"{API}{query}", headers=headers)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


@pytest.mark.parametrize("who", [who for who in ROLES if who != "nobody"])
def test_totals_of_kept_searches_are_of_what_each_may_see(world: World, who: str) -> None:
    actor = world.actor(who)
    kept = saving.keep("All", Filters(MARK), actor=actor)
    assert kept.seen_total == len(expected(who))
    markup = page(client_for(world.person(who)), f"{MEMBERS}saved/")
    assert f"{len(expected(who))} results" in markup


@pytest.mark.parametrize("who", ["nobody", "ngo"])
def test_an_answer_without_results_does_not_tell_whether_a_word_is_in_a_hidden_text(world: World, who: str) -> None:
    person = world.person(who)
    there, absent = (api(person, f"?q={word}") for word in ("privatetext", "privatetexx"))
    assert there["count"] == absent["count"] == 0
    assert bool(there["slips"]) is bool(absent["slips"])


@pytest.mark.parametrize("who", ["nobody", "worker", "outsider"])
def test_a_hubs_note_on_a_public_piece_shows_in_nothing_that_others_find(world: World, who: str) -> None:
    annotate(Guidance.objects.get(slug="shown"), f"{MARK} zqnoted by members", actor=OPERATOR)
    rebuild()
    actor = world.actor(who)
    assert answer("zqnoted", actor).total == 0
    assert suggested("zqnoted", actor) == []
    assert answer(f"{MARK} zqnoted", actor).asked.slips == ("zqnoted",)
    side = MEMBERS if world.person(who) else "/en/search/"
    assert "by members" not in main_part(page(client_for(world.person(who)), f"{side}?q={MARK}"))


def test_whether_words_stand_in_one_text_is_asked_of_what_each_may_see(world: World) -> None:
    """Two words that only a hidden text has together: the order of an answer must not tell that."""
    organisation("Zqred", summary="Alone.")
    organisation("Zqblue", summary="Alone.")
    organisation("Zqred Zqblue", visibility="private")
    rebuild()
    assert answer("zqred zqblue", world.actor("nobody")).asked.scattered
    assert answer("zqred zqblue", world.actor("ngo")).asked.scattered
    assert not answer("zqred zqblue", world.actor("administrator")).asked.scattered


@pytest.mark.parametrize("who", ["nobody", "worker", "outsider", "ngo"])
def test_slips_tell_nothing_of_hidden_texts_where_records_were_replaced(world: World, who: str) -> None:
    """The index counts what was replaced until it is cleared up: many such records must not hide that few are public."""
    for number in range(30):
        initiative(f"pact-{number}", name=f"Zqpact {number}")
        put_practice(f"pact-{number}", name=f"Zqpact {number}")  # takes the initiative's place
    organisation("Zqhidden", visibility="private", names=(("Zqalias", "alias", ""),), summary="Zqsummary zqword.")
    was_public = organisation("Zqformer")
    rebuild()
    told = Event.objects.latest("id").pk
    entry_for(was_public, visibility="private")
    put_practice("secret", name="Zqsecretpact", visibility="private")
    follow(list(Event.objects.filter(pk__gt=told).order_by("id")))  # no more: what was replaced is to stay in the index
    assert store().searcher().doc_freq(NAMES, "zqformer") == 1
    for word in ("zqhidden", "zqalias", "zqsummary", "zqword", "zqformer", "zqsecretpact", "zqabsentword"):
        got = answer(word, world.actor(who))
        assert (got.asked.slips, got.total) == ((word,), 0), word
        assert answer(word, world.actor("administrator")).asked.slips == (() if word != "zqabsentword" else (word,))
    assert answer("zqpact", world.actor(who)).asked.slips == ()


@pytest.mark.parametrize("who", ["nobody", "outsider", "ngo"])
def test_the_order_of_an_answer_tells_nothing_of_hidden_texts(world: World, who: str) -> None:
    organisation("Zorblat Relief")
    organisation("Quimtex Relief")
    rebuild()
    actor = world.actor(who)
    before = {text: found(text, actor) for text in ("zorblat quimtex", "quimtex zorblat", "relief")}
    for number in range(40):
        organisation(f"Zorblat Refuge {number}", visibility="private", summary="Zorblat zorblat.")
    rebuild()
    assert {text: found(text, actor) for text in before} == before
    for number in range(40):
        organisation(f"Quimtex Refuge {number}", visibility="private", summary="Quimtex relief.")
    rebuild()
    assert {text: found(text, actor) for text in before} == before


def test_members_find_what_is_kept_for_them_among_what_is_public(world: World) -> None:
    organisation("Zqharbour Public", summary="A shelter.")
    organisation("Zqharbour Members", summary="A shelter by the harbour.", visibility="members")
    rebuild()
    ngo = world.actor("ngo")
    assert set(found("zqharbour", ngo)) == {"Zqharbour Public", "Zqharbour Members"}
    assert found("zqharbour members", ngo)[0] == "Zqharbour Members"
    assert found("zqharbuor membres", ngo)[0] == "Zqharbour Members"
    assert found("zqharbour shelter", world.actor("nobody")) == ["Zqharbour Public"]
    assert set(suggested("zqharb", ngo)) == {"Zqharbour Public", "Zqharbour Members"}


def test_the_operator_and_jobs_find_everything(world: World) -> None:
    for actor in (HUB, OPERATOR):
        assert set(found(MARK, actor, limit=100)) == expected("administrator")
    assert set(found(MARK, Actor(door=Door.HUB), limit=100)) == expected("nobody")


# Keepers


@pytest.mark.parametrize("make", ["organisation", "tool", "initiative", "practice"])
def test_the_organisation_that_keeps_a_private_record_finds_it_and_no_other_does(make: str) -> None:
    cast = make_cast()
    owner = cast.company.party
    makers: dict[str, Callable[[], Any]] = {
        "organisation": lambda: organisation("Zqkept", owner=owner, visibility="private"),
        "tool": lambda: tool("kept", name="Zqkept", owner=owner, visibility="private"),
        "initiative": lambda: initiative("kept", name="Zqkept", owner=owner, visibility="private"),
        "practice": lambda: put_practice("kept", name="Zqkept", visibility="private"),
    }
    makers[make]()
    Initiative.objects.filter(slug="kept").update(owner=owner)
    rebuild()
    finders = {who for who in ROLES if who != "nobody" and found("zqkept", getattr(cast, who).actor)}
    assert finders == {"company", *RUN}
    assert found("zqkept", PUBLIC) == suggested("zqkept", cast.bank.actor) == []


def test_an_organisation_finds_its_own_private_entry_and_outsiders_not_even_that() -> None:
    cast = make_cast()
    for person in (cast.ngo, cast.outsider, cast.worker):
        entry_for(person.party, visibility="private")
    rebuild()
    assert found("Open Shelter", cast.ngo.actor) == ["Open Shelter"]
    assert found("Open Shelter", cast.other_ngo.actor) == []
    assert found("Outside Ltd", cast.outsider.actor) == found("Garment Union", cast.worker.actor) == []


# What the index has not heard of yet


def test_a_record_made_private_is_not_shown_although_the_index_still_has_it(world: World) -> None:
    nobody = PUBLIC
    assert len(found(MARK, nobody)) == 5
    Profile.objects.update(visibility="private")
    Tool.objects.update(visibility="members")
    Initiative.objects.update(visibility="private")
    Guidance.objects.update(hidden=True)
    assert answer(MARK, nobody).total == 5, "the index has not heard of it"
    assert found(MARK, nobody) == suggested(MARK, nobody) == []
    assert listed(page(Client(), f"/en/search/?q={MARK}")) == []
    markup = main_part(page(Client(), f"/en/search/?q={MARK}"))
    assert "publictext" not in markup
    assert api(None, f"?q={MARK}")["results"] == []
    assert api(world.cast.bank, f"?q={MARK}")["results"] != []
    rebuild()
    assert answer(MARK, nobody).total == 0


# What nobody finds


@pytest.mark.parametrize("who", ROLES)
def test_private_places_contacts_and_members_are_found_by_nobody(who: str) -> None:
    cast = make_cast()
    entry_for(
        cast.ngo.party, type="ngos", country="FI", address=records.SECRETS[0], city=records.SECRETS[1],
        latitude=61.2345, longitude=23.4567, email=records.SECRETS[4], phone=records.SECRETS[5],
    )  # fmt: skip
    shelter()
    hidden = organisation("Zqhidden", visibility="private")
    tool("finder", name="Finder", providers=(hidden,))
    initiative("alliance", name="Alliance", members=((hidden, "member"),))
    put_practice("pact", name="Pact")
    rebuild()
    actor = PUBLIC if who == "nobody" else getattr(cast, who).actor
    told = [secret.removesuffix("@shelter.example") for secret in records.SECRETS]  # "shelter" is in a name
    for secret in (*told, "quietville", "lane", "nurse", "mary", "example", "77", "5512345", "358", "61", "2345"):
        assert found(secret, actor) == [], secret
        assert suggested(secret, actor) == [], secret
    assert found("Zqhidden", actor) == (["Zqhidden"] if who in RUN else [])


@pytest.mark.parametrize("who", ["nobody", "ngo", "administrator"])
def test_demonstration_closed_and_merged_organisations_are_found_by_nobody(who: str) -> None:
    cast = make_cast()
    organisation("Zqgone demo", is_demo=True)
    closed, kept, merged = (organisation(f"Zqgone {word}") for word in ("closed", "kept", "other"))
    Party.objects.filter(pk=closed.pk).update(status=Party.Status.CLOSED)
    merge(kept, merged, actor=OPERATOR)
    rebuild()
    actor = PUBLIC if who == "nobody" else getattr(cast, who).actor
    assert found("zqgone", actor) == ["Zqgone kept"]
    assert ask(actor, Filters("zqgone")).total == 1
    assert found("zqgone other", actor) == ["Zqgone kept"], "the name of the merged one is its name now"
    assert suggested("zqgone", actor) == ["Zqgone kept"]


def test_the_dictionary_learns_only_what_everybody_may_read(world: World) -> None:
    put_piece("secret-advice", title={"en": "Zebra stripes", "fr": "Rayures secrètes"})
    Guidance.objects.filter(slug="secret-advice").update(hidden=True)
    put_piece("open-advice", title={"en": "Open stripes", "fr": "Rayures ouvertes"})
    for visibility in ("members", "private"):
        put_practice(f"pact-{visibility}", visibility=visibility, summary={"en": f"Zebra {visibility}", "fr": "Zèbre"})
    learnt = json.dumps([dict(text) for text in translating._registered["library"]()], ensure_ascii=False)
    assert "Rayures ouvertes" in learnt
    assert "Rayures secrètes" not in learnt
    assert "Zèbre" not in learnt


def test_the_dictionary_forgets_what_was_hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[str] = []
    monkeypatch.setattr(translating, "build", lambda root: learnt.append(parallel_texts()) or "")
    piece = put_piece("met", title={"en": "Meet the witness", "fr": "Rencontrez Zqtournesol"})
    pact = put_practice("met-pact", name="Pact", summary={"en": "Zqsunflower", "fr": "Tournesol"})
    rebuild()
    assert "Zqtournesol" in learnt[-1]
    assert "Zqsunflower" in learnt[-1]
    told = Event.objects.latest("id").pk
    organisation("Zqother")
    follow(list(Event.objects.filter(pk__gt=told)))
    assert len(learnt) == 1, "only what it is learnt from makes it learn"
    hide(piece, True, actor=OPERATOR)
    follow(list(Event.objects.filter(pk__gt=told)))
    assert "Zqtournesol" not in learnt[-1]
    assert "Zqsunflower" in learnt[-1]
    pact.initiative.visibility = "private"
    written(Kind.INITIATIVE, pact.initiative)
    follow(list(Event.objects.filter(pk__gt=told)))
    assert "Zqsunflower" not in learnt[-1]


def parallel_texts() -> str:
    return json.dumps([dict(text) for texts in translating._registered.values() for text in texts()])


def test_a_kept_search_counts_in_the_language_it_was_kept_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(saving, "ask", lambda *args, language, **more: asked.append(language) or ask(*args, **more))
    search = saving.keep("Mine", Filters(q="haven"), actor=world.cast.ngo.actor, language="fr")
    saving.look_at(search, actor=world.cast.ngo.actor)
    assert (search.language, asked) == ("fr", ["fr", "fr"])
