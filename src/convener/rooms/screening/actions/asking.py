"""Asking: names in, answers out, and of the names nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from convener.engines.names import REVIEW, Answer, Hit, Query, Screener, Type
from convener.engines.names.context import unreadable
from convener.engines.names.questions import LOST_LETTERS, has_lost_letters
from convener.errors import InvalidValue, NotAllowed, joined, spoken
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.rooms.screening import screeners
from convener.rooms.screening.audited import KIND
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.queries.lists import chosen
from convener.rooms.screening.queries.visible import may_screen

#: The most names of one call, and entries shown for one name.
MOST_NAMES, MOST_HITS, LIMIT = 1_000, 50, 5
#: Below this two names have hardly a word in common.
LEAST_THRESHOLD = 0.3
#: The decision on a name that was not compared: not the same as that nothing was found.
NOT_ASKED = "not_asked"
DECISIONS = ("match", "review", "no_match", NOT_ASKED)
FACTS = ("country", "birth_date", "identifier")
_MOST_FACT = 200


@dataclass(frozen=True)
class Question:
    """One name to ask about, as a person wrote it."""

    id: str
    name: str
    type: str = ""
    country: str = ""
    birth_date: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class Result:
    """What came of a question: ``problem`` says in a sentence what could not be used of it; "" where all could.

    ``more``: how many further entries were found, beyond the limit.
    """

    question: Question
    asked: Query
    decision: str
    problem: str
    hits: Sequence[Hit]
    more: int


@dataclass(frozen=True)
class Answers:
    """The versions that were asked, and a result for each question in its order."""

    lists: Sequence[WatchList]
    results: Sequence[Result]


def require_screener(actor: Actor, count: int = 1) -> None:
    """Raise NotAllowed for who may not ask; audited."""
    if may_screen(actor):
        return
    record(actor, "screening.ask", KIND, outcome="refused", count=count)
    raise NotAllowed(
        _("You may not compare names with lists of sanctions."),
        hint=_("It is for NGOs, companies, banks, FIUs and the secretariat. Ask the secretariat if you need to know."),
    )


def screen(
    questions: Sequence[Question],
    *,
    actor: Actor,
    lists: Sequence[str] = (),
    limit: int = LIMIT,
    threshold: float = REVIEW,
) -> Answers:
    """Compare names with the lists of these names (none: all): for each at most ``limit`` entries from ``threshold`` on.

    Audited before the answer is known: one entry for each list with the number of names and which facts came with them.
    Raises NotAllowed, InvalidValue, Refused where no list is loaded, NotReady, NotFound for files that are lost.
    """
    require_screener(actor, len(questions))
    if len(questions) > MOST_NAMES:
        told = _("At most %(most)s names are compared at once.") % {"most": MOST_NAMES}
        raise InvalidValue("queries", told, hint=_("Send them in parts."))
    rows = chosen(actor, lists)
    asked = screeners.screener(rows)
    _note(rows, questions, actor)
    return Answers(rows, [_result(one, asked, limit, threshold) for one in questions])


@transaction.atomic
def _note(rows: Sequence[WatchList], questions: Sequence[Question], actor: Actor) -> None:
    facts = ["name", *(fact for fact in FACTS if any(getattr(one, fact) for one in questions))]
    for row in rows:
        record(actor, "screening.ask", KIND, row.pk, fields=facts, count=len(questions))


def _result(question: Question, asked: Screener, limit: int, threshold: float) -> Result:
    query, problems = _read(question)
    answer = asked.screen(query, limit=limit, threshold=threshold)
    if answer.problem:
        problems = [spoken(answer.problem), *problems]
    return Result(question, query, _decision(answer), " ".join(problems), answer.hits, answer.more)


def _decision(answer: Answer) -> str:
    return NOT_ASKED if answer.problem and not answer.hits else answer.decision


def _read(question: Question) -> tuple[Query, list[str]]:
    """The question as the lists are asked, and what of it could not be used: that is left out, and the name is asked."""
    told = list(_too_long(question))
    if has_lost_letters(question.name):
        told.append(spoken(joined(*LOST_LETTERS)))
    type_, problem = _type(question.type.strip())
    told += [problem] if problem else []
    country = question.country.strip()[:_MOST_FACT]
    code = screeners.country_code(country)
    if country and not code:
        told.append(_("“%(country)s” is no country that we know; it was left out.") % {"country": country})
    birth_date = question.birth_date.strip()[:_MOST_FACT]
    if unreadable(birth_date):
        told.append(
            _("“%(date)s” is not read as a date of birth; it was left out. Write 1957, 1957-07 or 1957-07-28.")
            % {"date": birth_date}
        )
        birth_date = ""
    identifier = question.identifier.strip()[:_MOST_FACT]
    return Query(question.id, question.name, type_, code, birth_date, identifier), told


def _too_long(question: Question) -> Iterator[str]:
    if any(len(getattr(question, fact)) > _MOST_FACT for fact in FACTS):
        yield _("A country, date or number has more than %(most)s characters; what is beyond was left out.") % {
            "most": _MOST_FACT
        }


def _type(text: str) -> tuple[Type, str]:
    try:
        return (Type(text.lower()) if text else Type.UNKNOWN), ""
    except ValueError:
        told = _("“%(type)s” is no type of bearer; the name was compared with all of them.") % {"type": text[:60]}
        return Type.UNKNOWN, told
