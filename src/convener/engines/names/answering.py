"""Questions answered, chunk by chunk, as rows of a file: also by another process, which loads the kept lists itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from convener.engines.names import compiled as compiling
from convener.engines.names.analysis import forget
from convener.engines.names.compiled import Compiled
from convener.engines.names.likeness import likeness
from convener.engines.names.model import Source
from convener.engines.names.questions import Question, RowProblem, told_of
from convener.engines.names.romanising import romanised
from convener.engines.names.screening import Answer, Screener, trouble_with
from convener.engines.names.sounds import bones, sound
from convener.engines.names.vocabulary import prepare
from convener.engines.tables import write_table
from convener.errors import sentence

COLUMNS = ("query_id", "rank", "list", "entry_id", "matched_name", "score", "decision", "explanation")
Row = dict[str, Any]
#: Questions after which what was remembered of their words is forgotten: few come again, and all take room.
_REMEMBERED = 2_000


def _forget() -> None:
    forget()
    for remembering in (romanised, sound, bones):
        remembering.cache_clear()
    if likeness.cache_info().currsize > 50 * _REMEMBERED:
        likeness.cache_clear()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question's rows (``explanation`` is an object as JSON text), its decision, and all that is wrong with it.

    ``more``: how many entries were found beyond the limit, which have no row.
    """

    rows: tuple[Row, ...]
    decision: str
    problems: tuple[RowProblem, ...]
    is_asked: bool
    more: int = 0


@dataclass(frozen=True)
class Kept:
    """Where another process finds the lists: the files of :mod:`caching`, what they are, and the folder of the words."""

    folder: Path
    files: tuple[Path, ...]
    sources: tuple[Source, ...]


class Asking:
    """Answers chunks of questions. It can be pickled where the lists are kept: it is then made of the kept files."""

    def __init__(self, lists: Sequence[Compiled], *, limit: int, threshold: float, kept: Kept | None = None) -> None:
        self.kept = kept
        self._limit = limit
        self._threshold = threshold
        self._screener = Screener(lists)
        self._since_forgotten = 0

    def __call__(self, questions: Sequence[Question]) -> list[Answered]:
        """The answers, in the order of the questions."""
        answered = [self._answered(question) for question in questions]
        self._since_forgotten += len(questions)
        if self._since_forgotten >= _REMEMBERED:
            self._since_forgotten = 0
            _forget()
        return answered

    def __getstate__(self) -> dict[str, Any]:
        return {"kept": self.kept, "limit": self._limit, "threshold": self._threshold}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Raises OSError where a list is not kept any more."""
        kept: Kept = state["kept"]
        prepare(kept.folder)
        lists = []
        for file, source in zip(kept.files, kept.sources, strict=True):
            found = compiling.read(file)
            if found is None:
                raise FileNotFoundError(str(file))
            lists.append(replace(found, source=source))
        self.__init__(lists, limit=state["limit"], threshold=state["threshold"], kept=kept)  # type: ignore[misc]

    def _answered(self, question: Question) -> Answered:
        problems = question.problems
        if not question.trouble and (trouble := trouble_with(question.query.name)):
            hint = sentence("Write the name in letters, and ask it again.")
            problems = (*problems, RowProblem(question.row, "name", trouble, hint))
            question = replace(question, problems=problems, trouble=True)
        if question.trouble:
            return Answered((_empty(question, {}),), "no_match", problems, is_asked=False)
        answer = self._screener.screen(question.query, limit=self._limit, threshold=self._threshold)
        return Answered(tuple(self._rows(question, answer)), answer.decision, problems, is_asked=True, more=answer.more)

    def _rows(self, question: Question, answer: Answer) -> Iterator[Row]:
        if not answer.hits:
            note = answer.problem or f"No entry of the lists scores {self._threshold:g} or more."
            yield _empty(question, {"note": str(note)})
        said = _said(question) | ({"more": answer.more} if answer.more else {})
        for hit in answer.hits:
            yield {
                "query_id": question.query.id,
                "rank": hit.rank,
                "list": hit.list,
                "entry_id": hit.entry_id,
                "matched_name": hit.matched_name,
                "score": hit.score,
                "decision": hit.decision,
                "explanation": _json(hit.explanation | said),
            }


def _empty(question: Question, note: dict[str, Any]) -> Row:
    """The row of a question that nobody was found by."""
    nothing = {"rank": 0, "list": "", "entry_id": "", "matched_name": "", "score": 0.0, "decision": "no_match"}
    return {"query_id": question.query.id, **nothing, "explanation": _json(_said(question) | note)}


def _said(question: Question) -> dict[str, Any]:
    if not question.problems:
        return {}
    return {
        "problem": str(told_of(question.problems)),
        "asked": not question.trouble,
        "problems": [problem._asdict() for problem in question.problems],
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def write_rows(format: str, rows: Iterable[Row], out: BinaryIO) -> None:
    """Write rows as ``csv``, in which no cell acts as a formula, or as ``json``: an array, explanations as objects."""
    if format == "csv":
        write_table("csv", COLUMNS, rows, out)
        return
    before = "[\n"
    for row in rows:
        plain = _json({column: row[column] for column in COLUMNS[:-1]})
        out.write(f'{before}{plain[:-1]}, "explanation": {row["explanation"]}}}'.encode("utf-8", "replace"))
        before = ",\n"
    out.write(b"[]\n" if before == "[\n" else b"\n]\n")
