"""Shapes of what the directory answers through the API."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from convener.foundation.api import ApiModel, ListPage
from convener.rooms.directory.api.fields import MEANINGS, columns_model, values_model

if TYPE_CHECKING:
    from convener.foundation.api import ApiModel as _Columns
    from convener.foundation.api import ApiModel as _Values
else:
    _Columns, _Values = columns_model(), values_model()


class Name(ApiModel):
    """Another name of an organisation."""

    text: str = Field(description="The name, in its own script.")
    kind: str = Field(description="`legal`, `alias`, `acronym`, `former` or `translation`.")
    language: str = Field(description="Language of the name (BCP 47); empty where it is not known.")


class Identifier(ApiModel):
    """A number by which others know the organisation."""

    scheme: str = Field(description="`registration`, `lei`, `org-id`, or `source:LIST` for a number in a list.")
    jurisdiction: str = Field(description="Country of the register, ISO 3166-1 alpha-2; empty for other schemes.")
    value: str = Field(description="The number, normalised.")


class Provenance(ApiModel):
    """Where a value came from."""

    source: str = Field(description="Document, list or editor that gave the value; empty where it was not noted.")
    ref: str = Field(description="Where in the source; empty where it was not noted.")
    on: dt.date | None = Field(None, description="Day on which the value was entered or confirmed.")


class Organisation(_Columns):
    """An organisation. Fields that you may not see are absent; what is not known is empty.

    The canonical columns hold what they hold in exports.
    """

    url: str = Field(description="Address of this entry in the API.")
    demo: bool = Field(description="True for an invented organisation of a demonstration; it is in no list.")
    updated_at: dt.datetime = Field(description="When the entry last changed.")
    names: list[Name] = Field(description="Other names, with their kind and language.")
    identifiers: list[Identifier] = Field(description="Numbers by which others know it.")
    provenance: dict[str, Provenance] = Field(
        description="Where the values came from, by field; by FIELD=VALUE for one that is from elsewhere than the others."
    )


class Oddity(ApiModel):
    """Something odd about a value."""

    field: str = Field(description="The field.")
    message: str = Field(description="What is odd.")


class WrittenOrganisation(Organisation):
    """An organisation as it was saved."""

    warnings: list[Oddity] = Field(description="What is odd about the values that were sent and taken.")


class OrganisationValues(_Values):
    """Values of an organisation, checked by the rules of imports. Null or an empty value clears a field."""


class NewOrganisation(OrganisationValues):
    """Values of an organisation that is added."""

    name: str = Field(min_length=1, description=MEANINGS["name"])


class OrganisationPage(ListPage):
    """A page of organisations."""

    results: list[Organisation] = Field(description="Organisations in the order of their names.")


class Moved(ApiModel):
    """The organisation was merged into another one."""

    id: str = Field(description="Public ID of the organisation that stands.")
    url: str = Field(description="Its address in the API.")


class ValueChange(ApiModel):
    """One field of a change."""

    before: Any = Field(description="The value before, as JSON.")
    after: Any = Field(description="The value after, as JSON.")


class Change(ApiModel):
    """One change of an organisation."""

    at: dt.datetime = Field(description="When it was made.")
    action: str = Field(description="What was done: `add`, `edit`, `import`, `undo`, `merge`, `content` …")
    door: str = Field(description="How it came in: `hub`, `api`, `command` or `job`.")
    by: str = Field(description="Name of the organisation acted for; empty for the hub itself. Never a person.")
    values: dict[str, ValueChange] = Field(description="Fields with their values before and after.")
    erased: bool = Field(description="True where the values were erased from the history.")


class ChangePage(ListPage):
    """A page of changes, newest first."""

    results: list[Change] = Field(description="Changes, newest first.")


class Link(ApiModel):
    """An organisation that a record points to."""

    id: str = Field(description="Public ID.")
    name: str = Field(description="Name.")
    role: str = Field(description="Its role (`/vocabularies/roles`); `provider` for a tool.")


class Origin(ApiModel):
    """The document a record was taken from."""

    document: str = Field(description="Key of the document; empty where the record was entered here.")
    ref: str = Field(description="Section or practice in the document.")


class _Record(ApiModel):
    id: str = Field(description="Key in addresses.")
    name: str = Field(description="Name.")
    other_names: list[str] = Field(description="Other names.")
    summary: str = Field(description="What it is and does.")
    practice: int | None = Field(description="Number of the practice in the UNODC Compendium, where it is one.")
    countries: list[str] = Field(description="Countries, ISO 3166-1 alpha-2.")
    regions: list[str] = Field(description="Regions. Keys: `/vocabularies/regions`.")
    exploitation: list[str] = Field(description="Forms of exploitation. Keys: `/vocabularies/exploitation`.")
    source: Origin = Field(description="Where the record is from.")
    url: str = Field(description="Address of this record in the API.")
    updated_at: dt.datetime = Field(description="When the record last changed.")


class Tool(_Record):
    """A tool: what it does, for whom, at what cost, and whether anybody looks after it."""

    functions: list[str] = Field(description="What it is for, in words.")
    users: list[str] = Field(description="Whom it is for. Keys: `/vocabularies/stakeholder-types`.")
    languages: list[str] = Field(description="Languages it comes in, ISO 639 codes.")
    cost: str = Field(description="`free`, `paid` or `unknown`.")
    licence: str = Field(description="Licence; empty where it is not known.")
    maintained: str = Field(description="`yes`, `no` or `unknown`.")
    last_release: str = Field(description="Date of the last release, as precise as it is known.")
    website: str = Field(description="Address of its website.")
    providers: list[Link] = Field(description="Organisations that provide it.")


class ToolPage(ListPage):
    """A page of tools."""

    results: list[Tool] = Field(description="Tools in the order of their names.")


class Initiative(_Record):
    """A named partnership, campaign or scheme, with its members and models."""

    part: str = Field(description="Field of work: `understanding`, `supply-chains`, `financial` or `technology`.")
    models: list[str] = Field(description="Models of partnership. Keys: `/vocabularies/models`.")
    purposes: list[str] = Field(description="Purposes. Keys: `/vocabularies/purposes`.")
    industries: list[str] = Field(description="Industries. Keys: `/vocabularies/industries`.")
    issues: list[str] = Field(description="Issues. Keys: `/vocabularies/issues`.")
    started: str = Field(description="When it began, as precise as it is known.")
    ended: str = Field(description="When it ended; empty while it goes on or where it is not known.")
    members: list[Link] = Field(description="Organisations that take part, with their role.")


class InitiativePage(ListPage):
    """A page of initiatives."""

    results: list[Initiative] = Field(description="Initiatives in the order of their names.")


class Term(ApiModel):
    """One term of a vocabulary."""

    key: str = Field(description="The key that records carry.")
    label: dict[str, str] = Field(description="Label by language: en, fr, es, ar.")
    definition: dict[str, str] = Field(description="Definition by language; empty where the label says it all.")
    broader: str = Field(description="Key of the broader term in this vocabulary; empty for a top term.")
    maps_to: str = Field(description="For industries, the investment sector they count in; else empty.")
    synonyms: list[str] = Field(description="Other words for it that imports understand.")
    codes: dict[str, str] = Field(description="Other codes: `iso3` and `m49` of countries and regions.")
    members: list[str] = Field(description="Of a region: its countries, ISO 3166-1 alpha-2.")


class VocabularyName(ApiModel):
    """A vocabulary in the list of all."""

    name: str = Field(description="Its name.")
    terms: int = Field(ge=0, description="How many terms it has.")
    url: str = Field(description="Its address in the API.")


class VocabularyList(ApiModel):
    """All vocabularies."""

    count: int = Field(ge=0, description="How many there are.")
    results: list[VocabularyName] = Field(description="The vocabularies by name.")


class Vocabulary(ApiModel):
    """A controlled vocabulary."""

    name: str = Field(description="Its name.")
    terms: list[Term] = Field(description="Its terms, in its own order.")


class Status(ApiModel):
    """What this hub is and holds."""

    hub: str = Field(description="Name of the hub.")
    version: str = Field(description="Version of Convener that it runs.")
    organisations: int = Field(ge=0, description="Organisations that you may see, without invented ones.")
    tools: int = Field(ge=0, description="Tools that you may see.")
    initiatives: int = Field(ge=0, description="Initiatives that you may see.")


class ImportProblem(ApiModel):
    """Something wrong or odd about a row."""

    row: int = Field(description="Row as a spreadsheet shows it: the heading is row 1.")
    field: str = Field(description="Canonical column; empty where it is the row or the file.")
    message: str = Field(description="What is wrong, and what to do.")


class ImportSummary(ApiModel):
    """What became of an import."""

    import_id: str = Field(description="Its ID, with which it can be looked up and undone.")
    url: str = Field(description="Its address in the API.")
    state: str = Field(description="How far it is: `staging`, `staged`, `applying`, `done`, `refused`, `cancelled` …")
    message: str = Field(description="Why nothing was imported, where that is so.")
    dry_run: bool = Field(description="True where no organisation was to be written.")
    rows: int = Field(ge=0, description="Rows read.")
    added: int = Field(ge=0, description="Rows that added an organisation.")
    updated: int = Field(ge=0, description="Rows that changed one.")
    skipped: int = Field(ge=0, description="Rows that said nothing new.")
    failed: int = Field(ge=0, description="Rows left out for their errors.")
    errors: list[ImportProblem] = Field(description="Errors; their rows stayed out.")
    warnings: list[ImportProblem] = Field(description="Warnings; their rows went in.")


class Candidate(ApiModel):
    """One of the two organisations of a pair."""

    id: str = Field(description="Public ID.")
    name: str = Field(description="Name.")
    country: str = Field(description="Country of its headquarters, ISO 3166-1 alpha-2; empty where it is not known.")
    url: str = Field(description="Its address in the API.")


class LikenessPart(ApiModel):
    """One reason for or against."""

    kind: str = Field(description="What it is about: `word`, `number`, `site`, `address`, `distance`, `country` …")
    ours: str = Field(description="What `one` has.")
    theirs: str = Field(description="What `other` has.")
    how: str = Field(description="How the two agree, or do not.")
    gives: float = Field(description="Its share of the score; the shares sum to it.")


class Duplicate(ApiModel):
    """Two organisations that may be one."""

    id: str = Field(description="Key of the pair.")
    one: Candidate = Field(description="One of the two.")
    other: Candidate = Field(description="The other.")
    score: float = Field(ge=0, le=1, description="How likely they are one, from 0 to 1.")
    outcome: str = Field(description="`sure` or `unsure`.")
    parts: list[LikenessPart] = Field(description="The reasons.")
    found_at: dt.datetime = Field(description="When they were last found alike.")
    decision: str = Field(description="What people said: `same` (they were merged), `different`, or empty.")
    decided_at: dt.datetime | None = Field(None, description="When they said it.")


class DuplicatePage(ListPage):
    """A page of pairs."""

    results: list[Duplicate] = Field(description="Pairs, the likeliest first; decided ones newest first.")


class DuplicateDecision(ApiModel):
    """What is said of a pair."""

    decision: Literal["", "different", "same"] = Field(
        description="`different`, `same` (merges the two), or empty: to be decided again."
    )
    keep: str = Field("", max_length=30, description="With `same`: public ID of the one that stays.")
