"""The page that says what changed in an entry, when, and from where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.foundation.actor import Actor, Door
from convener.foundation.parties.queries import hub_party
from convener.foundation.ui.components import Text
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Profile
from convener.rooms.directory.pages.labels import COLUMN_TITLES
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.pages.values import shown
from convener.rooms.directory.queries.history import SHOWN, SeenChange, changes_of, seen

ACTIONS: Mapping[str, Text] = {
    "add": gettext_lazy("Added"),
    "edit": gettext_lazy("Changed"),
    "import": gettext_lazy("Changed by an imported list"),
    "content": gettext_lazy("Loaded with the hub’s own content"),
    "merge": gettext_lazy("Filled from an entry that was merged into this one"),
    "undo": gettext_lazy("Taken back"),
}


@dataclass(frozen=True)
class FieldChange:
    """One column before and after, in words; an empty list is said as 'nothing'."""

    title: Text
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Entry:
    """One change set as the page shows it."""

    at: dt.datetime
    action: Text
    by: str
    fields: list[FieldChange]
    erased: bool


def context(profile: Profile, actor: Actor, page: str | None) -> dict[str, Any]:
    """Everything the page shows."""
    page_obj = Paginator(changes_of(profile, actor), SHOWN).get_page(page)
    hub_id = hub_party().id
    entries = [_entry(one, hub_id) for one in seen(list(page_obj.object_list), profile, actor)]
    return {
        "profile": profile,
        "party": profile.party,
        "entries": entries,
        "page_obj": page_obj,
        "record_href": HUB_SIDE.organisation(profile.party.public_id),
        "list_href": HUB_SIDE.to("list"),
    }


def _entry(one: SeenChange, hub_id: Any) -> Entry:
    order = {name: place for place, name in enumerate(BY_NAME)}
    fields = [
        FieldChange(COLUMN_TITLES[name], shown(name, before), shown(name, after))
        for name, (before, after) in sorted(one.values.items(), key=lambda pair: order.get(pair[0], 99))
    ]
    change = one.change
    action = ACTIONS.get(change.action, change.action)
    return Entry(change.at, action, _who(one, hub_id), fields, bool(change.erased_at))


def _who(one: SeenChange, hub_id: Any) -> str:
    """The organisation behind a change, never the person."""
    change = one.change
    if change.door in (Door.COMMAND, Door.JOB) and change.party_id is None:
        return _("This hub")
    if change.party_id == hub_id:
        return _("The secretariat of this hub")
    if one.is_own:
        return _("The organisation itself")
    return one.organisation or _("Another member of this hub")
