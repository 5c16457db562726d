"""Shapes of what the library answers through the API. Texts come by language: en, fr, es, ar, as far as there are."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from convener.foundation.api import ApiModel, ListPage
from convener.rooms.directory.api.shapes import Origin

Texts = dict[str, str]


class Figure(ApiModel):
    """A result as a figure."""

    what: Texts = Field(description="What was counted, by language.")
    value: str = Field(description="The number, a decimal.")
    unit: str = Field(description="`times`, `percent`, an ISO 4217 code, or what was counted, in the plural.")
    qualifier: str = Field(description="`exact`, `about`, `more-than`, `at-least` or `up-to`.")
    when: str = Field(description="Day or period as the source gives it; empty where it gives none.")
    ref: str = Field(description="Place in the source.")


class Member(ApiModel):
    """An organisation that takes part in a practice."""

    id: str = Field(description="Public ID of the organisation.")
    name: str = Field(description="Its name.")
    role: str = Field(description="Its role. Keys: `/vocabularies/roles`.")
    does: str = Field(description="What it does there, in English; empty where the source does not say.")


class Practice(ApiModel):
    """A promising practice."""

    id: str = Field(description="Key of the practice and of its initiative.")
    practice: int | None = Field(description="Its number in the Compendium.")
    name: str = Field(description="Its name.")
    other_names: list[str] = Field(description="Other names.")
    part: str = Field(description="Field of work.")
    section: str = Field(description="Section of the document that describes it.")
    models: list[str] = Field(description="Models of partnership. Keys: `/vocabularies/models`.")
    purposes: list[str] = Field(description="Purposes. Keys: `/vocabularies/purposes`.")
    countries: list[str] = Field(description="Countries, ISO 3166-1 alpha-2.")
    regions: list[str] = Field(description="Regions. Keys: `/vocabularies/regions`.")
    industries: list[str] = Field(description="Industries. Keys: `/vocabularies/industries`.")
    issues: list[str] = Field(description="Issues. Keys: `/vocabularies/issues`.")
    exploitation: list[str] = Field(description="Forms of exploitation. Keys: `/vocabularies/exploitation`.")
    started: str = Field(description="When it began, as precise as it is known.")
    ended: str = Field(description="When it ended; empty while it goes on or where it is not known.")
    members: list[Member] = Field(description="Who takes part, as far as you may know of them.")
    summary: Texts = Field(description="What it is, in a few sentences.")
    purpose: Texts = Field(description="What it is for.")
    how: list[Texts] = Field(description="How it works, step by step.")
    results: list[Figure] = Field(description="What came of it, as figures.")
    outcomes: list[Texts] = Field(description="What came of it besides.")
    legal_basis: list[Texts] = Field(description="Laws and standards it rests on.")
    lessons: list[Texts] = Field(description="What others can learn from it.")
    source: Origin = Field(description="Where the record is from.")
    url: str = Field(description="Address of this record in the API.")
    updated_at: dt.datetime = Field(description="When the record last changed.")


class PracticePage(ListPage):
    """A page of practices."""

    results: list[Practice] = Field(description="Practices in the order of their numbers.")


class Guidance(ApiModel):
    """A piece of guidance."""

    id: str = Field(description="Its key.")
    kind: str = Field(description="Kind of advice. Keys: `/vocabularies/guidance-kinds`.")
    topic: str = Field(description="Topic. Keys: `/vocabularies/guidance-topics`.")
    stages: list[str] = Field(description="Stages at which it is useful. Keys: `/vocabularies/stages`.")
    sectors: list[str] = Field(description="Fields it is for; empty for all.")
    audiences: list[str] = Field(description="Who should act on it. Keys: `/vocabularies/audiences`.")
    title: Texts = Field(description="The advice in a line, by language.")
    text: Texts = Field(description="The advice, by language.")
    note: str = Field(description="What this hub adds for its members; empty for nothing, and for who is none.")
    useful: int = Field(ge=0, description="How many members called it useful.")
    not_useful: int = Field(ge=0, description="How many members called it not useful.")
    source: Origin = Field(description="Where it is from.")
    url: str = Field(description="Address of this record in the API.")
    updated_at: dt.datetime = Field(description="When the record last changed.")


class GuidanceOpinion(ApiModel):
    """What a hub and its members say about a piece of guidance; what is left out stays as it is."""

    useful: bool | None = Field(None, description="What the token's owner thinks of it; null takes it back.")
    note: str = Field("", description="For the secretariat: what this hub adds for its members; empty takes it away.")
    hidden: bool = Field(False, description="For the secretariat: whether this hub leaves it out of its lists.")


class GuidancePage(ListPage):
    """A page of guidance."""

    results: list[Guidance] = Field(description="Pieces in the order of their sources.")
