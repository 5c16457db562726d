"""Identifiers that others issue: LEI, registration numbers, and identifiers of org-id.guide's lists."""

from __future__ import annotations

import re
from typing import NamedTuple

from stdnum import lei
from stdnum.exceptions import ValidationError

from convener.engines.tables import Cell
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, sentence

_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_LEI_CHARS = 20
_NOISE = re.compile("[\\s.\u00ad\u200b-\u200f\u2060\ufeff]+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_MOST_CHARS = 64
_NUMBER = re.compile(r"[^<>\x00-\x1f]*\w[^<>\x00-\x1f]*")
_GB_CHARS = 8
_GB_DIGITS = re.compile(r"\d{1,8}")
_GB_PREFIXED = re.compile(r"(R0|[A-Z]{2})(\d{1,6})")
_GB_SOCIETY = re.compile(r"(?:IP|SP|NP|RS)\d{4,5}[A-Z]{1,2}")
# Companies House, "Uniform Resource Identifiers: customer guide", and the prefixes of registers it keeps copies of.
_GB_PREFIX = re.compile(
    "AC|BR|CE|CN|CS|CU|EN|ES|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO"
    "|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC"
)
# Country code, perhaps with a subdivision (US_DE), then the list; X and a letter for lists of no one country (XI, XM).
_ORG_ID = re.compile(r"([A-Z]{2}(?:_[A-Z0-9]{1,3})?-[A-Z0-9_]{2,12})-(\S+(?: \S+)*)")


class OrgId(NamedTuple):
    """An identifier of org-id.guide: the code of the list (``GB-COH``) and the identifier in it (``09506232``)."""

    list_code: str
    id: str

    def __str__(self) -> str:
        return f"{self.list_code}-{self.id}"


def read_lei(text: str) -> str:
    """Read a Legal Entity Identifier (ISO 17442): 20 letters and digits, the last two of them check digits.

    Lower case, blanks and dashes are accepted. Raises InvalidValue, with a hint.
    """
    number = _DASHES.sub("", _NOISE.sub("", text)).replace("-", "").upper()
    if not _LEI.fullmatch(number):
        raise InvalidValue(
            "lei",
            sentence("%(value)s is not an LEI.", value=shown(text)),
            hint=sentence(
                "An LEI has %(right)s letters and digits, the last two digits; this has %(count)s characters.",
                right=_LEI_CHARS,
                count=len(number),
            ),
        )
    try:
        return str(lei.validate(number))
    except ValidationError:
        raise InvalidValue(
            "lei",
            sentence("%(value)s is not an LEI: its check digits are wrong.", value=shown(text)),
            hint=sentence("It looks mistyped: compare it with the entry in GLEIF's register."),
        ) from None


def read_registration_number(text: Cell, jurisdiction: str) -> Read[str]:
    """Read the number of an organisation in the register of a jurisdiction (ISO 3166: ``GB``, ``US-DE``).

    Upper case, without blanks and dots. For GB, a company number: eight characters, whose leading zeros are put back
    (with a warning) where a spreadsheet took them off; one of another form (a charity's) is kept, with a warning.
    Numbers of other jurisdictions stay as they are given. "" where the cell is blank. Raises InvalidValue for what
    cannot be such a number.
    """
    given = plain_text("registration_number", text)
    number = _DASHES.sub("-", _NOISE.sub("", given)).upper()
    if not number:
        return Read("")
    if len(number) > _MOST_CHARS or not number.strip("0-/ ") or not _NUMBER.fullmatch(number):
        raise InvalidValue(
            "registration_number",
            sentence("%(value)s is not a registration number.", value=shown(given)),
            hint=sentence("Write it as the register does."),
        )
    return _company_number(number, given) if jurisdiction.upper() == "GB" else Read(number)


def read_org_id_guide(text: str) -> OrgId:
    """Read an identifier of the form ``GB-COH-09506232`` (org-id.guide: list code, dash, identifier in that list).

    Whether the list exists is not checked. Raises InvalidValue.
    """
    match = _ORG_ID.fullmatch(_DASHES.sub("-", text.strip()).upper())
    if match is None or len(match[2]) > _MOST_CHARS or not any(letter.isalnum() for letter in match[2]):
        raise InvalidValue(
            "org_id",
            sentence("%(value)s is not an identifier of org-id.guide.", value=shown(text)),
            hint=sentence("Write the code of the list and the number in it, for example GB-COH-09506232."),
        )
    return OrgId(match[1], match[2])


def _company_number(number: str, given: str) -> Read[str]:
    full, warnings = number, []
    if _GB_DIGITS.fullmatch(number):
        full = number.zfill(_GB_CHARS)
    elif match := _GB_PREFIXED.fullmatch(number):
        full = match[1] + match[2].zfill(_GB_CHARS - 2)
        if not _GB_PREFIX.fullmatch(match[1]):
            told = sentence("%(prefix)s is not a prefix that Companies House is known to use.", prefix=match[1])
            warnings.append(told)
    elif not _GB_SOCIETY.fullmatch(number):
        told = sentence(
            "%(value)s has not the form of a company number (eight characters); it was kept as it is.",
            value=shown(given),
        )
        warnings.append(told)
    if full != number:
        told = sentence(
            "%(value)s was read as %(full)s: a company number has eight characters.", value=shown(given), full=full
        )
        warnings.append(told)
    return Read(full, tuple(warnings))
