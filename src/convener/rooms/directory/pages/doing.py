"""What members can do about what a page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from convener.foundation.actor import Actor
from convener.foundation.parties.models import Merge
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.sides import Action
from convener.rooms.directory.models import Profile
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries import duplicates, visible
from convener.rooms.directory.queries.history import may_see_history


def list_actions(actor: Actor) -> Sequence[Action]:
    """What can be done about the list of organisations."""
    if not actor.runs_the_hub:
        return ()
    return (
        Action(_("Add an organisation"), HUB_SIDE.to("add")),
        Action(_("Import a list"), HUB_SIDE.to("import_new")),
        Action(_("Merge two entries"), HUB_SIDE.to("merge")),
        Action(
            _("Possible duplicates (%(count)s)") % {"count": format_count(_undecided(actor))}, HUB_SIDE.to("duplicates")
        ),
    )


def _undecided(actor: Actor) -> int:
    return duplicates.pairs(actor).count()


def record_actions(profile: Profile, actor: Actor) -> Sequence[Action]:
    """What can be done about one entry."""
    public_id = profile.party.public_id
    actions = []
    if visible.editable_by(actor).filter(pk=profile.pk).exists():
        actions.append(Action(_("Change this entry"), HUB_SIDE.to("edit", public_id)))
    if may_see_history(actor):
        actions.append(Action(_("History"), HUB_SIDE.to("history", public_id)))
    if actor.runs_the_hub:
        actions.append(Action(_("Merge with another entry"), HUB_SIDE.to("merge", query=f"kept={public_id}")))
        merges = Merge.objects.filter(kept=profile.pk, undone_at=None).select_related("merged").order_by("-at")
        actions += [
            Action(_("Take back the merge of %(name)s") % {"name": one.merged.name}, HUB_SIDE.to("merge_undo", one.pk))
            for one in merges
        ]
    return actions
