"""Answers as a page and as a file: query and entry side by side, each reason with what it gave or took."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convener.engines.names import Entry, Hit
from convener.engines.tables import neutralise
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Badge, Text
from convener.foundation.vocabularies import countries
from convener.rooms.screening import screeners
from convener.rooms.screening.actions.asking import NOT_ASKED, Answers, Result
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.pages.labels import DECISIONS, ENTRY_TYPES, agreement, part

BYTE_ORDER_MARK = "\ufeff"
HEADINGS = (
    "query", "name", "type", "country", "birth_date", "identifier", "decision", "problem", "rank", "list", "list_date",
    "list_sha256", "entry_id", "matched_name", "score", "reasons",
)  # fmt: skip
#: Values of an entry that are shown of each kind.
_SHOWN = 8


@dataclass(frozen=True)
class Reason:
    """One row: what it is about, on both sides, how they agree, and what it gave, in hundredths, as text and as a bar."""

    part: Text
    query: str
    entry: str
    how: Text
    gives: str
    bar: SafeString


@dataclass(frozen=True)
class Found:
    """One entry that may be meant, with what else its list says of it."""

    rank: int
    name: str
    badge: Badge
    score: str
    source: WatchList
    entry_id: str
    reasons: Sequence[Reason]
    facts: Sequence[tuple[Text, Sequence[str]]]


@dataclass(frozen=True)
class Shown:
    """One name and what came of it; ``is_cut`` where more entries were found than are told."""

    name: str
    badge: Badge
    problem: str
    found: Sequence[Found]
    is_cut: bool


def shown(answers: Answers) -> list[Shown]:
    """The results, in the order of the names."""
    rows = {one.name: one for one in answers.lists}
    entries = _entries(answers)
    return [
        Shown(
            one.question.name,
            DECISIONS[one.decision],
            one.problem,
            [_found(hit, rows[hit.list], entries.get((hit.list, hit.entry_id))) for hit in one.hits],
            one.more > 0,
        )
        for one in answers.results
    ]


def counts(answers: Answers) -> list[tuple[Badge, int]]:
    """How many names came to each decision, those to look at first."""
    found = [one.decision for one in answers.results]
    return [(badge, found.count(key)) for key, badge in DECISIONS.items() if key in found]


def _entries(answers: Answers) -> Mapping[tuple[str, str], Entry]:
    """The entries that were found, by list and number."""
    wanted = {(hit.list, hit.entry_id) for one in answers.results for hit in one.hits}
    if not wanted:
        return {}
    lists = zip(answers.lists, screeners.compiled_of(answers.lists), strict=True)
    return {
        (row.name, entry.id): entry for row, one in lists for entry in one.entries if (row.name, entry.id) in wanted
    }


def _found(hit: Hit, row: WatchList, entry: Entry | None) -> Found:
    told = hit.explanation
    points = _hundredths([one["gives"] for one in told["parts"]], hit.score)
    most = max((abs(one) for one in points), default=0)
    reasons = [_reason(one, given, most) for one, given in zip(told["parts"], points, strict=True)]
    score = format_count(round(hit.score * 100))
    return Found(
        hit.rank, hit.matched_name, DECISIONS[hit.decision], score, row, hit.entry_id, reasons, _facts(hit, entry)
    )


def _reason(one: Mapping[str, Any], given: int, most: int) -> Reason:
    kind, how = one["kind"], one["how"]
    ours, theirs = one["query"], one["entry"]
    if kind == "country":
        ours, theirs = (" · ".join(countries().label(code) for code in side.split(", ")) for side in (ours, theirs))
    return Reason(part(kind, how), ours, theirs, agreement(kind, how, one["says"]), signed(given), bar(given, most))


def _facts(hit: Hit, entry: Entry | None) -> list[tuple[Text, Sequence[str]]]:
    """What else the list says of an entry, to tell it from others of the name."""
    if entry is None:
        return []
    others = [name for name in entry.names if name != hit.matched_name]
    facts: list[tuple[Text, Sequence[str]]] = [
        (_("Listed as"), [str(ENTRY_TYPES[entry.type.value])]),
        (_("Other names"), _few(others)),
        (_("Countries"), _few([countries().label(code) for code in entry.countries])),
        (_("Born"), _few(entry.birth_dates)),
        (_("Numbers"), _few(entry.identifiers)),
    ]
    return [(title, values) for title, values in facts if values]


def _few(values: Sequence[str]) -> list[str]:
    more = len(values) - _SHOWN
    told = [_("and %(count)s more") % {"count": format_count(more)}] if more > 0 else []
    return [*values[:_SHOWN], *told]


def _hundredths(gives: Sequence[float], score: float) -> list[int]:
    """What each part gives in hundredths, so rounded that they sum to the rounded score."""
    points = [round(one * 100) for one in gives]
    if points:
        most = max(range(len(points)), key=lambda at: abs(gives[at]))
        points[most] += round(score * 100) - sum(points)
    return points


def signed(points: int) -> str:
    """A number with its sign: +22, −4, 0."""
    sign = "+" if points > 0 else "\u2212" if points < 0 else ""
    return f"{sign}{format_count(abs(points))}"


def bar(points: int, most: int) -> SafeString:
    """What a part gave, from the middle towards the end of the line, or took, towards its beginning; beside its number.

    A part that gave or took ``most``, and at least ten points, reaches the edge.
    """
    width = min(round(abs(points) * 100 / max(most, 10)), 100)
    start = 100 - width if points < 0 else 100
    return format_html(
        '<svg class="gave{}" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<path class="gave-axis" d="M100 0v10"/><rect x="{}" y="1" width="{}" height="8"/></svg>',
        " took" if points < 0 else "", start, width,
    )  # fmt: skip


def as_csv(answers: Answers) -> str:
    """A row for each entry that was found, and one for each name without any; keys in English, as in the API."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    rows = {one.name: one for one in answers.lists}
    for one in answers.results:
        for cells in _lines(one, rows):
            writer.writerow([neutralise(str(cell)) for cell in cells])
    return out.getvalue()


def _lines(one: Result, rows: Mapping[str, WatchList]) -> Iterable[list[Any]]:
    asked = one.question
    start = [
        asked.id,
        asked.name,
        asked.type,
        asked.country,
        asked.birth_date,
        asked.identifier,
        one.decision,
        one.problem,
    ]
    if not one.hits:
        yield [*start, *[""] * (len(HEADINGS) - len(start))]
    for hit in one.hits:
        row = rows[hit.list]
        told = "; ".join(
            f"{part['query'] or '-'} / {part['entry'] or '-'}: {part['says']} ({part['gives']:+.4f})"
            for part in hit.explanation["parts"]
        )
        yield [
            *start, hit.rank, hit.list, row.date, row.sha256, hit.entry_id, hit.matched_name, f"{hit.score:.4f}", told,
        ]  # fmt: skip


def needs_a_look(answers: Answers) -> bool:
    """True where a person has to do something: an entry was found, or a name could not be compared."""
    return any(one.hits or one.decision == NOT_ASKED for one in answers.results)
