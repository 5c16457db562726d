"""What OFAC writes into one field of remarks: "DOB 01 Jan 1960; alt. DOB 1961; nationality Iraq; a.k.a. 'ABU ALI'."."""

from __future__ import annotations

import re

from convener.engines.names.lists.values import Countries

_ALT = re.compile(r"alt\.\s+", re.IGNORECASE)
_NAME = re.compile(r"[afn]\.k\.a\.:? (.+)", re.IGNORECASE)
_COUNTRY = re.compile(r"(?:nationality(?: of registration)?|citizen|vessel flag):? (.+)", re.IGNORECASE)
_BORN = re.compile(r"DOB:? (.+)")
_BIRTH_PLACE = re.compile(r"POB:? (.+)")
# Numbers that identify nobody: how to reach somebody, laws, models, the telegraph code of a name's Chinese signs.
_NO_IDENTIFIER = re.compile(
    r"linked to|phone|tele|fax|e-?mail|website|digital currency|executive order|additional sanctions|secondary|"
    r"transactions|caatsa|chinese commercial code|aircraft (?:model|manufacture date)|organization|for more",
    re.IGNORECASE,
)
# A word that says what the number is, perhaps in brackets its abbreviation, perhaps up to four letters of the number,
# and the number. Kinds are added to the list all the time, so the last word of their names is what is known.
_NUMBER = re.compile(
    r"(?:.*\b)?(?:passport(?: booklet)?|number|no|id|i\.?d\.? card|card|code|certificate|document|licen[cs]e|"
    r"identification|identidad|electoral|nacional|tribut[aá]ria|NIT|RUC|RIF|RFC|RTN|SSN|FEIN|MMSI|BIK|IMO|VisaNumberID|"
    r"(?:[A-Z]\.){2,})(?:\s*\([^()]*\))?[:.]?(?:\s*\#)?(?:\s*CUD)?:?\s+(?P<number>(?-i:[A-Z]{1,4}\s)?[^\s()]*\d.*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:SWIFT/BIC|aircraft tail number):? (?P<number>\S+)", re.IGNORECASE)  # may have no digit
_LONGEST_NUMBER = 500  # characters of a part; the pattern costs the square of them
_AFTER_NUMBER = re.compile(r"\s*\(|,(?!\d)|\s+[^\W\d_]{4,}")  # a country, a date of issue, a town


class Remarks:
    """The names, countries, dates of birth and numbers of one field of remarks, as they are written there.

    Of a place of birth, which may be a town alone, the country is taken where ``countries`` knows its last words.
    ``broken_off`` leaves out the last part, half of which is missing.
    """

    def __init__(self, text: str, countries: Countries, *, broken_off: bool = False) -> None:
        self.names: list[str] = []
        self.countries: list[str] = []
        self.birth_dates: list[str] = []
        self.identifiers: list[str] = []
        self._countries = countries
        parts = text.split(";")
        for part in parts[:-1] if broken_off else parts:
            self._take(_ALT.sub("", part.strip(), count=1).rstrip(". "))

    def _take(self, part: str) -> None:
        if match := _NAME.fullmatch(part):
            name = match[1]
            quoted = len(name) > 2 and name[0] == name[-1] == "'"
            self.names.append(name[1:-1] if quoted else name)
        elif match := _BORN.fullmatch(part):
            self.birth_dates.append(match[1])
        elif match := _COUNTRY.fullmatch(part):
            self.countries.append(match[1])
        elif match := _BIRTH_PLACE.fullmatch(part):
            self._take_place(match[1])
        elif len(part) > _LONGEST_NUMBER or _NO_IDENTIFIER.match(part):
            return
        elif match := _CODE.match(part) or _NUMBER.fullmatch(part):
            self.identifiers.append(_AFTER_NUMBER.split(match["number"])[0])

    def _take_place(self, place: str) -> None:
        """Take the country of "Pyongyang, Korea, North": the longest end of the text that is one."""
        words = place.split(", ")
        for end in (words[-2:], words[-1:]):
            if self._countries.code(", ".join(end)):
                self.countries.append(", ".join(end))
                return
