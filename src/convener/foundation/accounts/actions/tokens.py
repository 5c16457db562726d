"""API tokens: made for one's own membership, seen once, revoked by oneself or by those who run the hub."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotAllowed, Refused
from convener.foundation.accounts.actions.refusals import refuse
from convener.foundation.accounts.models import ApiToken, Membership, User
from convener.foundation.accounts.permissions import is_person
from convener.foundation.accounts.queries import hash_of
from convener.foundation.accounts.scopes import not_allowed
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record

PREFIX = "cvn_"
#: Bytes of randomness: 30 bytes make the 40 characters of base64url that follow the prefix.
RANDOM_BYTES = 30
MAX_DAYS = 366
#: Tokens in force that one membership may have.
MAX_TOKENS = 20


def new_secret() -> str:
    """A fresh token secret: ``cvn_`` and 40 URL-safe characters."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def make_token(
    *, actor: Actor, membership: Membership, label: str, scopes: Iterable[str], days: int
) -> tuple[ApiToken, str]:
    """Make a token with which a program acts in ``membership`` for ``days`` (1 to 366) within ``scopes``.

    Returns the token and its secret, of which only a hash is kept. Raises NotAllowed for somebody else's or an ended
    membership and for scopes the role may not use; InvalidValue ('label', 'scopes', 'days'); Refused beyond 20 tokens.
    """
    _check_owner(actor, membership)
    wanted = sorted(set(scopes))
    _check_values(actor, membership, label, wanted, days)
    secret = new_secret()
    with transaction.atomic():
        now = timezone.now()
        in_force = ApiToken.objects.filter(membership=membership, revoked_at=None, expires_at__gt=now)
        if in_force.count() >= MAX_TOKENS:
            raise Refused(
                _("You have %(most)d tokens, which is the limit.") % {"most": MAX_TOKENS},
                hint=_("Revoke one that is no longer used."),
            )
        token = ApiToken.objects.create(
            membership=membership,
            label=label.strip(),
            secret_hash=hash_of(secret),
            scopes=wanted,
            expires_at=now + dt.timedelta(days=days),
        )
        record(actor, "accounts.make_token", "token", token.id, fields=["scopes", "expires_at"])
    return token, secret


def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """Make a token useless at once. Raises NotAllowed, or Refused where it is already."""
    own = is_person(actor) and actor.user_id is not None and token.membership.user_id == actor.user_id
    if not own and not (is_person(actor) and actor.runs_the_hub):
        refuse(actor, "accounts.revoke_token", "token", token.id, _("This is somebody else’s token."))
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            raise Refused(_("This token was revoked already."), hint=_("Load the page again."))
        record(actor, "accounts.revoke_token", "token", token.id, fields=["revoked_at"])


def revoke_all(*, actor: Actor, user: User) -> int:
    """Make every token of a person useless at once, each with its audit entry; returns how many there were."""
    with transaction.atomic():
        now = timezone.now()
        own = ApiToken.objects.filter(membership__user=user, revoked_at=None)
        revoked = [one for one in list(own.values_list("id", flat=True)) if own.filter(pk=one).update(revoked_at=now)]
        for token_id in revoked:
            record(actor, "accounts.revoke_token", "token", token_id, fields=["revoked_at"])
    return len(revoked)


def _check_owner(actor: Actor, membership: Membership) -> None:
    own = is_person(actor) and actor.user_id is not None and membership.user_id == actor.user_id
    if not own or not Membership.objects.current().filter(pk=membership.pk).exists():
        message = _("You can make tokens for your own memberships only.")
        refuse(actor, "accounts.make_token", "membership", membership.id, message)


def _check_values(actor: Actor, membership: Membership, label: str, scopes: list[str], days: int) -> None:
    if not label.strip() or len(label.strip()) > 100:
        hint = _("Say which program will use it, in 100 characters at most.")
        raise InvalidValue("label", _("Give the token a name."), hint=hint)
    if not scopes:
        raise InvalidValue("scopes", _("A token must be allowed something."), hint=_("Choose at least one."))
    beyond = not_allowed(membership.role, scopes)
    if beyond:
        record(actor, "accounts.make_token", "membership", membership.id, outcome="refused")
        raise NotAllowed(
            _("Your role cannot allow a token this: %(scopes)s.") % {"scopes": ", ".join(beyond)},
            hint=_("Choose from the list."),
        )
    if not 1 <= days <= MAX_DAYS:
        raise InvalidValue("days", _("A token is valid for 1 to %(most)d days.") % {"most": MAX_DAYS})
