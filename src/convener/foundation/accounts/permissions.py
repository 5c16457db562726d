"""Who may decide about people: checks of one actor against one record. They answer, they do not raise."""

from __future__ import annotations

import uuid

from convener.foundation.accounts.models import Membership, User
from convener.foundation.accounts.queries import roles_of
from convener.foundation.actor import MEMBERS, RUNS_THE_HUB, Actor, Role

#: Roles whose holders look after the people of their own organisation.
OFFICERS = MEMBERS - RUNS_THE_HUB


def is_person(actor: Actor) -> bool:
    """False for API tokens: a program can never make, change or end people's access, whatever its owner may do."""
    return actor.scopes is None


def may_set_role(actor: Actor, party_id: uuid.UUID | None, role: Role | str) -> bool:
    """True when the actor may invite people to act for the organisation in ``role``, and end it again.

    Administrators and operators: every role everywhere. Secretariat: all but the two roles that run the hub. Officers:
    their own organisation, their own role.
    """
    if not is_person(actor):
        return False
    if actor.operator or actor.role is Role.ADMINISTRATOR:
        return True
    if actor.role is Role.SECRETARIAT:
        return role not in RUNS_THE_HUB
    return actor.role in OFFICERS and actor.role == role and party_id is not None and actor.party_id == party_id


def may_invite(actor: Actor) -> bool:
    """True when there is anybody at all whom the actor may invite."""
    return is_person(actor) and (actor.runs_the_hub or actor.role in OFFICERS)


def may_end(actor: Actor, membership: Membership) -> bool:
    """True for whoever may set the role, and for the person themselves."""
    own = is_person(actor) and actor.user_id is not None and actor.user_id == membership.user_id
    return own or may_set_role(actor, membership.party_id, membership.role)


def may_decide_mandates(actor: Actor) -> bool:
    """True for those who run the hub: a mandate binds an organisation, so it does not give it to itself."""
    return is_person(actor) and actor.runs_the_hub


def may_erase(actor: Actor, user: User) -> bool:
    """True for oneself, administrators and operators; for the secretariat unless ``user`` runs the hub too."""
    if not is_person(actor):
        return False
    if actor.operator or actor.role is Role.ADMINISTRATOR or (actor.user_id is not None and actor.user_id == user.id):
        return True
    return actor.role is Role.SECRETARIAT and not roles_of(user) & RUNS_THE_HUB
