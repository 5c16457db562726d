"""The figures of a practice as people say them: how much of what, and when, in the list, on its page, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import TIME_STRINGS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convener.foundation.ui.charts import format_count
from convener.foundation.vocabularies import in_language
from convener.rooms.library.models import PracticeResult
from convener.rooms.library.pages.dates import period_in_words
from convener.rooms.library.pages.labels import in_english, marks_of

#: English endings of what there are many of, and of one.
_SINGULARS = (("people", "person"), ("children", "child"), ("ies", "y"), ("shes", "sh"), ("ches", "ch"), ("s", ""))


def figure_list(results: Iterable[PracticeResult], css: str = "figures") -> SafeString | str:
    """The results as a list: each value with its unit, what was counted, and when; empty where there are none."""
    items = format_html_join("", "<li><b>{}</b> {}</li>", ((value_of(result), counted(result)) for result in results))
    return format_html('<ul class="{}">{}</ul>', css, items) if items else ""


def value_of(result: PracticeResult) -> SafeString:
    """The value of a result: "9 times as many", "more than 3,200 reports", "60 %", "7 months"."""
    words = {
        PracticeResult.Qualifier.ABOUT: _("about %(number)s"),
        PracticeResult.Qualifier.MORE_THAN: _("more than %(number)s"),
        PracticeResult.Qualifier.AT_LEAST: _("at least %(number)s"),
        PracticeResult.Qualifier.UP_TO: _("up to %(number)s"),
    }
    pattern = words.get(PracticeResult.Qualifier(result.qualifier), "%(number)s")
    return SafeString(escape(pattern) % {"number": _with_unit(result)})


def _with_unit(result: PracticeResult) -> SafeString:
    """The number with its unit, set apart from the words around it, whichever way those run."""
    number, unit = format_count(result.value), result.unit
    if unit == "percent":
        told = _("%(number)s %%") % {"number": number}
    elif unit == "times":
        told = ngettext("%(number)s time as many", "%(number)s times as many", int(result.value)) % {"number": number}
    elif len(unit) == 3 and unit.isupper():
        return format_html('<bdi dir="ltr">{}&nbsp;{}</bdi>', unit, number)
    elif unit == "organisations":
        told = ngettext("%(count)s organisation", "%(count)s organisations", int(result.value)) % {"count": number}
    elif unit.removesuffix("s") in TIME_STRINGS and result.value == int(result.value):
        told = TIME_STRINGS[unit.removesuffix("s")] % {"num": int(result.value)}
    else:
        return format_html("<bdi>{}</bdi> {}", number, in_english(_agreeing(unit, result.value)))
    return format_html("<span>{}</span>", told)


def _agreeing(unit: str, value: Decimal) -> str:
    """A unit, which content names in the plural, as English has it after this number."""
    if value != 1:
        return unit
    many, one = next((pair for pair in _SINGULARS if unit.endswith(pair[0])), ("", ""))
    return unit.removesuffix(many) + one


def counted(result: PracticeResult) -> SafeString:
    """What was counted, and in brackets the day or the period, as far as the source gives it."""
    period = period_in_words(result.when)
    when: SafeString | str = period or (in_english(result.when) if result.when else "")
    told = format_html(' <span class="when">({})</span>', when) if when else ""
    return format_html("<span{}>{}{}</span>", marks_of(result.what), in_language(result.what), told)
