"""Charts drawn on the server as SVG, and the table that says the same.

No script and no style attribute: looks are classes in ``static/ui/maps.css``. Horizontal places are percentages, so a
chart fills whatever column it stands in while its letters keep their size. Every chart has a title and a description;
with links inside it is a group of named links, without it is one image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from math import ceil, floor, log10
from typing import Literal

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from convener.errors import InvalidValue

Number = int | float | Decimal
Cell = str | int | float | Decimal | date | None
Precision = Literal["year", "month", "day"]

ROW = 46  # pixels for one row with its label above the bar
BAR_UP = 22  # from the foot of a row to the top of its bar
LINE = 20  # pixels more where the value stands below the label
LONGEST_LABEL = 44  # letters that a line holds on a phone
LETTER = 2.5  # per cent of the width that a letter takes on a phone
PLOT_TOP, PLOT_HEIGHT, PLOT_FOOT = 24, 180, 30
GUTTER = 10.0  # per cent of the width kept for the numbers of the vertical axis


@dataclass(frozen=True, slots=True)
class Bar:
    """One fact of a chart: a label, a value of zero or more, and where a click leads (nowhere if empty)."""

    label: str
    value: Number
    href: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One row of a timeline, both days included: ``end`` None is open, ``end`` equal to ``start`` a single day.

    ``start_known`` and ``end_known`` say how much of each is known, and no more than that is written.
    """

    label: str
    start: date
    end: date | None = None
    href: str = ""
    start_known: Precision = "day"
    end_known: Precision = "day"


def format_count(value: Number) -> str:
    """A number as the active language writes it, thousands grouped, at most two decimals."""
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    whole = value == value.to_integral_value() if isinstance(value, Decimal) else value.is_integer()
    return number_format(value, decimal_pos=0 if whole else 2, force_grouping=True)


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Pieces of markup one after the other, still marked safe."""
    return format_html_join("", "{}", ((part,) for part in parts))


def bar_chart(
    rows: Sequence[Bar], *, title: str, description: str, unit: str = "", rtl: bool = False, ident: str = "bars"
) -> SafeString:
    """Horizontal bars from zero, one row each, label above and value at the end of the line.

    ``unit`` follows the values ("%", "people"); ``rtl`` mirrors everything; ``ident`` must be unique on the page.
    Raises ``InvalidValue`` for a negative value.
    """
    most = _most(rows) or 1
    values = [_with_unit(row.value, unit) for row in rows]
    feet = _feet(zip((row.label for row in rows), values, strict=True), 0)
    parts = []
    for row, value, top, foot in zip(rows, values, feet, feet[1:], strict=False):
        share = round(float(row.value) / float(most) * 100, 2)
        drawn = format_html(
            '{0}<rect class="chart-track" x="0" y="{2}" width="100%" height="12"/>'
            '<rect class="chart-bar" x="{1}%" y="{2}" width="{3}%" height="12"/>',
            _row_text(row.label, value, top + 16, rtl),
            _plain(100 - share if rtl else 0),
            foot - BAR_UP,
            _plain(share),
        )
        parts.append(_linked(drawn, row.href, _named(row.label, value)))
    linked = any(row.href for row in rows)
    return _figure(parts, feet[-1] or ROW, title, description, rtl=rtl, ident=ident, linked=linked)


def columns(
    rows: Sequence[Bar], *, title: str, description: str, unit: str = "", rtl: bool = False, ident: str = "columns"
) -> SafeString:
    """Vertical columns for a series in time, first row first, on an axis from zero with round steps.

    Values stand over the columns while there are twelve or fewer; labels are thinned to about eight. Parameters and
    errors as in ``bar_chart``.
    """
    most = float(_most(rows))
    step = _round_step(most)
    top_value = max(step, ceil(most / step) * step)
    base = PLOT_TOP + PLOT_HEIGHT
    parts = [_axis(step, top_value, base, rtl)]
    slot = (100 - GUTTER) / max(len(rows), 1)
    every = ceil(len(rows) / 8)
    for number, row in enumerate(rows):
        height = round(float(row.value) / top_value * PLOT_HEIGHT, 1)
        left = GUTTER + slot * number + slot * 0.14
        x = 100 - left - slot * 0.72 if rtl else left
        value = _with_unit(row.value, unit)
        drawn = format_html(
            '<title>{}</title><rect class="chart-bar" x="{}%" y="{}" width="{}%" height="{}"/>',
            _named(row.label, value),
            _plain(x),
            _plain(base - height),
            _plain(slot * 0.72),
            _plain(height),
        )
        if len(rows) <= 12:
            drawn += _text(format_count(row.value), x + slot * 0.36, base - height - 6, "middle", "chart-value")
        if number % every == 0:
            drawn += _text(row.label, x + slot * 0.36, base + 20, "middle", "chart-label")
        parts.append(_linked(drawn, row.href, _named(row.label, value)))
    linked = any(row.href for row in rows)
    return _figure(parts, base + PLOT_FOOT, title, description, rtl=rtl, ident=ident, linked=linked)


def timeline(
    rows: Sequence[Span],
    *,
    title: str,
    description: str,
    today: date | None = None,
    rtl: bool = False,
    ident: str = "timeline",
) -> SafeString:
    """Rows of dated spans under one axis of time; single days are dots, open ends run to the edge, fading.

    ``today``, where given, is marked by a line and lies inside the axis. Raises ``InvalidValue`` for a span that ends
    before it starts.
    """
    for row in rows:
        _refuse_backwards(row)
    days = [d for row in rows for d in (row.start, row.end) if d] + ([today] if today else [])
    if not days:
        return _figure([], ROW, title, description, rtl=rtl, ident=ident, linked=False)
    first, last = min(days), max(days)
    length = max((last - first).days, 1)
    times = [_when(row) for row in rows]
    feet = _feet(zip((row.label for row in rows), times, strict=True), 28)
    height = feet[-1]

    def at(day: date) -> float:
        share = 1 + (day - first).days / length * 98
        return 100 - share if rtl else share

    marks = ((at(day), words) for day, words in _ticks(first, last) if first <= day <= last)
    parts = [_tick(x, words, height, rtl) for x, words in _apart(marks, rtl)]
    if today:
        parts.append(
            format_html('<line class="chart-today" x1="{0}%" x2="{0}%" y1="24" y2="{1}"/>', _plain(at(today)), height)
        )
    for row, words, top, foot in zip(rows, times, feet, feet[1:], strict=False):
        drawn = _row_text(row.label, words, top + 16, rtl) + _span(row, at, 0.0 if rtl else 100.0, foot - BAR_UP)
        parts.append(_linked(drawn, row.href, _named(row.label, words)))
    linked = any(row.href for row in rows)
    return _figure(parts, height, title, description, rtl=rtl, ident=ident, linked=linked)


def _refuse_backwards(row: Span) -> None:
    if row.end and row.end < row.start:
        words = gettext("“%(name)s” ends before it starts.") % {"name": row.label}
        raise InvalidValue("end", words, hint=gettext("Exchange the two dates."))


def data_table(headers: Sequence[str], rows: Iterable[Sequence[Cell]], caption: str) -> SafeString:
    """The facts of a chart or map as a table: a caption, column headers, and the first cell of each row its header.

    Numbers and dates are written as the active language does; None is a dash; text is escaped unless it is already
    marked safe (a link made with ``format_html``). Raises ``InvalidValue`` for a row of another length.
    """
    facts = list(rows)
    marks = [_cell(cell)[0] for cell in facts[0]] if facts else [SafeString("")] * len(headers)
    body = []
    for row in facts:
        if len(row) != len(headers):
            words = gettext("A row has another number of cells than the table has columns.")
            raise InvalidValue("rows", words, hint=gettext("Give every row a cell for each column."))
        cells = format_html_join("", "<td{}>{}</td>", (_cell(cell) for cell in row[1:]))
        body.append(format_html('<tr><th scope="row">{}</th>{}</tr>', _cell(row[0])[1], cells))
    head = format_html_join("", '<th scope="col"{}>{}</th>', zip(marks, headers, strict=True))
    return format_html(
        '<table class="data-table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        caption,
        head,
        joined(body),
    )


def _cell(value: Cell) -> tuple[SafeString, str]:
    """The attributes and the text of one cell."""
    if value is None:
        return SafeString(""), "–"
    if isinstance(value, date):
        return SafeString(""), date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, str):
        return SafeString(""), format_html("<bdi>{}</bdi>", value)  # a name may run in another direction than the page
    return SafeString(' class="num"'), format_count(value)


def _most(rows: Sequence[Bar]) -> Number:
    for row in rows:
        if not row.value >= 0:
            words = gettext("“%(name)s” has a value below zero, or none.") % {"name": row.label}
            raise InvalidValue("value", words, hint=gettext("Charts start at zero."))
    return max((row.value for row in rows), default=0)


def _with_unit(value: Number, unit: str) -> str:
    return f"{format_count(value)} {unit}".strip()


def _named(label: str, value: str) -> str:
    return gettext("%(name)s: %(value)s") % {"name": label, "value": value}


def _plain(value: float) -> str:
    """A coordinate as SVG wants it, whatever the active language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(words: str, x: float, y: float, anchor: str, css: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>', css, _plain(x), _plain(y), anchor, words
    )


def _feet(rows: Iterable[tuple[str, str]], top: int) -> list[int]:
    """Where each row of a label and a value ends, counted from ``top``, which is the first number."""
    return list(accumulate((ROW + _second_line(label, value) for label, value in rows), initial=top))


def _second_line(label: str, value: str) -> int:
    """How far below the label its value stands: on a phone both must not be in each other's way."""
    return LINE if len(label) + len(value) + 2 > LONGEST_LABEL else 0


def _row_text(label: str, value: str, y: float, rtl: bool) -> SafeString:
    """Label at the line's start, value at the end of this line or the next; a label too long is cut, its whole text in
    the tooltip.
    """
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
    start, end = (100, 0) if rtl else (0, 100)
    return format_html(
        "<title>{}</title>{}{}",
        _named(label, value),
        _text(short, start, y, "start", "chart-label"),
        _text(value, end, y + _second_line(label, value), "end", "chart-value"),
    )


def _linked(drawn: SafeString, href: str, name: str) -> SafeString:
    if href:
        return format_html('<a class="chart-row" href="{}" aria-label="{}">{}</a>', href, name, drawn)
    return format_html('<g class="chart-row">{}</g>', drawn)


def _figure(
    parts: Iterable[SafeString], height: float, title: str, description: str, *, rtl: bool, ident: str, linked: bool
) -> SafeString:
    """The SVG element round a chart. Links inside an image are hidden from assistive technology, hence two roles."""
    return format_html(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" width="100%" height="{}" role="{}" direction="{}" '
        'aria-labelledby="{}-title" aria-describedby="{}-desc"><title id="{}-title">{}</title>'
        '<desc id="{}-desc">{}</desc>{}</svg>',
        _plain(height),
        "group" if linked else "img",
        "rtl" if rtl else "ltr",
        ident,
        ident,
        ident,
        title,
        ident,
        description,
        joined(parts),
    )


def _round_step(most: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides the axis into two to five parts; at least 1 for counts."""
    if most <= 0:
        return 1
    power = 10.0 ** floor(log10(most))
    step = next(part * power for part in (0.2, 0.5, 1, 2) if most / (part * power) <= 5)
    return max(step, 1) if most >= 1 else step


def _axis(step: float, top_value: float, base: float, rtl: bool) -> SafeString:
    lines = []
    for number in range(round(top_value / step) + 1):
        y = base - number * step / top_value * PLOT_HEIGHT
        left, right = (0, 100 - GUTTER) if rtl else (GUTTER, 100)
        lines.append(
            (
                _plain(left),
                _plain(right),
                _plain(y),
                _plain(y),
                _text(
                    format_count(number * step), 100 - GUTTER + 2 if rtl else GUTTER - 2, y + 4, "end", "chart-label"
                ),
            )
        )
    return format_html_join("", '<line class="chart-grid" x1="{}%" x2="{}%" y1="{}" y2="{}"/>{}', lines)


def _ticks(first: date, last: date) -> Iterable[tuple[date, str]]:
    """At most about six dates with their words: years for a long stretch of time, months for a short one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 24:
        every = ceil((last.year - first.year) / 6) or 1
        return [(date(year, 1, 1), str(year)) for year in range(first.year, last.year + 1, every)]
    every = ceil(months / 6) or 1
    found = [(first.year * 12 + first.month - 1 + offset) for offset in range(0, months + 1, every)]
    return [(day, date_format(day, "M Y")) for day in (date(n // 12, n % 12 + 1, 1) for n in found)]


def _apart(marks: Iterable[tuple[float, str]], rtl: bool) -> Iterator[tuple[float, str]]:
    """Those of the marks of an axis whose words do not run into those before them, on a phone either."""
    taken = 0.0
    for x, words in marks:
        share = 100 - x if rtl else x
        width = len(words) * LETTER
        start = share - width if _is_near_end(x, words, rtl) else share
        if start >= taken:
            taken = start + width + LETTER
            yield x, words


def _is_near_end(x: float, words: str, rtl: bool) -> bool:
    """Whether words that began at a place would not fit before the end of the line."""
    return (100 - x if rtl else x) + len(words) * LETTER > 100


def _tick(x: float, words: str, height: float, rtl: bool) -> SafeString:
    return format_html(
        '<line class="chart-grid" x1="{0}%" x2="{0}%" y1="20" y2="{1}"/>{2}',
        _plain(x),
        _plain(height),
        _text(words, x, 14, "end" if _is_near_end(x, words, rtl) else "start", "chart-label"),
    )


_FORMATS: dict[Precision, str] = {"year": "Y", "month": "YEAR_MONTH_FORMAT", "day": "SHORT_DATE_FORMAT"}


def _when(row: Span) -> str:
    """The days of a row in words, or the months or years where no more is known."""
    start = date_format(row.start, _FORMATS[row.start_known])
    if row.end is None:
        return gettext("since %(start)s") % {"start": start}
    end = date_format(row.end, _FORMATS[row.end_known])
    return start if end == start else f"{start} – {end}"


def _span(row: Span, at: Callable[[date], float], edge: float, y: float) -> SafeString:
    """The mark of one row: a dot for one day, else a bar, paler where its end is open."""
    start = at(row.start)
    if row.end == row.start:
        return format_html('<circle class="chart-bar" cx="{}%" cy="{}" r="6"/>', _plain(start), _plain(y + 6))
    end = edge if row.end is None else at(row.end)
    left, width = min(start, end), max(abs(end - start), 0.5)
    return format_html(
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="12"/>',
        "chart-bar chart-open" if row.end is None else "chart-bar",
        _plain(left),
        _plain(y),
        _plain(width),
    )
