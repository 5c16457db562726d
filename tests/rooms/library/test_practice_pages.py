"""The practices as people read them: list, facets, words, map, one practice, in four languages, on both doors."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from convener.foundation.actor import PUBLIC as NOBODY
from convener.foundation.parties.models import Party
from convener.rooms.directory.models import Initiative, Profile
from convener.rooms.library.models import Practice
from convener.rooms.library.queries import practices
from tests.cast import client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.library.shelf import HUB, PUBLIC, body, facet_counts, figure, listed, put_practice, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2"), pytest.mark.usefixtures("shipped")]
LIST = f"{PUBLIC}/practices/"


def carried(practice: Practice) -> set[tuple[str, str]]:
    """The pairs of facet and value that a practice should be found by, told anew from its rows."""
    one = practice.initiative
    many = {
        "model": one.models_used, "purpose": one.purposes, "at": one.countries, "industry": one.industries,
        "issue": one.issues, "exploitation": one.exploitation, "part": [one.part],
        "results": ["figures" if practice.results.exists() else "none"],
    }  # fmt: skip
    return {(facet, value) for facet, values in many.items() for value in values}


def test_the_list_holds_all_39_in_the_order_of_their_numbers() -> None:
    markup = body(Client(), LIST)
    wanted = list(Initiative.objects.filter(practice__isnull=False).order_by("practice").values_list("slug", flat=True))
    assert listed(markup) == wanted
    assert len(wanted) == 39
    told = Practice.objects.filter(results__isnull=False).distinct().count()
    assert f"39 practices · {told} with figures" in words_of(markup)
    assert f'href="{LIST}"' in body(Client(), "/en/")


def test_the_library_begins_with_its_practices() -> None:
    response = Client().get(f"{PUBLIC}/")
    assert (response.status_code, response["Location"]) == (302, LIST)


def test_facets_count_what_a_count_by_hand_finds() -> None:
    wanted = Counter(pair for practice in Practice.objects.all() for pair in carried(practice))
    assert facet_counts(body(Client(), LIST)) == wanted


@pytest.mark.parametrize(
    "chosen",
    [
        [("part", "financial")],
        [("part", "financial"), ("part", "technology"), ("results", "figures")],
        [("at", "GB"), ("model", "information-sharing")],
        [("exploitation", "forced-labour"), ("purpose", "prevention"), ("issue", "training")],
    ],
)
def test_filters_let_through_what_a_count_by_hand_does_and_other_choices_keep_their_counts(
    chosen: list[tuple[str, str]],
) -> None:
    markup = body(Client(), f"{LIST}?{urlencode(chosen)}")
    facets = {facet for facet, _value in chosen}
    rows = [(one, carried(one)) for one in Practice.objects.order_by("initiative__practice")]

    def passes(pairs: set[tuple[str, str]], ignoring: str = "") -> bool:
        return all(any(pair in pairs for pair in chosen if pair[0] == facet) for facet in facets - {ignoring})

    assert listed(markup) == [one.initiative.slug for one, pairs in rows if passes(pairs)]
    told = facet_counts(markup, chosen)
    wanted = Counter(pair for _one, pairs in rows for pair in pairs if passes(pairs, ignoring=pair[0]))
    assert {pair: count for pair, count in told.items() if count} == wanted
    assert set(chosen) <= set(told)


def test_words_are_found_in_every_language_and_must_all_be_there() -> None:
    for words, slug in (
        ("AUSTRAC", "fintel-alliance"), ("samlit", "samlit"), ("truckers xyzzy", ""), ("ستاربكس-لا-شيء", ""),
    ):  # fmt: skip
        found = listed(body(Client(), f"{LIST}?q={words}"))
        assert slug in found if slug else not found, words
    arabic = listed(body(Client(), f"{LIST}?q=سنغافورة"))
    assert "acip" in arabic
    assert "rights-lab-and-planet-labs" in listed(body(Client(), f"{LIST}?q=brick"))
    assert listed(body(Client(), f"{LIST}?q=brick+banks")) == []


def test_accents_and_capitals_do_not_matter_and_filters_stay_in_the_search_form() -> None:
    plain, accented = (listed(body(Client(), f"{LIST}?q={words}")) for words in ("etablissements", "ÉTABLISSEMENTS"))
    assert plain == accented != []
    page = Page(body(Client(), f"{LIST}?part=financial&q=banks"))
    form = {(one["name"], one.get("value", "")) for one in page.all("input") if one.get("name") in ("q", "part")}
    assert form == {("q", "banks"), ("part", "financial")}


def test_an_empty_list_says_what_to_do() -> None:
    markup = body(Client(), f"{LIST}?q=nothing-like+%26it&part=financial")
    assert "Nothing matches" in words_of(markup)
    assert listed(markup) == []
    assert '<a href="/en/search/?q=nothing-like+%26it">Look for “nothing-like &amp;it” in everything</a>' in markup
    assert "in everything" not in body(Client(), f"{LIST}?at=AQ")


def test_the_map_says_the_same_numbers_and_leads_to_the_list_of_a_country() -> None:
    markup = body(Client(), LIST)
    by_country = Counter(code for one in Initiative.objects.filter(practice__gt=0) for code in one.countries)
    places = {
        code: int(count)
        for code, count in re.findall(r'<a href="[^"]*\?at=([A-Z]{2})" aria-label="[^":]+: (\d+)">', markup)
    }
    assert places == {code: count for code, count in by_country.items() if code in places}
    assert len(places) > 10
    assert len(listed(body(Client(), f"{LIST}?at=GB"))) == by_country["GB"]


def test_the_timeline_has_every_practice_with_a_known_beginning() -> None:
    text = words_of(body(Client(), LIST))
    undated = Initiative.objects.filter(practice__isnull=False, started="").count()
    assert f"Of {undated} practices the sources name no beginning." in text
    assert f"{39 - undated} practices with a known beginning." in text
    for words in ("since 2009", "since September 2018"):
        assert words in text, words
    assert "1 Jan" not in text  # no source names a day


def test_a_practice_shows_figures_members_and_what_they_do() -> None:
    text = words_of(body(Client(), f"{LIST}samlit/"))
    for words in ("more than 3,200", "more than ZAR 123,000,000", "Convener", "Results as figures", "Who takes part"):
        assert words in text, words
    practice = practices.one(NOBODY, "acip")
    text = words_of(body(Client(), f"{LIST}acip/"))
    for member in practice.initiative.members.select_related("party"):
        assert member.party.name in text
        assert member.does in text
    for part in (practice.summary, practice.purpose, *practice.how, *practice.outcomes, *practice.lessons):
        assert part["en"] in text
    assert "9 times as many" in words_of(body(Client(), f"{LIST}project-protect/"))
    assert "60 %" in words_of(body(Client(), f"{LIST}spotlight/"))


def test_every_figure_stands_with_its_unit() -> None:
    said = {"percent": "%", "times": "times as many", "organisations": "organisations", "months": "months"}
    for practice in Practice.objects.filter(results__isnull=False).distinct():
        markup = body(Client(), f"{LIST}{practice.initiative.slug}/")
        values = [words_of(value).strip() for value in re.findall(r"<li><b>(.*?)</b>", markup)]
        results = practice.results.all()
        assert len(values) == len(results)
        for value, result in zip(values, results, strict=True):
            unit = said.get(result.unit, result.unit)
            assert (unit.removesuffix("s") if result.value == 1 else unit) in value, value
            assert f"{int(result.value):,}" in value
            assert value.startswith(result.get_qualifier_display()) or result.qualifier == "exact", value


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ["7 months", "10 people", "(January 2020)", "more than 1,500 people", "(2017)"]),
        ("hope-for-justice-reintegration-uganda/", ["7 months Length of", "(January 2020)"]),
        ("truckers-against-trafficking-programmes/", ["61 events Coalition", "1 event Coalition", "36 states"]),
        ("unseen-app/", ["more than 2 times as many", "(2017 – 2018)", "80 %"]),
        ("project-shadow/", ["( since the unofficial launch in January 2020 )"]),
    ],
)
def test_figures_say_of_what_and_when(path: str, words: list[str]) -> None:
    text = words_of(body(Client(), f"{LIST}{path}"))
    assert [one for one in words if one not in text] == []
    assert "2020-01" not in text


def test_figures_in_arabic_keep_english_words_whole_and_apart() -> None:
    markup = body(Client(), "/ar/library/practices/hope-for-justice-reintegration-uganda/")
    assert "<li><b><span>7 أشهر</span></b>" in markup
    assert '<b><bdi>10</bdi> <span lang="en" dir="ltr">people</span></b> <span lang="en" dir="ltr">Girls' in markup
    assert "(يناير 2020)" in markup
    assert '<bdi dir="ltr">ZAR&nbsp;123,000,000</bdi>' in body(Client(), "/ar/library/practices/samlit/")


def test_members_can_be_read_one_below_the_other() -> None:
    markup = body(Client(), f"{LIST}acip/")
    [table] = re.findall(r'<table class="data-table stack">.*?</table>', markup, re.DOTALL)
    assert re.findall(r'data-name="([^"]*)"', table)[:2] == ["Role", "What it does there"]
    assert '<p lang="en" dir="ltr">' in body(Client(), "/ar/library/practices/acip/")


def test_one_button_compares_and_stays_within_reach() -> None:
    markup = body(Client(), LIST)
    [form] = re.findall(r'<form method="get" action="[^"]*compare/">.*?</form>', markup, re.DOTALL)
    assert re.findall(r"<button[^>]*>[^<]*", form) == [
        '<button class="btn" type="submit">Compare the ticked ones, two or three'
    ]
    assert re.search(r'</ol>\s*<p class="within-reach">', form)
    sheet = Path(finders.find("library/library.css")).read_text()  # type: ignore[arg-type]
    assert re.search(r"\.within-reach \{[^}]*position: sticky; inset-block-end: 0", sheet)
    assert "scroll-padding-block-end" in sheet  # what has the focus does not go under it


def test_every_practice_has_a_page_that_leads_on() -> None:
    for practice in Practice.objects.select_related("initiative").order_by("initiative__practice")[::2]:
        slug = practice.initiative.slug
        markup = body(Client(), f"{LIST}{slug}/")
        assert f'href="/en/directory/initiatives/{slug}/"' in markup
        assert f"Promising practice {practice.initiative.practice}" in words_of(markup)
        [compared] = re.findall(rf'href="{LIST}compare/\?p={slug}&amp;p=([a-z0-9-]+)"', markup)
        assert compared != slug
        [advice] = re.findall(rf'href="{PUBLIC}/guidance/(\?sector=[a-z-]+|)">All advice', markup)
        part = practice.initiative.part
        assert advice == ("" if part == "understanding" else f"?sector={part}")


def test_all_advice_for_this_field_leads_to_advice() -> None:
    for part in ("understanding", "supply-chains", "financial", "technology"):
        slug = Initiative.objects.filter(practice__isnull=False, part=part)[0].slug
        [href] = re.findall(rf'href="({PUBLIC}/guidance/[^"]*)"[^>]*>All advice', body(Client(), f"{LIST}{slug}/"))
        assert listed(body(Client(), href)), (slug, href)


def test_hidden_organisations_are_named_to_those_only_who_may_see_them() -> None:
    cast = make_cast()
    practice = Practice.objects.get(initiative__slug="acip")
    for visibility, member in zip(("members", "private"), practice.initiative.members.all(), strict=False):
        Profile.objects.filter(party=member.party).update(visibility=visibility)
    for_members = Party.objects.get(profile__visibility="members", pk__in=practice.initiative.members.values("party"))
    private = Party.objects.get(profile__visibility="private", pk__in=practice.initiative.members.values("party"))
    paths = ["acip/", "compare/?p=acip&p=samlit"]
    seen = {
        None: (False, False),
        cast.outsider: (False, False),
        cast.ngo: (True, False),
        cast.secretariat: (True, True),
    }
    for person, (some, all_of_them) in seen.items():
        door = HUB if person else PUBLIC
        for path in paths:
            text = body(client_for(person), f"{door}/practices/{path}")
            assert (f"/{for_members.public_id}/" in text) is some, (person, path)
            assert (f"/{private.public_id}/" in text) is all_of_them, (person, path)
            assert (f">{for_members.name}<" in text) is some, (person, path)


def test_what_people_wrote_is_text_and_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    texts = {"en": evil, "ar": evil}
    practice = put_practice("evil", results=[figure()], members=[{"organisation": "icat", "role": "member"}])
    lists = {name: [texts] for name in ("how", "outcomes", "legal_basis", "lessons")}
    Practice.objects.filter(pk=practice.pk).update(section="<i>", summary=texts, purpose=texts, **lists)
    practice.results.update(what=texts, when=evil, ref=evil)
    practice.initiative.members.update(does=evil)
    Initiative.objects.filter(slug="evil").update(name=evil, other_names=[evil], source={"document": evil, "ref": evil})
    for path in ("?q=alert", "?at=<script>&q=<script>", "evil/", "compare/?p=evil&p=acip&p=<script>"):
        for language in ("en", "ar"):
            markup = body(Client(), f"/{language}/library/practices/{path}")
            assert "<script" not in markup, path
            assert "<i>" not in markup, path
            Page(markup)
    assert words_of(body(Client(), f"{LIST}evil/")).count(evil) >= 9


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_texts_are_in_the_reader_s_language_and_others_are_marked_as_english(language: str) -> None:
    practice = Practice.objects.get(initiative__slug="acip")
    markup = body(Client(), f"/{language}/library/practices/acip/")
    assert practice.summary[language] in words_of(markup)
    assert practice.summary["en"] not in words_of(markup)
    assert re.search(r'<p lang="en" dir="ltr">To find, weigh and reduce', markup)
    assert '<ol lang="en" dir="ltr"><li>' in markup
    assert practice.summary[language] in words_of(body(Client(), f"/{language}/library/practices/"))
