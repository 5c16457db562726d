"""The words of screening: decisions, types, and every reason in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from convener.foundation.ui import names
from convener.foundation.ui.components import Badge, Text

DECISIONS: Mapping[str, Badge] = {
    "match": Badge(_("Strong match – look"), "bad"),
    "review": Badge(_("Possible – look"), "warn"),
    "no_match": Badge(_("Nothing found"), "neutral"),
    "not_asked": Badge(_("Not compared"), "bad"),
}
TYPES: Mapping[str, Text] = {
    "": _("Not known: compare with all"),
    "person": _("A person"),
    "organisation": _("An organisation"),
    "vessel": _("A ship"),
    "aircraft": _("An aircraft"),
}
#: What an entry of a list is.
ENTRY_TYPES: Mapping[str, Text] = {**TYPES, "unknown": _("The list does not say")}
FORMATS: Mapping[str, Text] = {
    "": _("Find out from the content"),
    "ofac": _("OFAC: CSV files in a ZIP"),
    "un": _("UN Security Council: XML"),
    "ftm": _("FollowTheMoney: JSON lines"),
    "csv": _("Plain table: CSV, Excel or JSON"),
}
#: What a part of two names, or of what else is known of the two, is.
KINDS: Mapping[str, Text] = {
    **names.KINDS,
    "number": _("Number in the name"),
    "identifier": _("Identifier"),
    "birth_date": _("Date of birth"),
}
_OF_KIND: Mapping[tuple[str, str], Text] = {
    ("identifier", "same"): _("the same identifier"),
    ("country", "same"): names.SAME_COUNTRY,
    ("country", "other"): names.OTHER_COUNTRIES,
    ("birth_date", "same"): _("the same date of birth, as far as it is known"),
    ("birth_date", "turned"): _("day and month exchanged"),
    ("birth_date", "other_day"): _("the same year of birth, another day"),
    ("birth_date", "near"): _("born a year apart"),
    ("birth_date", "other"): _("another date of birth"),
    ("order", "turned"): _("father and child exchanged"),
}


def agreement(kind: str, how: str, says: str) -> Text:
    """How two parts agree, in words; ``says`` is the engine's own English for what is not known here."""
    if kind == "missing":
        return names.IN_ONE_ALONE
    return _OF_KIND.get((kind, how)) or names.MANNERS.get(how, says)


def part(kind: str, how: str) -> Text:
    """What a part is: of one that is missing, what is missing."""
    return KINDS.get(how if kind == "missing" else kind, kind)
