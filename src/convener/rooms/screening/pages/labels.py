"""The words of screening: decisions, types, and every reason in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

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
#: What a part of two names is.
KINDS: Mapping[str, Text] = {
    "word": _("Word of the name"),
    "generic": _("Word of trade"),
    "form": _("Legal form"),
    "number": _("Number in the name"),
    "little": _("Little word"),
    "initial": _("Initial"),
    "acronym": _("Acronym"),
    "order": _("Order of the words"),
    "identifier": _("Identifier"),
    "country": _("Country"),
    "birth_date": _("Date of birth"),
}
_AGREEING: Mapping[str, Text] = {
    "same": _("the same word"),
    "variant": _("spellings of one name"),
    "meaning": _("the same meaning, in another language or abbreviated"),
    "counterpart": _("the like of it elsewhere"),
    "kin": _("a short form, or the same name in another language"),
    "sound": _("sounds alike"),
    "spelling": _("spelt alike"),
    "consonants": _("the same consonants"),
    "cut": _("one is the beginning of the other"),
    "joined": _("run together, or split"),
    "acronym": _("the first letters"),
    "initial": _("the first letter"),
}
_OF_KIND: Mapping[tuple[str, str], Text] = {
    ("identifier", "same"): _("the same identifier"),
    ("country", "same"): _("the same country"),
    ("country", "other"): _("other countries"),
    ("birth_date", "same"): _("the same date of birth, as far as it is known"),
    ("birth_date", "turned"): _("day and month exchanged"),
    ("birth_date", "other_day"): _("the same year of birth, another day"),
    ("birth_date", "near"): _("born a year apart"),
    ("birth_date", "other"): _("another date of birth"),
    ("order", "order"): _("in another order"),
    ("order", "turned"): _("father and child exchanged"),
    ("missing", "word"): _("in one name alone"),
    ("missing", "generic"): _("in one name alone"),
    ("missing", "form"): _("in one name alone"),
    ("missing", "number"): _("in one name alone"),
    ("missing", "little"): _("in one name alone"),
    ("missing", "initial"): _("in one name alone"),
}


def agreement(kind: str, how: str, says: str) -> Text:
    """How two parts agree, in words; ``says`` is the engine's own English for what is not known here."""
    return _OF_KIND.get((kind, how)) or _AGREEING.get(how, says)


def part(kind: str, how: str) -> Text:
    """What a part is: of one that is missing, what is missing."""
    return KINDS.get(how if kind == "missing" else kind, kind)
