"""Who a request or a token is, and which roles a person holds today."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from convener.foundation.accounts.models import (
    ApiToken,
    DatedQuerySet,
    Invitation,
    InvitationQuerySet,
    Mandate,
    Membership,
    User,
)
from convener.foundation.actor import PUBLIC, Actor, Door, Role

SESSION_KEY = "acting_membership"


def roles_of(user: Any) -> frozenset[Role]:
    """Every role ``user`` holds today, for whichever organisation."""
    roles = Membership.objects.current().filter(user=user).values_list("role", flat=True)
    return frozenset(Role(role) for role in roles)


def memberships_of(user: Any) -> list[Membership]:
    """The memberships in force today, in a stable order, with their organisations."""
    return list(Membership.objects.current().filter(user=user).select_related("party").order_by("starts", "id"))


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def actor_of_session(request: HttpRequest) -> Actor:
    """The actor of a page request: the person, in the membership they chose or the first one they have.

    That membership is left on the request as ``acting`` (None where there is none) for the page's header.
    """
    user = request.user
    if not user.is_authenticated:
        return PUBLIC
    mine = memberships_of(user)
    chosen = request.session.get(SESSION_KEY)
    membership = next((one for one in mine if str(one.id) == chosen), mine[0] if mine else None)
    request.acting = membership  # type: ignore[attr-defined]
    return actor_for(user, membership, Door.HUB)


def actor_for(user: Any, membership: Membership | None, door: Door, scopes: frozenset[str] | None = None) -> Actor:
    """An actor from a person and the membership they act in; without one they are an outsider."""
    if membership is None:
        return Actor(door=door, user_id=user.id, role=Role.OUTSIDER, scopes=scopes)
    return Actor(door=door, user_id=user.id, party_id=membership.party_id, role=Role(membership.role), scopes=scopes)


def actor_of_email(email: str) -> Actor | None:
    """The actor that ``--as EMAIL`` names at the command line, or None where no such active account exists."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return None
    mine = memberships_of(user)
    return actor_for(user, mine[0] if mine else None, Door.COMMAND)


def hash_of(secret: str) -> str:
    """How secrets of tokens and invitations are kept: SHA-256 in hex (they are long and random, so no salt is due)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of_token(secret: str) -> Actor | None:
    """The actor behind a bearer token, or None when it is unknown, expired, revoked or its membership has ended."""
    token = (
        ApiToken.objects.filter(secret_hash=hash_of(secret), revoked_at=None).select_related("membership__user").first()
    )
    if token is None or (token.expires_at and token.expires_at <= timezone.now()):
        return None
    membership = token.membership
    if not membership.user.is_active or not Membership.objects.current().filter(pk=membership.pk).exists():
        return None
    today = timezone.localdate()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return actor_for(membership.user, membership, Door.API, frozenset(token.scopes))


def people_visible_to(actor: Actor) -> QuerySet[User]:
    """The people an actor may know of: everybody for those who run the hub, colleagues for members, else oneself."""
    people = User.objects.filter(erased_at=None)
    if actor.runs_the_hub:
        return people
    own = Q(pk=actor.user_id)
    if actor.is_member and actor.party_id is not None:
        own |= Q(pk__in=Membership.objects.current().filter(party_id=actor.party_id).values("user_id"))
    return people.filter(own)


def memberships_visible_to(actor: Actor) -> DatedQuerySet:
    """Memberships an actor may know of: all, those of their own organisation and their own, or their own."""
    return _dated_visible_to(actor, Membership.objects.all())


def mandates_visible_to(actor: Actor) -> DatedQuerySet:
    """Mandates an actor may know of: all, those of their own organisation and their own, or their own."""
    return _dated_visible_to(actor, Mandate.objects.all())


def _dated_visible_to(actor: Actor, rows: DatedQuerySet) -> DatedQuerySet:
    if actor.runs_the_hub:
        return rows
    own = Q(user_id=actor.user_id) if actor.user_id else Q(pk=None)
    if actor.is_member and actor.party_id is not None:
        own |= Q(party_id=actor.party_id)
    return rows.filter(own)


def invitations_visible_to(actor: Actor) -> InvitationQuerySet:
    """Invitations an actor may know of: all, or those to act for their own organisation in their own role."""
    if actor.runs_the_hub:
        return Invitation.objects.all()
    if not actor.is_member or actor.party_id is None:
        return Invitation.objects.none()
    return Invitation.objects.filter(party_id=actor.party_id, role=actor.role)


def tokens_visible_to(actor: Actor) -> QuerySet[ApiToken]:
    """Tokens an actor may know of: their own; those who run the hub may know of all, to revoke one that leaked."""
    if actor.runs_the_hub:
        return ApiToken.objects.all()
    return ApiToken.objects.filter(membership__user_id=actor.user_id) if actor.user_id else ApiToken.objects.none()


def may_sign(user: Any, party_id: Any, scope: str) -> bool:
    """True when ``user`` holds a mandate in force to sign for the party within ``scope``."""
    return Mandate.objects.current().filter(user=user, party_id=party_id, scope__in=[scope, Mandate.Scope.ALL]).exists()
