"""Guidance as people read it: list, facets, words, one piece; a hidden piece is there for the secretariat alone."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from convener.rooms.library.models import Guidance, Verdict
from tests.cast import Cast, client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.library.shelf import API, HUB, PUBLIC, body, facet_counts, listed, put_piece, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-3")]
LIST = f"{PUBLIC}/guidance/"
BADGE = "Hidden on this hub"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_a_piece_shows_for_whom_it_is_and_where_it_is_from() -> None:
    put_piece(
        "hint", stages=["idea", "review"], audiences=["private"], topic="risk", kind="lesson", sectors=["financial"]
    )
    put_piece("other", topic="risk")
    put_piece("elsewhere", topic="privacy-rights")
    text = words_of(body(Client(), f"{LIST}hint/"))
    for words in (
        "Title of hint",
        "Text of hint.",
        "Lesson learnt",
        "Idea",
        "Review",
        "Financial sector",
        "Practice 1",
    ):
        assert words in text, words
    assert "Title of other" in text  # more on this topic
    assert "Title of elsewhere" not in text
    assert "Every sector" in words_of(body(Client(), f"{LIST}other/"))


def test_a_text_without_a_translation_is_shown_in_english_and_marked() -> None:
    put_piece("hint", title={"en": "A title", "ar": "عنوان"})
    markup = body(Client(), "/ar/library/guidance/hint/")
    assert "عنوان" in markup
    assert '<p class="about" lang="en" dir="ltr">Text of hint.</p>' in markup
    assert '<p lang="en" dir="ltr">Text of hint.</p>' in body(Client(), "/ar/library/guidance/")
    assert "<title>" in markup
    assert "&lt;span" not in markup


def test_words_are_found_in_titles_texts_and_notes() -> None:
    put_piece("hint", title={"en": "Sign early", "fr": "Signer tôt"})
    put_piece("other")
    Guidance.objects.filter(slug="other").update(note="Ask the ombudsman.")
    for words, keys in (("early", ["hint"]), ("TOT", ["hint"]), ("ombudsman", []), ("of", ["hint", "other"])):
        assert listed(body(Client(), f"{LIST}?q={words}")) == keys, words


def test_a_hidden_piece_is_there_for_the_secretariat_alone(cast: Cast) -> None:
    put_piece("shown", topic="risk")
    hidden = put_piece("secret", topic="risk", kind="lesson")
    Guidance.objects.filter(pk=hidden.pk).update(hidden=True)
    for person in (None, cast.outsider, cast.worker, cast.ngo, cast.donor):
        client, door = client_for(person), HUB if person else PUBLIC
        body(client, f"{door}/guidance/secret/", 404)
        for path in ("guidance/", "guidance/?q=secret", "guidance/?kind=lesson", "guidance/shown/", "guidance.csv"):
            assert "Title of secret" not in body(client, f"{door}/{path}"), (person, path)
        assert facet_counts(body(client, f"{door}/guidance/"))[("topic", "risk")] == 1
        assert ("kind", "lesson") not in facet_counts(body(client, f"{door}/guidance/"))
        assert [one["key"] for one in json.loads(body(client, f"{door}/guidance.json"))] == ["shown"]
    body(Client(), f"{API}/guidance/secret", 404)
    assert json.loads(body(Client(), f"{API}/guidance"))["count"] == 1
    for person in (cast.secretariat, cast.administrator):
        client = client_for(person)
        assert BADGE in body(client, f"{HUB}/guidance/secret/")
        assert listed(body(client, f"{HUB}/guidance/")) == ["shown", "secret"]
        assert BADGE in body(client, f"{HUB}/guidance/")
        assert BADGE not in body(client, f"{HUB}/guidance/shown/")
        body(client, f"{PUBLIC}/guidance/secret/", 404)  # the public door knows no accounts


def test_a_hidden_piece_and_none_read_the_same(cast: Cast) -> None:
    Guidance.objects.filter(pk=put_piece("secret").pk).update(hidden=True)
    for door, person in ((PUBLIC, None), (HUB, cast.ngo)):
        hidden, none = (body(client_for(person), f"{door}/guidance/{key}/", 404) for key in ("secret", "absent"))
        plain = [markup.replace("secret", "absent") for markup in (hidden, none)]
        assert without_form_key(plain[0]) == without_form_key(plain[1])
    hidden, none = (body(Client(), f"{API}/guidance/{key}", 404) for key in ("secret", "absent"))
    assert hidden == none


def without_form_key(markup: str) -> str:
    """A page without the hidden key of its forms, which is another each time."""
    keys = [one["value"] for one in Page(markup).all("input") if one.get("name") == "csrfmiddlewaretoken"]
    for key in keys:
        markup = markup.replace(key, "")
    return markup


def test_votes_are_told_as_numbers_and_never_who_gave_them(cast: Cast) -> None:
    piece = put_piece()
    for person, useful in ((cast.ngo, True), (cast.company, True), (cast.bank, False)):
        Verdict.objects.create(guidance=piece, user=person.user, useful=useful)
    for path in (f"{LIST}hint/", LIST):
        text = words_of(body(Client(), path))
        assert "2 of 3 members found this useful" in text
        assert cast.ngo.user.name not in text
    told = json.loads(body(Client(), f"{API}/guidance/hint"))
    assert (told["useful"], told["not_useful"]) == (2, 1)
