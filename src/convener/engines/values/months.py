"""Month names in the four languages of the hub, with the abbreviations and regional names in use."""

from __future__ import annotations

from convener.engines.values.folding import fold

# One line a month: English; French; Spanish; Arabic as in Egypt, in the Levant and Iraq, in the Maghreb.
_NAMES = (
    "january jan | janvier janv | enero ene | يناير | كانون الثاني | جانفي",
    "february feb | février févr fév | febrero | فبراير | شباط | فيفري",
    "march mar | mars | marzo | مارس | آذار",
    "april apr | avril avr | abril abr | أبريل إبريل | نيسان | أفريل",
    "may | mai | mayo | مايو | أيار | ماي",
    "june jun | juin | junio | يونيو | حزيران | جوان",
    "july jul | juillet juil | julio | يوليو | تموز | جويلية",
    "august aug | août | agosto ago | أغسطس | آب | أوت",
    "september sept sep | septembre | septiembre setiembre set | سبتمبر | أيلول",
    "october oct | octobre | octubre | أكتوبر | تشرين الأول",
    "november nov | novembre | noviembre | نوفمبر | تشرين الثاني",
    "december dec | décembre déc | diciembre dic | ديسمبر | كانون الأول",
)
_TWO_WORDS = ("كانون", "تشرين")


def _by_name() -> dict[str, int]:
    months: dict[str, int] = {}
    for number, line in enumerate(_NAMES, start=1):
        for group in line.split("|"):
            words = group.split()
            names = [" ".join(words)] if words[0] in _TWO_WORDS else words
            months.update((fold(name), number) for name in names)
    return months


MONTHS: dict[str, int] = _by_name()
"""Number of the month by its folded name (see ``folding.fold``)."""
