"""The design system: what its tags draw is well-formed, escaped, named for screen readers, and keeps its promises."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from convener.foundation.ui import components as c
from convener.foundation.ui import samples
from convener.foundation.ui.views import styleguide
from tests.foundation.markup import Page

HOSTILE = """<script>alert(1)</script>"'&<img src=x onerror=alert(2)>"""
LANGUAGES = ["en", "fr", "es", "ar"]


def draw(source: str, **context: Any) -> Page:
    """A template snippet with the design system loaded, drawn and read."""
    return Page(Template("{% load ui %}" + source).render(Context(context)))


def guide(language: str) -> Page:
    """The style guide in a language."""
    with translation.override(language):
        response = styleguide(RequestFactory().get(f"/{language}/hub/styleguide/?q=a"))
    return Page(response.content.decode())


HOSTILE_SNIPPETS = {
    "badge": ("{% badge t 'warn' %}", {}),
    "notice": ("{% notice 'bad' title=t %}{{ t }}{% endnotice %}", {}),
    "empty_state": ("{% empty_state t t t t %}", {}),
    "stat": ("{% stat t t note=t href=t %}", {}),
    "progress": ("{% progress 1 2 t %}", {}),
    "facet": ("{% facet x %}", {"x": c.Facet(HOSTILE, HOSTILE, [c.Option(HOSTILE, HOSTILE, 3, True, HOSTILE)])}),
    "facet_boxes": ("{% facet x %}", {"x": c.Facet(HOSTILE, HOSTILE, [c.Option(HOSTILE, HOSTILE)])}),
    "chips": ("{% chips x t %}", {"x": [c.Chip(HOSTILE, HOSTILE, HOSTILE)]}),
    "summary_list": (
        "{% summary_list x %}",
        {"x": [c.SummaryRow(HOSTILE, [HOSTILE, HOSTILE], HOSTILE, HOSTILE, HOSTILE, HOSTILE)]},
    ),
    "breadcrumbs": ("{% breadcrumbs x %}", {"x": [c.Crumb(HOSTILE, HOSTILE), c.Crumb(HOSTILE)]}),
    "tabs": ("{% tabs x t %}", {"x": [c.Tab(HOSTILE, HOSTILE, True, 2)]}),
    "task_list": ("{% task_list x %}", {"x": [c.Task(HOSTILE, HOSTILE, "good", HOSTILE, HOSTILE)]}),
    "result_list": (
        "{% result_list x %}",
        {"x": [c.ResultCard(HOSTILE, HOSTILE, HOSTILE, HOSTILE, [HOSTILE], HOSTILE, [c.Badge(HOSTILE)], HOSTILE)]},
    ),
    "exit_page": ("{% exit_page t %}{{ t }}", {}),
}


@pytest.mark.parametrize("name", HOSTILE_SNIPPETS)
def test_hostile_text_stays_text(name: str) -> None:
    source, context = HOSTILE_SNIPPETS[name]
    page = draw(source, t=HOSTILE, **context)
    assert not page.all("script")
    assert not page.all("img")
    assert all(not attribute.startswith("on") for _tag, attrs in page.elements for attribute in attrs)
    assert HOSTILE in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_style_guide_is_well_formed_and_every_reference_lands(language: str) -> None:
    page = guide(language)
    assert page.all("html")[0] == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert len(page.ids) == len(set(page.ids))
    ids = set(page.ids)
    for _tag, attrs in page.elements:
        for reference in ("for", "aria-labelledby", "aria-describedby"):
            assert set(attrs.get(reference, "").split()) <= ids, attrs
    for problem in [a for a in page.all("a") if a.get("href", "").startswith("#id_")]:
        assert problem["href"][1:] in ids


def test_every_control_has_a_name() -> None:
    page = guide("en")
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    controls = page.all("input") + page.all("select") + page.all("textarea")
    named = [attrs for attrs in controls if attrs.get("type") != "hidden" and attrs["name"] != "sector"]
    assert len(named) > 10
    assert [attrs for attrs in named if attrs["id"] not in labelled] == []


def test_headings_do_not_skip_a_level() -> None:
    levels = [int(tag[1]) for tag, _attrs in guide("en").elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(sorted(set(levels))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_links_keep_the_address_and_name_themselves(language: str) -> None:
    links = [attrs for attrs in guide(language).all("a") if "hreflang" in attrs]
    assert [a["href"] for a in links] == [f"/{code}/hub/styleguide/?q=a" for code in LANGUAGES]
    assert [a["hreflang"] for a in links if a.get("aria-current")] == [language]
    assert {a["lang"]: a["dir"] for a in links} == {"en": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl"}


def test_public_pages_have_no_script_and_ask_for_no_cookie() -> None:
    request = RequestFactory().get("/en/nowhere/")
    markup = render_to_string("ui/error.html", {"status": 404}, request)
    page = Page(markup)
    assert not page.all("script")
    assert not page.all("form")
    assert "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    assert "CSRF_COOKIE" not in request.META


def test_members_pages_load_scripts_from_files_only() -> None:
    scripts = guide("en").all("script")
    assert scripts
    assert all(attrs.get("src", "").startswith("/static/") for attrs in scripts)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500])
def test_error_pages_say_what_happened_and_what_to_do(status: int) -> None:
    page = Page(render_to_string("ui/error.html", {"status": status}))
    other = Page(render_to_string("ui/error.html", {"status": 404 if status != 404 else 500}))
    assert len(page.all("h1")) == 1
    assert str(status) in page.text
    assert page.text != other.text
    assert any(a.get("class") == "btn" and a["href"] == "/en/" for a in page.all("a"))


def test_error_page_speaks_the_words_of_our_own_errors() -> None:
    from convener.errors import NotAllowed

    error = NotAllowed("Only the secretariat merges records.", hint="Ask them <now>.")
    page = Page(render_to_string("ui/error.html", {"status": 403, "error": error}))
    assert "Only the secretariat merges records." in page.text
    assert "Ask them <now>." in page.text


class Sample(forms.Form):
    """A form whose field is wrong in a hostile way."""

    name = forms.CharField(label=HOSTILE, help_text=HOSTILE, widget=forms.TextInput(attrs={"placeholder": "P"}))
    pick = forms.ChoiceField(choices=[("a", HOSTILE)], widget=forms.RadioSelect, required=False)
    secret = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """Complain about the whole form."""
        raise forms.ValidationError(HOSTILE)


def test_field_ties_label_hint_and_error_and_escapes_them() -> None:
    page = draw("{% field form.name %}", form=Sample({"name": ""}))
    control = page.all("input")[0]
    assert control["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert {"id_name", "id_name_helptext", "id_name_error"} <= set(page.ids)
    assert control["aria-invalid"] == "true"
    assert "placeholder" not in control
    assert [label["for"] for label in page.all("label")] == ["id_name"]
    assert page.text.count(HOSTILE) == 2
    assert not page.all("script")


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    page = draw("{% field form.pick hint=hint %}", form=Sample({"pick": "zzz"}), hint="Pick one.")
    assert page.all("fieldset")[0]["aria-describedby"] == "id_pick_helptext id_pick_error"
    assert len(page.all("legend")) == 1
    assert "(optional)" in page.text
    assert "Pick one." in page.text
    assert page.all("label")[0]["for"] == page.all("input")[0]["id"] == "id_pick_0"


def test_file_field_keeps_its_type_and_label() -> None:
    page = draw("{% field form.list %}", form=samples.SampleForm())
    assert page.all("input")[0]["type"] == "file"
    assert page.all("label")[0]["for"] == page.all("input")[0]["id"]


def test_error_summary_leads_to_the_fields() -> None:
    form = Sample({"pick": "zzz"})
    page = draw("{% error_summary form other %}", form=form, other="")
    assert page.all("div")[0]["role"] == "alert"
    assert page.all("h2")[0]["tabindex"] == "-1"
    assert "There is a problem" in page.text
    assert [a["href"] for a in page.all("a")] == ["#id_name", "#id_pick_0"]
    assert len(page.all("li")) == 4  # the two, the hidden field's, and the whole form's: nothing wrong goes unsaid
    assert draw("{% error_summary form %}", form=samples.SampleForm()).elements == []


queries = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=3),
    max_size=4,
)


@given(queries, st.integers(1, 10_000), st.integers(1, 500))
def test_page_addresses_keep_every_parameter_but_page(query: dict[str, list[str]], page: int, old: int) -> None:
    given_query = QueryDict(mutable=True)
    for key, values in query.items():
        given_query.setlist(key, values)
    given_query["page"] = str(old)
    href = c.page_address(given_query, page)
    back = QueryDict(href[1:])
    assert back.getlist("page") == ([str(page)] if page > 1 else [])
    for key in query.keys() - {"page"}:
        assert back.getlist(key) == query[key]
    assert set(back) - {"page"} == query.keys() - {"page"}
    assert given_query["page"] == str(old)


def test_pagination_is_named_and_marks_the_page() -> None:
    request = RequestFactory().get("/en/directory/?q=fish+%26+chips&country=GB&country=GH&page=7")
    page = draw("{% pagination p %}", p=Paginator(range(1810), 20).page(7), request=request)
    assert page.all("nav")[0]["aria-label"] == "Pages"
    assert page.all("b")[0]["aria-current"] == "page"
    assert "121 to 140 of 1,810" in page.text
    assert page.all("a")[0]["href"] == "?q=fish+%26+chips&country=GB&country=GH&page=6"
    assert page.all("a")[1]["href"] == "?q=fish+%26+chips&country=GB&country=GH"
    arrows = [svg["class"] for svg in page.all("svg")]
    assert arrows == ["icon icon-flip"] * 2  # they turn round in Arabic


def test_one_page_has_no_links_and_no_page_has_nothing() -> None:
    assert draw("{% pagination p %}", p=Paginator(range(3), 20).page(1)).all("a") == []
    assert draw("{% pagination p %}", p=Paginator([], 20).page(1)).elements == []


@given(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), st.text(st.characters(codec="utf-8"), max_size=30))
def test_changing_language_and_back_is_the_same_address(one: str, two: str, rest: str) -> None:
    address = f"/{one}/{rest}"
    assert c.address_in(one, c.address_in(two, address, LANGUAGES), LANGUAGES) == address


def test_address_outside_the_languages_leads_home() -> None:
    assert c.address_in("fr", "/api/v1/docs?x=1", LANGUAGES) == "/fr/"
    assert c.address_in("fr", "//evil.example/en/", LANGUAGES) == "/fr/"


def test_facet_shows_what_is_selected_beyond_the_first() -> None:
    options = [c.Option(str(n), f"Option {n}", 1234, n == 9, f"?x={n}") for n in range(12)]
    page = draw("{% facet x %}", x=c.Facet("x", "Title", options, visible=8))
    assert len(page.all("a")) == 12
    assert [("open" in d) for d in page.all("details")] == [True, True]
    assert [a["href"] for a in page.all("a") if a.get("aria-current")] == ["?x=9"]
    assert "1,234" in page.text
    assert "Show all 12" in page.text
    quiet = draw("{% facet x %}", x=c.Facet("x", "Title", options[:9], visible=8))
    assert [("open" in d) for d in quiet.all("details")] == [True, False]


def test_tone_is_never_colour_alone() -> None:
    for tone, icon_name in c.TONES.items():
        page = draw("{% badge 'Confirmed' tone %}", tone=tone)
        assert "Confirmed" in page.text
        assert bool(page.all("svg")) == bool(icon_name)
    assert "Warning" in draw("{% notice 'warn' %}<p>x</p>{% endnotice %}").text
    assert draw("{% badge 'x' 'pink' %}").all("span")[0]["class"] == "badge"


def test_unknown_values_are_said() -> None:
    rows = [c.SummaryRow("A", ""), c.SummaryRow("B", None), c.SummaryRow("C", []), c.SummaryRow("D", 0)]
    assert draw("{% summary_list rows %}", rows=rows).text.count("Not known") == 3
