"""What a hub and its members say about guidance: useful or not, a note, out of sight. Nothing of it changes the text."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotAllowed
from convener.foundation.accounts.actions.erasure import on_erasure
from convener.foundation.accounts.models import User
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.outbox.actions import emit
from convener.rooms.library.content import GUIDANCE_CHANGED
from convener.rooms.library.models import Guidance, Verdict

KIND = "guidance"
MOST_NOTE = 2_000


@transaction.atomic
def judge(piece: Guidance, useful: bool | None, *, actor: Actor) -> None:
    """Keep what the actor thinks of a piece; None takes it back. Raises NotAllowed for who is no member."""
    if actor.user_id is None or not actor.is_member or not actor.has_scope("library:write"):
        raise NotAllowed(_("Only members say what is useful."), hint=_("Sign in as a member."))
    before = Verdict.objects.filter(guidance=piece, user_id=actor.user_id)
    if before.values_list("useful", flat=True).first() == useful:
        return
    audit.record(actor, "library.judge", KIND, piece.pk, fields=["useful"])
    if useful is None:
        before.delete()
    else:
        Verdict.objects.update_or_create(guidance=piece, user_id=actor.user_id, defaults={"useful": useful})


@transaction.atomic
def annotate(piece: Guidance, note: str, *, actor: Actor) -> None:
    """Set the hub's note on a piece, plain text; an empty one takes it away. Raises NotAllowed or InvalidValue."""
    require_keeper(actor)
    text = note.replace("\x00", "").strip()
    if len(text) > MOST_NOTE:
        told = _("The note has %(count)s characters; %(most)s are the most.")
        raise InvalidValue(
            "note", told % {"count": len(text), "most": MOST_NOTE}, hint=_("Say it in fewer words, or link to a page.")
        )
    if text != piece.note:
        piece.note = text
        _save(piece, "note", "library.annotate", actor)


@transaction.atomic
def hide(piece: Guidance, hidden: bool, *, actor: Actor) -> None:
    """Take a piece out of all lists of this hub, or show it again. Raises NotAllowed."""
    require_keeper(actor)
    if hidden != piece.hidden:
        piece.hidden = hidden
        _save(piece, "hidden", "library.hide" if hidden else "library.show", actor)


def _save(piece: Guidance, field: str, action: str, actor: Actor) -> None:
    piece.save(update_fields=[field, "updated_at"])
    audit.record(actor, action, KIND, piece.pk, fields=[field])
    emit(GUIDANCE_CHANGED, [piece.pk])


def require_keeper(actor: Actor) -> None:
    """Only those who run the hub change what it shows; raises NotAllowed."""
    if not actor.runs_the_hub or not actor.has_scope("library:write"):
        raise NotAllowed(_("Only the secretariat changes what this hub shows."), hint=_("Tell it what you miss."))


def _erase(user: User) -> None:
    Verdict.objects.filter(user=user).delete()


on_erasure("library", _erase)
