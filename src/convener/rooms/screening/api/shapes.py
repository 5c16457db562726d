"""Shapes of what screening reads and answers through the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from convener.engines.names import REVIEW
from convener.foundation.api import ApiModel
from convener.rooms.screening.actions.asking import LEAST_THRESHOLD, LIMIT, MOST_HITS, MOST_NAMES

EXAMPLE: dict[str, Any] = {
    "queries": [
        {"id": "supplier-17", "name": "Banco Nacional Cuba", "type": "organisation", "country": "CU"},
        {"id": "2", "name": "Ivan Ivanov", "type": "person", "birth_date": "1970-05"},
    ],
    "limit": 5,
    "threshold": REVIEW,
}
Decision = Literal["match", "review", "no_match", "not_asked"]


class NameQuery(ApiModel):
    """One name, with what else is known of its bearer. What cannot be used of it is told in `problem`."""

    id: str = Field("", description="Your own key of it; comes back as `query_id`. Empty: its place from 1.")
    name: str = Field("", description="The name, in any script.")
    type: str = Field(
        "", description="`person`, `organisation`, `vessel` or `aircraft`; empty or `unknown`: compared with all."
    )
    country: str = Field("", description="Country of nationality, residence or registration: a code or a name.")
    birth_date: str = Field("", description="Date of birth, ISO 8601: a year, a month or a day.")
    identifier: str = Field("", description="Number of a passport, a register or a ship.")


class Screening(ApiModel):
    """Names to compare with lists."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    queries: list[NameQuery] = Field(min_length=1, max_length=MOST_NAMES, description="The names.")
    limit: int = Field(LIMIT, ge=1, le=MOST_HITS, description="Entries answered for one name at most.")
    threshold: float = Field(
        REVIEW, ge=LEAST_THRESHOLD, le=1, description="Score from which an entry is answered: 0.6 is worth a look."
    )
    lists: list[str] = Field(
        default_factory=list, max_length=MOST_HITS, description="Names of the lists to ask; empty for all."
    )


class AskedList(ApiModel):
    """A version of a list."""

    name: str = Field(description="What it is called here.")
    date: str = Field(description="The list's own date, ISO 8601; empty where it has none.")
    sha256: str = Field(description="SHA-256 of its bytes: names this version for ever.")
    count: int = Field(ge=0, description="Its entries.")


class LoadedList(AskedList):
    """A list that can be asked."""

    title: str = Field(description="Who publishes it, in words.")
    format: str = Field(description="`ofac`, `un`, `ftm` or `csv`.")
    loaded_at: dt.datetime = Field(description="Since when this version is asked.")
    problems: int = Field(ge=0, description="How much of it could not be read.")


class LoadedLists(ApiModel):
    """The lists of a hub."""

    lists: list[LoadedList] = Field(description="Lists that can be asked, by name.")


class ComparedName(ApiModel):
    """A name as it was compared."""

    name: str = Field(description="As it was written.")
    normal: str = Field(description="In the form in which words are compared.")


class Reason(ApiModel):
    """What a part of two names, or a fact, gave or took."""

    kind: str = Field(
        description="`word`, `generic` (of trade), `form` (legal), `number`, `little`, `initial`, `acronym`, `missing`, "
        "`order`, `country`, `birth_date` or `identifier`."
    )
    query: str = Field(description="What of the query it is about; may be empty.")
    entry: str = Field(description="What of the entry it is about; may be empty.")
    how: str = Field(description="How the two agree, as a key.")
    gives: float = Field(description="What it gave to the score; negative where it took.")
    says: str = Field(description="How the two agree, in English words.")


class Explanation(ApiModel):
    """Why an entry was answered; what `parts` give sums to the score."""

    query: ComparedName = Field(description="The name asked for.")
    entry: ComparedName = Field(description="The entry's name that is nearest.")
    parts: list[Reason] = Field(description="The reasons.")
    score: float = Field(description="Their sum.")


class NameHit(ApiModel):
    """An entry that may be meant."""

    rank: int = Field(ge=1, description="Its place among the hits.")
    list: str = Field(description="Name of the list.")
    entry_id: str = Field(description="The list's own number of the entry.")
    matched_name: str = Field(description="The entry's name that is nearest.")
    score: float = Field(description="Likeness from 0 to 1; no probability, and never a finding about a person.")
    decision: Decision = Field(description="`match` from 0.9 and `review` from 0.6: look at it. Else `no_match`.")
    explanation: Explanation = Field(description="The reasons.")


class NameResult(ApiModel):
    """What came of one query."""

    query_id: str = Field(description="Its `id`, or its place where it had none.")
    decision: Decision = Field(
        description="That of the best hit; `not_asked` where the name could not be compared, as `problem` says."
    )
    problem: str = Field(description="What could not be used of the query, in a sentence; empty where all could.")
    hits: list[NameHit] = Field(description="Entries, the best first.")
    more: int = Field(ge=0, description="How many further entries were found, beyond `limit`; there may be others.")


class ScreeningAnswer(ApiModel):
    """Which lists were asked, and a result for each query in its order."""

    lists: list[AskedList] = Field(description="The versions that were asked.")
    results: list[NameResult] = Field(description="The results.")
