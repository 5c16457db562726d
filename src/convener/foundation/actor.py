"""The actor: who asks. Every query takes one, every audit line names one.

An actor is a person acting for an organisation in a role, an operator at the machine's command line, the hub itself
(jobs), or nobody (the public).
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass


class Role(enum.StrEnum):
    """The roles a person can have for an organisation. The first two run the hub."""

    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    NGO = "ngo"
    COMPANY = "company"
    BANK = "bank"
    FIU = "fiu"
    DONOR = "donor"
    WORKER = "worker"
    OUTSIDER = "outsider"


class Door(enum.StrEnum):
    """The way an actor came in; kept with every audit line."""

    PUBLIC = "public"
    HUB = "hub"
    API = "api"
    COMMAND = "command"
    JOB = "job"


RUNS_THE_HUB = frozenset({Role.ADMINISTRATOR, Role.SECRETARIAT})
#: Roles that must have a second factor before they may do anything.
NEEDS_SECOND_FACTOR = RUNS_THE_HUB
#: Members of the partnership; an outsider has a login and nothing else, a worker only what is theirs.
MEMBERS = frozenset(Role) - {Role.OUTSIDER, Role.WORKER}


@dataclass(frozen=True)
class Actor:
    """Who asks. ``party_id`` is the organisation acted for; ``scopes`` limits an API token (None: no limit)."""

    door: Door
    user_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    role: Role | None = None
    scopes: frozenset[str] | None = None
    operator: bool = False

    @property
    def runs_the_hub(self) -> bool:
        """True for secretariat, administrators, operators at the command line and the hub's own jobs."""
        return self.operator or self.role in RUNS_THE_HUB

    @property
    def is_member(self) -> bool:
        """True for who may see what members share among themselves."""
        return self.operator or self.role in MEMBERS

    def has_scope(self, scope: str) -> bool:
        """True when the actor's token, if it came with one, allows ``scope``."""
        return self.scopes is None or scope in self.scopes


PUBLIC = Actor(door=Door.PUBLIC)
OPERATOR = Actor(door=Door.COMMAND, operator=True)
HUB = Actor(door=Door.JOB, operator=True)
