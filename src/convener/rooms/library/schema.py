"""What a file of practices or of guidance must hold: the schema of ``content/practices/`` and ``content/guidance/``.

It is checked for every file that is loaded, ours too. Keys of vocabularies must exist on this hub; texts are plain, by
language, and of bounded length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from convener.engines.values import read_text
from convener.errors import InvalidValue, sentence
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.models import Visibility
from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.library.models import PracticeResult
from convener.rooms.library.queries.guidance import SECTORS

LANGUAGES = ("en", "fr", "es", "ar")
MOST_TEXT = 2_000
#: Addresses of pages beside those of records.
RESERVED = frozenset({"compare"})


def _known(keys: Callable[[], Any]) -> AfterValidator:
    def check(key: str) -> str:
        if key not in keys():
            raise ValueError(f"{key!r} is not a key of its vocabulary")
        return key

    return AfterValidator(check)


def _plain(text: str) -> str:
    try:
        return str(read_text("text", text, max_chars=MOST_TEXT, multiline=True).value)
    except InvalidValue as error:  # with its hint: which record and field it is, only the caller knows
        raise ValueError(str(error)) from None


def _key(key: str) -> str:
    if key in RESERVED:
        raise ValueError(f"{key!r} is an address of the library itself")
    return key


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"{code!r} is none of {', '.join(LANGUAGES)}")
    return code


def _english(texts: dict[str, str]) -> dict[str, str]:
    if not texts.get("en", "").strip():
        raise ValueError("the English text is missing")
    return texts


Plain = Annotated[str, StringConstraints(max_length=MOST_TEXT), AfterValidator(_plain)]
Texts = Annotated[dict[Annotated[str, AfterValidator(_language)], Plain], AfterValidator(_english)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120), AfterValidator(_key)]
Short = Annotated[str, StringConstraints(max_length=300), AfterValidator(_plain)]
Brief = Annotated[str, StringConstraints(max_length=60), AfterValidator(_plain)]
PartialDate = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")]


def _of(name: str) -> Any:
    return Annotated[str, _known(lambda: vocabulary(name).terms)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Origin(_Strict):
    """A document, by the key it is known by, and the place in it."""

    document: Short
    ref: Short = ""


class Name(_Strict):
    """Another name of a practice."""

    text: Short
    lang: Brief = ""
    kind: Brief = "alias"


class MemberFile(_Strict):
    """An organisation, its role, and what it does there.

    It is named by its public ID or its key in shipped content; what else is there is for hubs on which it has another ID
    (see ``actions/members.py``), with the names and forms of the directory's columns.
    """

    organisation: Short = ""
    key: Short = ""
    name: Short = ""
    country: Annotated[str, _known(lambda: {"", *countries().terms})] = ""
    registration_number: list[Short] = []
    lei: list[Short] = []
    org_id: list[Short] = []
    role: _of("roles")  # type: ignore[valid-type]
    does: Plain = ""


class ResultFile(_Strict):
    """A figure; ``as_written`` is how the source writes it, by which a test finds it there."""

    what: Texts
    value: Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,2})?$")]
    unit: Annotated[Brief, StringConstraints(min_length=1, max_length=40)]
    qualifier: Annotated[str, _known(lambda: PracticeResult.Qualifier.values)] = "exact"
    when: Brief = ""
    as_written: Brief = ""
    ref: Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)] = ""


class PracticeFile(_Strict):
    """A practice, whole."""

    key: Slug
    name: Short
    names: list[Name] = []
    practice: int | None = Field(None, ge=1, le=32_000)
    part: Annotated[str, _known(lambda: PARTS)] = ""
    section: Annotated[str, StringConstraints(max_length=10), AfterValidator(_plain)] = ""
    visibility: Annotated[str, _known(lambda: Visibility.values)] | None = None
    models: list[_of("models")] = []  # type: ignore[valid-type]
    purposes: list[_of("purposes")] = []  # type: ignore[valid-type]
    members: list[MemberFile] = []
    countries: list[Annotated[str, _known(lambda: countries().terms)]] = []
    regions: list[Annotated[str, _known(lambda: regions().terms)]] = []
    industries: list[_of("industries")] = []  # type: ignore[valid-type]
    issues: list[_of("issues")] = []  # type: ignore[valid-type]
    exploitation: list[_of("exploitation")] = []  # type: ignore[valid-type]
    started: PartialDate = ""
    ended: PartialDate = ""
    summary: Texts
    purpose: Texts
    how: list[Texts] = []
    results: list[ResultFile] = []
    outcomes: list[Texts] = []
    legal_basis: list[Texts] = []
    lessons: list[Texts] = []
    source: Origin


class GuidanceFile(_Strict):
    """A piece of guidance."""

    key: Slug
    kind: _of("guidance-kinds")  # type: ignore[valid-type]
    topic: _of("guidance-topics")  # type: ignore[valid-type]
    stages: list[_of("stages")] = Field(min_length=1)  # type: ignore[valid-type]
    sectors: list[Annotated[str, _known(lambda: SECTORS)]] = []
    audiences: list[_of("audiences")] = Field(min_length=1)  # type: ignore[valid-type]
    title: Texts
    text: Texts
    source: Origin


_SHAPES: Mapping[str, type[_Strict]] = {"practices": PracticeFile, "guidance": GuidanceFile}


def checked(shelf: str, raw: Any, place: str) -> dict[str, Any]:
    """A record of ``shelf`` ('practices', 'guidance') with everything it may hold; ``place`` names it in an error.

    Raises InvalidValue with the field, what is wrong and what to do.
    """
    try:
        return _SHAPES[shelf].model_validate(raw).model_dump()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        told = sentence(
            "%(place)s, %(field)s: %(problem)s.",
            place=place,
            field=field,
            problem=first["msg"].removeprefix("Value error, "),
        )
        raise InvalidValue(field, told, hint=sentence("Write it as an export of this hub does.")) from None
