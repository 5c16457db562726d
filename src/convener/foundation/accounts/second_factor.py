"""Whether this session has passed its second factor, and which page must come first where it has not.

Having set one up is not enough: a session that began with a password alone, perhaps a stolen one, before the second
factor existed must give the code too.
"""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from convener.foundation.accounts.queries import roles_of
from convener.foundation.actor import NEEDS_SECOND_FACTOR

#: Key of the session in which the second factor was set up: it has just shown that it holds it.
SET_UP_HERE = "second_factor_set_up_here"

ACTIVATE, ASK = "mfa_activate_totp", "mfa_reauthenticate"
#: Pages that someone must reach before or while giving a second factor; nothing personal can be read or changed there.
OPEN_PAGES = frozenset({ACTIVATE, ASK, "account_reauthenticate", "account_logout", "invitation", "invitation_link"})


def mark_set_up(request: HttpRequest) -> None:
    """Remember that this session set up the person's second factor."""
    request.session[SET_UP_HERE] = str(request.user.pk)


def is_passed(request: HttpRequest) -> bool:
    """True when a code was given in this session, or the second factor was set up in it."""
    if request.session.get(SET_UP_HERE) == str(request.user.pk):
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def has_second_factor(user: object) -> bool:
    """True when the person has an authenticator app set up."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def step_due(request: HttpRequest) -> str:
    """The name of the page that must come before any other of the hub's for a logged-in person; '' when none must."""
    if has_second_factor(request.user):
        return "" if is_passed(request) else ASK
    return ACTIVATE if roles_of(request.user) & NEEDS_SECOND_FACTOR else ""
