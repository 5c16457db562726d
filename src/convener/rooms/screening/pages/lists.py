"""The pages of lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from convener.errors import spoken
from convener.foundation.actor import Actor
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Badge, SummaryRow, Tone
from convener.rooms.screening.actions.loading import is_stalled
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.pages.labels import FORMATS
from convener.rooms.screening.queries.lists import in_use, versions
from convener.rooms.screening.queries.visible import may_keep_lists

State = WatchList.State
_TONES: dict[str, Tone] = {State.LOADING: "info", State.ACTIVE: "good", State.REFUSED: "bad"}


def badge(row: WatchList) -> Badge:
    """Where a version stands, in words."""
    return Badge(row.get_state_display(), _TONES.get(row.state, "neutral"))


def overview(actor: Actor) -> dict[str, Any]:
    """The lists in use, and for those who run the hub what became of others."""
    return {
        "lists": in_use(actor),
        "versions": [(one, badge(one)) for one in versions(actor)],
        "may_keep": may_keep_lists(actor),
    }


def one_list(row: WatchList, actor: Actor) -> dict[str, Any]:
    """Everything about one version."""
    is_keeper = may_keep_lists(actor)
    working = row.state == State.LOADING and not is_stalled(row)
    return {
        "row": row,
        "badge": badge(row),
        "facts": [] if row.state == State.LOADING else facts(row, is_keeper=is_keeper),
        "problems": [(number, field, spoken(told)) for number, field, told in row.problems],
        "more_problems": max(0, row.problem_count - len(row.problems)),
        "working": working,
        "stalled": row.state == State.LOADING and not working,
        "may_keep": is_keeper,
    }


def facts(row: WatchList, *, is_keeper: bool) -> list[SummaryRow]:
    """Where a version is from, and what names it for ever."""
    rows = [
        SummaryRow(_("Publisher"), row.title),
        SummaryRow(_("Date of the list"), row.date or _("The list has no date of its own")),
        SummaryRow(_("Entries"), format_count(row.count)),
        SummaryRow(_("In use since"), _when(row.loaded_at)),
        SummaryRow(_("Format"), FORMATS.get(row.format, row.format)),
        SummaryRow(_("SHA-256 of its bytes"), row.sha256),
    ]
    if row.superseded_at:
        rows.append(SummaryRow(_("In use until"), _when(row.superseded_at)))
    if is_keeper:
        rows.append(SummaryRow(_("Loaded by"), str(row.loaded_by) if row.loaded_by else _("An operator")))
    return rows if row.sha256 else []


def _when(moment: Any) -> str:
    from django.utils.formats import date_format
    from django.utils.timezone import localtime

    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else ""
