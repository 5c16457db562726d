"""Our words for what the operating system or the database said in the middle of a backup or a restore."""

from __future__ import annotations

import errno

from django.db import DatabaseError

from convener.errors import Refused

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def in_our_words(error: BaseException, what: str) -> Refused | None:
    """``error`` as a refusal of ``what`` ('The backup') where a system gave it; None for anything else."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return Refused(f"{what} was not finished: no room is left.", hint="Make room, or name another place.")
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return Refused(f"{what} was not finished: {reason}.", hint="Check the folder and who may write to it.")
    if isinstance(error, DatabaseError):
        reason = (str(error).splitlines() or [""])[0]
        return Refused(f"{what} was not finished. The database says: {reason}.", hint="See to that and start again.")
    return None
