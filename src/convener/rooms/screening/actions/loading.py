"""Loading, replacing and removing lists of names: for those who run the hub."""

from __future__ import annotations

import contextlib
import unicodedata
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.engines.names.caching import incomplete
from convener.engines.names.compiled import Compiled
from convener.engines.names.lists import FORMATS, Limits
from convener.engines.names.lists.detecting import detect
from convener.errors import Busy, ConvenerError, InvalidValue, NotAllowed, NotFound, Refused, sentence, stored
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.queries import is_unfinished
from convener.foundation.uploads import shown_name
from convener.rooms.screening import screeners
from convener.rooms.screening.actions import files
from convener.rooms.screening.actions.unpacking import unpacked
from convener.rooms.screening.audited import KIND
from convener.rooms.screening.models import NAME_CHARS, WatchList
from convener.rooms.screening.queries.visible import active, may_keep_lists

LOAD = "screening.load_list"
State = WatchList.State
#: Problems of which a version keeps the words.
KEPT_PROBLEMS = 50
#: A version with fewer entries than this part of the one before is taken for cut off, unless that was small.
_LEAST_LEFT, _SMALL = 0.5, 20
_WHOLE = sentence("Check that it is the right file, and whole; fetch it again.")


def require_keeper(actor: Actor, action: str = "screening.load") -> None:
    """Raise NotAllowed for all but those who run the hub; audited."""
    if not may_keep_lists(actor):
        record(actor, action, KIND, outcome="refused")
        told = _("Only the people who run this hub load and remove lists of names.")
        raise NotAllowed(told, hint=_("Ask the secretariat."))


def load_list(path: Path, *, actor: Actor, name: str = "", format: str = "", title: str = "") -> tuple[WatchList, bool]:
    """Load the file, folder or ZIP at ``path`` as the list ``name`` (that of the file), in place of its former version.

    The version in use, and whether it is new: the same bytes again change nothing. Raises NotAllowed, Unreadable,
    InvalidValue, Refused for a version that seems cut off.
    """
    require_keeper(actor)
    row = _new_row(name or path.stem or path.name, format, title, actor)
    return _bring(path, row, actor)


def receive(name: str, filename: str, chunks: Iterable[bytes], *, actor: Actor, format: str, title: str) -> WatchList:
    """Keep a received file and have a job load it. Raises as :func:`load_list` where it need not read the file."""
    require_keeper(actor)
    row = _new_row(name or Path(shown_name(filename)).stem, format, title, actor)
    path = files.received(filename, chunks)
    try:
        with transaction.atomic():
            row.upload = str(path.relative_to(Path(settings.DATA_DIR)))
            row.save()
            WatchList.objects.filter(pk=row.pk).update(job=str(enqueue(LOAD, list_id=str(row.pk), **_who(actor))))
    except BaseException:
        files.forget(path)
        raise
    return row


def read_received(row: WatchList, *, actor: Actor) -> None:
    """The job: load what was received. What cannot be loaded says why, in the row."""
    if row.state != State.LOADING:
        return
    path = Path(settings.DATA_DIR) / row.upload
    try:
        _found, is_new = _bring(path, row, actor)
        if not is_new:
            told = sentence("This version is in use already; nothing was changed.")
            _refuse(row, Refused(told))
    except Busy:
        raise  # another version was loaded at the same moment: the job tries again
    except ConvenerError as error:
        _refuse(row, error)
    files.forget(path)


def _refuse(row: WatchList, error: ConvenerError) -> None:
    row.state, row.message, row.upload = State.REFUSED, stored(error.sentence), ""
    row.save(update_fields=["state", "message", "upload"])


def _new_row(name: str, format: str, title: str, actor: Actor) -> WatchList:
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or len(text) > NAME_CHARS or not text.isprintable():
        told = _("A list's name has 1 to %(most)s characters that can be read.") % {"most": NAME_CHARS}
        raise InvalidValue("name", told, hint=_("Call it as people do: OFAC SDN, UN Security Council."))
    if format and format not in FORMATS:
        told = _("There is no such format of lists.")
        raise InvalidValue("format", told, hint=_("Name one of: %(formats)s.") % {"formats": ", ".join(FORMATS)})
    title = " ".join(title.replace("\x00", "").split())[:200]
    return WatchList(name=text, title=title, format=format, loaded_by_id=actor.user_id)


def _bring(path: Path, row: WatchList, actor: Actor) -> tuple[WatchList, bool]:
    """Read what is at ``path``, make it ready, keep it, and put it in use in one transaction."""
    with files.workspace() as work:
        (packed := work / "packed").mkdir()
        (folder := work / "arranged").mkdir()
        found = detect(unpacked(path, packed), row.format, Limits())
        given = screeners.read_list(files.arranged(found, folder), name=row.name, format=found.format)
        _refuse_cut_off(given, active().filter(name=row.name).first())
        files.keep(folder, given.source.sha256)
        return _put_in_use(row, given, actor)


def _refuse_cut_off(given: Compiled, former: WatchList | None) -> None:
    count, missing = given.source.count, incomplete(given.problems)
    if not count:
        told = sentence("There is no name in this list, so nobody would ever be found.")
        raise Refused(told, hint=_WHOLE)
    if missing:
        raise Refused(missing[0].message, hint=_WHOLE)
    if former is not None and former.count > _SMALL and count < former.count * _LEAST_LEFT:
        told = sentence(
            "This version has %(count)s entries, the one in use has %(former)s: it may be cut off.",
            count=count,
            former=former.count,
        )
        hint = sentence("Look at the file. If it is right, remove the list first, then load this version.")
        raise Refused(told, hint=hint)


def _put_in_use(row: WatchList, given: Compiled, actor: Actor) -> tuple[WatchList, bool]:
    source, now = given.source, timezone.now()
    try:
        with transaction.atomic():
            former = active().select_for_update().filter(name=row.name).first()
            if former is not None and (former.sha256, former.format) == (source.sha256, source.format):
                return former, False
            if former is not None:
                row.title = row.title or former.title
                active().filter(pk=former.pk).update(state=State.SUPERSEDED, superseded_at=now)
            row.state, row.loaded_at, row.upload, row.message = State.ACTIVE, now, "", []
            row.format, row.date, row.sha256, row.count = source.format, source.date, source.sha256, source.count
            row.problem_count = len(given.problems)
            row.problems = [[one.row, one.field, stored(one.message)] for one in given.problems[:KEPT_PROBLEMS]]
            row.save()
            record(actor, "screening.load", KIND, row.pk, count=source.count)
    except IntegrityError as error:
        told = _("Another version of this list was loaded at the same moment.")
        raise Busy(told, hint=_("Look at it, then try again.")) from error
    return row, True


def remove(name: str, *, actor: Actor, version: uuid.UUID | None = None) -> WatchList:
    """Take the list with this name out of use; with ``version`` only where that is the one in use.

    Raises NotAllowed, NotFound.
    """
    require_keeper(actor, "screening.remove")
    with transaction.atomic():
        row = active().select_for_update().filter(name=name).first()
        if row is None or version not in (None, row.pk):
            told = _("There is no list “%(name)s” here, or another version of it is in use.") % {"name": name[:80]}
            raise NotFound(told, hint=_("Look among the lists of names."))
        row.state, row.superseded_at = State.REMOVED, timezone.now()
        row.save(update_fields=["state", "superseded_at"])
        record(actor, "screening.remove", KIND, row.pk)
    return row


def is_stalled(row: WatchList) -> bool:
    """True of a received version that no job reads any more."""
    return row.state == State.LOADING and not is_unfinished(row.job)


def drop_stalled(row: WatchList, *, actor: Actor) -> None:
    """Give up a received version whose job did not come to its end. Raises NotAllowed, Refused."""
    require_keeper(actor)
    if not is_stalled(row):
        raise Refused(_("This list is being read."), hint=_("Wait until it was read."))
    files.forget(Path(settings.DATA_DIR) / row.upload)
    _refuse(row, Refused(sentence("It was given up before it was read.")))


def tidy() -> int:
    """The job: delete files that no version in use needs."""
    with contextlib.suppress(FileNotFoundError):
        return files.tidy(set(active().values_list("sha256", flat=True)))
    return 0


def _who(actor: Actor) -> dict[str, str]:
    return {
        "user_id": str(actor.user_id or ""),
        "party_id": str(actor.party_id or ""),
        "role": actor.role.value if actor.role else "",
    }
