"""Organisations as a file of practices names them, so that another hub finds the same ones.

Public IDs differ from hub to hub, even those of organisations that ship. So a row of a file says beside the ID the key
of shipped content, the name, the country and the numbers of official registers, as far as whoever exports it may see
them. The ID counts where this hub has it, then the key, then what :mod:`convener.foundation.parties.matching` finds. An
ID or a key that belongs to an organisation of another name on this hub is an error.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from convener.engines.identifiers import read_public_id
from convener.errors import InvalidValue, Sentence, joined, sentence
from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.parties.matching import Candidate, key_of, match
from convener.foundation.parties.models import Party
from convener.foundation.vocabularies import content_dir, read_yaml
from convener.rooms.directory.actions.applying import candidate_of
from convener.rooms.directory.actions.drafts import load_drafts
from convener.rooms.directory.actions.exporting import row_of
from convener.rooms.directory.actions.reading import PUBLIC_ID_START, RowReader
from convener.rooms.directory.content import load_organisations
from convener.rooms.directory.models import InitiativeMember

#: Columns of the directory by which a row says, beside ID and key, which organisation it means.
TOLD = ("name", "country", "registration_number", "lei", "org_id")
MOST_TOLD = 5
_NOBODY = Candidate("")


def rows_of(
    members: Mapping[uuid.UUID, Sequence[InitiativeMember]], actor: Actor
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Members as files have them, in the same order in every hub; by the keys of practices, as they are given.

    Of their organisations, which the actor may know of, they say no more than the actor may see.
    """
    drafts = load_drafts(list({one.party_id for some in members.values() for one in some}))
    told = {party_id: _names_of(draft.party, row_of(draft, actor)) for party_id, draft in drafts.items()}

    def row(one: InitiativeMember) -> dict[str, Any]:
        return {**told[one.party_id], "role": one.role, "does": one.does}

    def place(row: dict[str, Any]) -> tuple[str, str, str]:
        return row["name"], row["role"], row["organisation"]

    return {key: sorted(map(row, some), key=place) for key, some in members.items()}


def _names_of(party: Party, cells: Mapping[str, Any]) -> dict[str, Any]:
    told = {"organisation": party.public_id, **{name: cells[name] for name in TOLD if cells.get(name)}}
    shipped = _shipped().get(party.content_key or "")
    if shipped is None:
        return told
    # Other hubs know it by the name that ships, whatever this one calls it.
    return {**told, "key": shipped.reference, "name": party.name if shipped.is_called(party.name_key) else shipped.name}


@dataclass(frozen=True)
class _Named:
    """An organisation: what content names it by, what it is called, and the keys of all its names."""

    reference: str
    name: str
    name_keys: frozenset[str]

    def is_called(self, name_key: str) -> bool:
        """Whether this is one of its names; who gives none contradicts nothing."""
        return not name_key or name_key in self.name_keys


@functools.cache
def _shipped() -> Mapping[str, _Named]:
    """The organisations that come with Convener, whatever the hub adds or changes; by their keys."""
    raws = [raw for path in (content_dir() / "organisations").glob("*.yaml") for raw in read_yaml(path)]
    return {
        raw["key"]: _Named(
            raw["key"],
            raw["name"],
            frozenset(map(key_of, [raw["name"], *(one["text"] for one in raw.get("names") or ())])),
        )
        for raw in raws
    }


@dataclass(frozen=True)
class _Row:
    """A member of a practice in a file, counted from 1, and whom it may mean; or what is wrong with it."""

    practice: str
    number: int
    told: Mapping[str, Any]
    public_id: str = ""
    key: str = ""
    candidate: Candidate = _NOBODY
    problem: str = ""


@dataclass(frozen=True)
class _Answer:
    """Whom a row means, as content names them, or what is wrong. ``ships``: it comes with Convener and is not here yet."""

    reference: str = ""
    problem: str = ""
    ships: bool = False


def with_ours(records: Sequence[dict[str, Any]], file: str) -> list[dict[str, Any]]:
    """The records of ``file`` with organisations of this hub in the place of those that their members name.

    Shipped organisations that are not here yet are loaded. Raises InvalidValue where a row means none or more than one of
    this hub; it names the file, and of the first such rows the practice, the number and the organisation.
    """
    rows = [_read(one["key"], at, told) for one in records for at, told in enumerate(one["members"], start=1)]
    answers = _answers(rows)
    wrong = [(row, answer.problem) for row, answer in zip(rows, answers, strict=True) if answer.problem]
    if wrong:
        raise _refusal(wrong, file)
    load_organisations({answer.reference for answer in answers if answer.ships})
    ours = iter(answers)
    return [
        {**one, "members": [{**told, "organisation": next(ours).reference} for told in one["members"]]}
        for one in records
    ]


def _refusal(wrong: Sequence[tuple[_Row, str]], file: str) -> InvalidValue:
    told = [_sentence(row, problem, file) for row, problem in wrong[:MOST_TOLD]]
    if len(wrong) > MOST_TOLD:
        told.append(sentence("Members that are unclear besides: %(count)s.", count=len(wrong) - MOST_TOLD))
    hint = sentence(
        "Nothing was loaded. Import organisations that are missing into the directory first. For one that is here, write"
        " the ID and the name that it has on this hub."
    )
    return InvalidValue(f"members.{wrong[0][0].number - 1}.organisation", joined(*told), hint=hint)


def _sentence(row: _Row, problem: str, file: str) -> Sentence:
    named = [row.told[name] for name in ("name", "country", "organisation", "key")]
    return sentence(
        "%(file)s, practice “%(practice)s”, member %(number)s (%(organisation)s): %(problem)s",
        file=file,
        practice=row.practice,
        number=row.number,
        organisation=", ".join(text for text in named if text),
        problem=problem,
    )


def _read(practice: str, number: int, told: Mapping[str, Any]) -> _Row:
    text = told["organisation"]
    try:
        return _Row(practice, number, told, _public_id(text), told["key"] or text, _candidate(told))
    except InvalidValue as error:
        return _Row(practice, number, told, problem=error.sentence)


def _public_id(text: str) -> str:
    """The public ID that a row gives; empty for a key of content. Raises InvalidValue for a mistyped ID."""
    try:
        return read_public_id(text)
    except InvalidValue:
        if text.startswith(PUBLIC_ID_START):
            raise
        return ""


def _candidate(told: Mapping[str, Any]) -> Candidate:
    """What a row says beside ID and key. Raises InvalidValue for a number that cannot be one."""
    read = RowReader({name: name for name in TOLD}, {}, "", dt.date.min).read(told)
    wrong = [error for error in read.errors if told[error[0]]]  # a name need not be there
    if wrong:
        raise InvalidValue(*wrong[0])
    return candidate_of(read.values)


def _answers(rows: Sequence[_Row]) -> list[_Answer]:
    here = _here(rows)
    answers = [_by_reference(row, here) for row in rows]
    unknown = [row for row, answer in zip(rows, answers, strict=True) if answer is None]
    matched = iter(_by_matching(unknown))
    return [answer or next(matched) for answer in answers]


def _by_reference(row: _Row, here: Mapping[str, _Named]) -> _Answer | None:
    """Whom a row means by its ID, else by its key; None where this hub has neither."""
    if row.problem:
        return _Answer(problem=row.problem)
    held = here.get(row.public_id) or here.get(row.key)
    if held is None:
        return None
    if held.is_called(row.candidate.name_key):
        return _Answer(held.reference)
    told = sentence("On this hub this ID or key is that of “%(name)s”, which has another name.", name=held.name)
    return _Answer(problem=told)


def _by_matching(rows: Sequence[_Row]) -> list[_Answer]:
    """Whom rows mean of which this hub knows neither ID nor key, by their numbers, or by name and country."""
    matches = match([row.candidate for row in rows])
    parties = Party.objects.in_bulk([found.party_id for found in matches if found.party_id])
    answers = []
    for row, found in zip(rows, matches, strict=True):
        shipped = _shipped().get(row.key)
        if found.party_id is not None:
            answers.append(_Answer(_reference(parties[found.party_id])))
        elif not found.problem and shipped and shipped.is_called(row.candidate.name_key):
            answers.append(_Answer(row.key, ships=True))
        else:
            answers.append(_Answer(problem=found.problem or _nobody()))
    return answers


def _nobody() -> Sentence:
    return sentence(
        "No organisation of this hub has this ID or key, one of these numbers, or this name in this country."
    )


def _here(rows: Sequence[_Row]) -> dict[str, _Named]:
    """The organisations of this hub that rows name, by public ID and by key; of one that was merged, the one it leads to."""
    by_id = _parties("public_id", {row.public_id for row in rows if row.public_id})
    by_key = _parties("content_key", {row.key for row in rows if row.key})
    return {
        **{party.public_id: _held(party) for party in by_id},
        **{party.content_key: _held(party) for party in by_key if party.content_key},
    }


def _parties(field: str, values: Collection[str]) -> Iterator[Party]:
    left = iter(values)
    while some := list(islice(left, bulk.ASKED_AT_ONCE)):
        yield from Party.objects.filter(**{f"{field}__in": some}).prefetch_related("names")


def _held(party: Party) -> _Named:
    name_keys = _name_keys(party)
    while party.merged_into is not None:
        party = party.merged_into
        name_keys |= _name_keys(party)
    return _Named(_reference(party), party.name, frozenset(name_keys))


def _name_keys(party: Party) -> set[str]:
    names = {party.name_key, *(name.name_key for name in party.names.all())}
    shipped = _shipped().get(party.content_key or "")
    return names | shipped.name_keys if shipped else names


def _reference(party: Party) -> str:
    return party.content_key or party.public_id
