"""Charts: well-formed, escaped, mirrored, localised, named for listeners; and the table that says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.html import format_html
from hypothesis import given
from hypothesis import strategies as st

from convener.errors import InvalidValue
from convener.foundation.ui import charts
from convener.foundation.ui.charts import Bar, Span

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> & ' <b>"
ROWS = [Bar("Thailand", 1234, "/?country=TH"), Bar("Kenya", 617), Bar("Bolivia", 0)]
WORDS = {"title": "Organisations", "description": "The table says the same."}

Chart = Callable[..., str]


def spans(rows: list[Bar], **more: object) -> str:
    """A timeline with the labels and links of some bars."""
    return charts.timeline([Span(r.label, date(2025, 1, 1), date(2026, 1, 1), r.href) for r in rows], **more)  # type: ignore[arg-type]


every_chart = pytest.mark.parametrize("chart", [charts.bar_chart, charts.columns, spans])


def drawn(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def percent(text: str | None) -> float:
    assert text is not None
    assert text.endswith("%")
    return float(text[:-1])


def numbers(root: ElementTree.Element, name: str, css: str = "chart-bar") -> list[float]:
    return [percent(bar.get(name)) for bar in root.iter(f"{SVG}rect") if css in str(bar.get("class"))]


@every_chart
def test_a_chart_names_and_describes_itself(chart: Chart) -> None:
    root = drawn(chart(ROWS, **WORDS, ident="here"))
    assert root.get("role") == "group"
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert ids[root.get("aria-labelledby")] == "Organisations"
    assert ids[root.get("aria-describedby")] == "The table says the same."
    (link,) = root.iter(f"{SVG}a")
    assert link.get("href") == "/?country=TH"
    assert str(link.get("aria-label")).startswith("Thailand: ")


@every_chart
def test_without_links_it_is_one_image(chart: Chart) -> None:
    assert drawn(chart([Bar("Kenya", 1)], **WORDS)).get("role") == "img"


@every_chart
def test_hostile_words_stay_words(chart: Chart) -> None:
    markup = chart([Bar(HOSTILE, 3, f"/?q={HOSTILE}")], title=HOSTILE, description=HOSTILE)
    root = drawn(markup)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "a", "g", "text", "rect", "line", "circle"
    }  # fmt: skip
    assert not [name for element in root.iter() for name in element.attrib if name == "style" or name[:2] == "on"]
    assert next(root.iter(f"{SVG}a")).get("href") == f"/?q={HOSTILE}"
    assert HOSTILE in "".join(root.itertext())


@every_chart
def test_no_rows_is_no_error(chart: Chart) -> None:
    assert drawn(chart([], **WORDS)).get("role") == "img"


def test_bars_are_in_proportion() -> None:
    root = drawn(charts.bar_chart(ROWS, **WORDS))
    assert numbers(root, "width") == [100, 50, 0]
    assert numbers(root, "x") == [0, 0, 0]


def test_bars_are_mirrored_for_right_to_left() -> None:
    root = drawn(charts.bar_chart(ROWS, **WORDS, rtl=True))
    assert root.get("direction") == "rtl"
    assert numbers(root, "x") == [0, 50, 100]
    label = next(text for text in root.iter(f"{SVG}text") if text.text == "Kenya")
    assert (label.get("x"), label.get("text-anchor")) == ("100%", "start")


def test_a_long_label_is_cut_but_kept_in_the_tooltip() -> None:
    label = "word " * 40
    root = drawn(charts.bar_chart([Bar(label, 1)], **WORDS))
    shown = next(root.iter(f"{SVG}text")).text or ""
    assert len(shown) <= 44
    assert shown.endswith("…")
    assert label in "".join(root.itertext())


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234.50"), ("fr", "1\u202f234,50"), ("es", "1\xa0234,50"), ("ar", "1,234.50")]
)
def test_numbers_are_written_as_the_language_does(language: str, text: str) -> None:
    with translation.override(language):
        markup = charts.bar_chart([Bar("a", Decimal("1234.5"))], **WORDS, unit="kg")
        table = charts.data_table(["a", "b"], [["x", 1234.5]], "c")
    seen = text.replace("\u202f", "\xa0")
    assert f"{seen} kg" in markup.replace("\u202f", "\xa0")
    assert f'<td class="num">{seen}</td>' in table.replace("\u202f", "\xa0")
    assert 'width="100%"' in markup  # a coordinate keeps its point in every language


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=80))
def test_columns_stay_inside_and_in_proportion(values: list[int]) -> None:
    root = drawn(charts.columns([Bar(str(n), value) for n, value in enumerate(values)], **WORDS))
    bars = [bar for bar in root.iter(f"{SVG}rect") if bar.get("class") == "chart-bar"]
    heights = [float(bar.get("height", "")) for bar in bars]
    bottoms = [float(bar.get("y", "")) + height for bar, height in zip(bars, heights, strict=True)]
    assert bottoms == pytest.approx([204] * len(bars), abs=0.02)
    assert max(heights) <= 180
    for value, height in zip(values, heights, strict=True):
        assert height == pytest.approx(value / max(max(values), 1) * max(heights), abs=0.11)
    assert all(0 <= percent(b.get("x")) <= 100 - percent(b.get("width")) + 0.02 for b in bars)
    labels = [t for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle" and t.get("y") == "224"]
    assert 1 <= len(labels) <= 8


def test_columns_run_from_the_right_in_right_to_left() -> None:
    left = numbers(drawn(charts.columns(ROWS, **WORDS)), "x")
    right = numbers(drawn(charts.columns(ROWS, **WORDS, rtl=True)), "x")
    assert left == sorted(left)
    assert right == sorted(right, reverse=True)


@pytest.mark.parametrize("chart", [charts.bar_chart, charts.columns])
@pytest.mark.parametrize("value", [-1, float("nan")])
def test_what_cannot_be_drawn_is_refused(chart: Chart, value: float) -> None:
    with pytest.raises(InvalidValue):
        chart([Bar("a", value)], **WORDS)


def test_timeline_places_spans_days_and_open_ends() -> None:
    rows = [
        Span("Agreement", date(2025, 1, 1), date(2026, 1, 1)),
        Span("Signed", date(2025, 7, 2), date(2025, 7, 2)),
        Span("Hotline", date(2025, 7, 2)),
    ]
    root = drawn(charts.timeline(rows, **WORDS, today=date(2027, 1, 1)))
    agreement, hotline = [bar for bar in root.iter(f"{SVG}rect") if "chart-bar" in str(bar.get("class"))]
    assert percent(agreement.get("x")) == 1
    assert percent(agreement.get("width")) == pytest.approx(49, abs=0.1)
    assert hotline.get("class") == "chart-bar chart-open"
    assert percent(hotline.get("x")) + percent(hotline.get("width")) == pytest.approx(100)
    (day,) = root.iter(f"{SVG}circle")
    assert percent(day.get("cx")) == percent(hotline.get("x"))
    (today,) = [line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-today"]
    assert percent(today.get("x1")) == 99
    mirrored = drawn(charts.timeline(rows, **WORDS, today=date(2027, 1, 1), rtl=True))
    (day,) = mirrored.iter(f"{SVG}circle")
    assert percent(day.get("cx")) == pytest.approx(100 - percent(hotline.get("x")))


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 20000))
def test_timeline_has_few_ticks_inside_its_axis(start: date, length: int) -> None:
    end = date.fromordinal(start.toordinal() + length)
    root = drawn(charts.timeline([Span("a", start, end)], **WORDS))
    ticks = [line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-grid"]
    assert len(ticks) <= 7
    assert all(1 <= percent(tick.get("x1")) <= 99 for tick in ticks)


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 20000), st.booleans())
def test_words_of_the_axis_do_not_run_into_each_other(start: date, length: int, rtl: bool) -> None:
    span = Span("a", start, date.fromordinal(start.toordinal() + length))
    root = drawn(charts.timeline([span], **WORDS, rtl=rtl))
    taken = []
    for text in (one for one in root.iter(f"{SVG}text") if one.get("y") == "14"):
        place = 100 - percent(text.get("x")) if rtl else percent(text.get("x"))
        width = len(text.text or "") * 7 / 3  # seven pixels a letter, on a chart of 300
        taken.append((place - width, place) if text.get("text-anchor") == "end" else (place, place + width))
    assert all(one[1] < other[0] for one, other in pairwise(taken))
    assert all(begin >= -2 and end <= 100 for begin, end in taken)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span("a", date(2009, 1, 1), start_known="year"), "since 2009"),
        (Span("a", date(2018, 9, 1), start_known="month"), "since September 2018"),
        (Span("a", date(2018, 9, 4)), "since 4 Sep 2018"),
        (Span("a", date(2009, 1, 1), date(2009, 12, 31), "", "year", "year"), "2009"),
        (Span("a", date(2009, 1, 1), date(2010, 3, 31), "", "year", "month"), "2009 – March 2010"),
    ],
)
def test_a_timeline_says_no_more_than_is_known(span: Span, words: str) -> None:
    with translation.override("en"):
        root = drawn(charts.timeline([span], **WORDS))
    [told] = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "chart-value"]
    assert told == words


@pytest.mark.parametrize("chart", [charts.bar_chart, spans])
def test_a_value_stands_below_a_label_that_leaves_no_room_beside_it(chart: Chart) -> None:
    root = drawn(chart([Bar("Kenya", 1), Bar("word " * 9, 2), Bar("Ghana", 3)], **WORDS))
    labels, values = (
        [
            float(text.get("y", ""))
            for text in root.iter(f"{SVG}text")
            if text.get("class") == css and text.get("y") != "14"
        ]
        for css in ("chart-label", "chart-value")
    )
    assert [low - high for high, low in zip(labels, values, strict=True)] == [0, 20, 0]
    bars = [float(bar.get("y", "")) for bar in root.iter(f"{SVG}rect") if "chart-bar" in str(bar.get("class"))]
    assert all(bar - value == 8 for bar, value in zip(bars, values, strict=True))
    assert all(label > bar + 12 for bar, label in zip(bars, labels[1:], strict=False))
    assert float(root.get("height", "")) > bars[-1] + 12


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InvalidValue):
        charts.timeline([Span("a", date(2026, 1, 2), date(2026, 1, 1))], **WORDS)


class Tags(HTMLParser):
    """The start tags of a piece of HTML, with their attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_table_has_caption_and_scopes() -> None:
    link = format_html('<a href="/TH">{}</a>', "Thailand")
    with translation.override("en"):
        rows = [[link, 12345, date(2026, 1, 2)], ["Kenya", 0, None]]
        markup = charts.data_table(["Country", "Number", "Checked"], rows, "By country")
    root = drawn(markup)
    assert [element.tag for element in root] == ["caption", "thead", "tbody"]
    assert root[0].text == "By country"
    assert [(th.get("scope"), th.get("class")) for th in root.iter("th")] == [
        ("col", None), ("col", "num"), ("col", None), ("row", None), ("row", None)
    ]  # fmt: skip
    assert [td.text for td in root.iter("td")] == ["12,345", "2 Jan 2026", "0", "–"]
    assert next(root.iter("a")).get("href") == "/TH"


def test_table_escapes_and_refuses_ragged_rows() -> None:
    markup = charts.data_table([HOSTILE, "b"], [[HOSTILE, HOSTILE]], HOSTILE)
    assert {tag for tag, _ in Tags(markup).tags} == {"bdi", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "".join(drawn(markup).itertext()).count(HOSTILE) == 4
    with pytest.raises(InvalidValue):
        charts.data_table(["a", "b"], [["only one"]], "c")
    assert drawn(charts.data_table(["a"], [], "c")).find("tbody") is not None
