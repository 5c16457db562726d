"""What ``convener names screen`` says at its end: for people, and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import answer, say

if TYPE_CHECKING:
    from convener.engines.names.answering import Answered
    from convener.engines.names.questions import RowProblem

SHOWN = 20
MOST_TOLD = 1_000


@dataclass
class Summary:
    """What came of it, for people and for programs."""

    out: str
    format: str
    names: int = 0
    seconds: float = 0.0
    lists: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    not_asked: int = 0
    hits: int = 0
    with_more: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    more_problems: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether a row had a problem, or a part of a list is missing."""
        return bool(self.problems) or not all(one["whole"] for one in self.lists)

    def count(self, answered: Answered) -> None:
        """Take in one answer; its problems are told at once while they are few."""
        self.not_asked += not answered.is_asked
        self.decisions[answered.decision] += answered.is_asked
        self.hits += sum(row["rank"] > 0 for row in answered.rows)
        self.with_more += answered.more > 0
        for problem in answered.problems:
            if len(self.problems) < MOST_TOLD:
                self.problems.append(problem)
            else:
                self.more_problems += 1

    def as_plain(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "out": self.out,
            "format": self.format,
            "names": self.names,
            "asked": self.names - self.not_asked,
            "not_asked": self.not_asked,
            "match": self.decisions["match"],
            "review": self.decisions["review"],
            "no_match": self.decisions["no_match"],
            "hits": self.hits,
            "with_more": self.with_more,
            "seconds": self.seconds,
            "lists": self.lists,
            "warnings": self.warnings,
            "problems": [problem._asdict() for problem in self.problems],
            "more_problems": self.more_problems,
        }

    def tell(self, *, as_json: bool) -> None:
        """Print the summary, and on standard error the first problems."""
        self._tell_problems()
        if as_json:
            answer(self.as_plain())
            return
        entries, lists = sum(one["entries"] for one in self.lists), len(self.lists)
        asked = self.names - self.not_asked
        click.echo(
            f"{asked:,} name{'s' * (asked != 1)} asked of {entries:,} entries in {lists} list{'s' * (lists != 1)}:"
        )
        for one in self.lists:
            click.echo(printable(f"  {line_of_list(one)}"))
        kinds = self.decisions
        click.echo(f"{kinds['match']:,} match, {kinds['review']:,} for review, {kinds['no_match']:,} without.")
        if self.not_asked:
            click.echo(f"{self.not_asked:,} could NOT be asked: rows of rank 0 whose explanation says the problem.")
        if self.with_more:
            those = "1 name has" if self.with_more == 1 else f"{self.with_more:,} names have"
            click.echo(f"{those} more hits than --limit lets be written: ask again with a higher one.")
        click.echo(printable(f"Written to {self.out}: a row for each entry that may be meant, the likeliest first;"))
        click.echo("rank 0 where there is none. The parts of an explanation sum to the score, 0 to 1.")
        click.echo("A score is no finding: a person compares the two, with what else is known, and decides.")

    def _tell_problems(self) -> None:
        for warning in self.warnings:
            say(warning)
        for one in self.lists:
            missing = [problem for problem in one["problems"] if problem["missing"]]
            for problem in missing[:SHOWN]:
                say(f"{one['name']}: row {problem['row']}, {problem['field'] or 'list'}: {problem['message']}")
            if len(one["problems"]) > len(missing):
                count = len(one["problems"]) - len(missing)
                say(f"{one['name']}: {count:,} value(s) could not be read; see convener names lists {one['path']}")
        for row in self.problems[:SHOWN]:
            say(f"row {row.row}, {row.field}: {row.message} {row.hint}")
        more = len(self.problems) - SHOWN + self.more_problems
        if more > 0:
            say(f"… and {more:,} more problems of rows; the explanations have them.")


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def line_of_list(one: dict[str, Any]) -> str:
    """A list in a line: its name, format, date, entries, hash, problems."""
    date = f"of {one['date']}" if one["date"] else "without a date"
    told = f"{one['name']} ({one['format']}, {date}): {one['entries']:,} entries, SHA-256 {one['sha256'][:12]}"
    problems = len(one["problems"])
    told += f", {problems} problem{'s' * (problems > 1)}" if problems else ""
    return told + ("" if one["whole"] else ". A part of this list is MISSING")
