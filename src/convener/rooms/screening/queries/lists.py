"""Reading which lists there are."""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotFound, Refused
from convener.foundation.actor import Actor
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.queries.visible import active, lists_visible_to


def one(actor: Actor, list_id: uuid.UUID) -> WatchList:
    """A version by its ID. Raises NotFound."""
    found = lists_visible_to(actor).select_related("loaded_by").filter(pk=list_id).first()
    if found is None:
        raise NotFound(_("There is no such list."), hint=_("Look among the lists of names."))
    return found


def in_use(actor: Actor) -> list[WatchList]:
    """The versions that are asked, by name, as far as the actor may know of them."""
    return list(lists_visible_to(actor).filter(state=WatchList.State.ACTIVE).order_by("name"))


def chosen(actor: Actor, names: Sequence[str]) -> list[WatchList]:
    """The versions in use with these names (none: all), by name.

    Raises Refused where no list is loaded, InvalidValue ('lists') for a name that none has.
    """
    found = in_use(actor)
    if not found:
        raise Refused(
            _("No list of names is loaded on this hub, so nothing can be compared."),
            hint=_("The secretariat loads lists; ask it for the one you need."),
        )
    known = {one.name: one for one in found}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = _("Did you mean “%(name)s”?") % {"name": near[0]} if near else _("Look among the lists of names.")
            raise InvalidValue("lists", _("There is no list “%(name)s” here.") % {"name": name[:80]}, hint=hint)
    return [one for one in found if not names or one.name in names]


def versions(actor: Actor) -> Sequence[WatchList]:
    """What is not asked: being read, refused, replaced, removed; the newest fifty, for those who run the hub."""
    if not actor.runs_the_hub:
        return ()
    rows = lists_visible_to(actor).exclude(state=WatchList.State.ACTIVE).select_related("loaded_by")
    return list(rows[:50])


def hashes_in_use() -> set[str]:
    """The hashes of all versions that are asked."""
    return set(active().values_list("sha256", flat=True))
