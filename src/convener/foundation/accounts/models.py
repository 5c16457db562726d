"""People, the organisations they act for, mandates, invitations and API tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convener.foundation.actor import Role
from convener.foundation.ids import new_key
from convener.foundation.parties.models import Party

ROLE_LABELS = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.SECRETARIAT: _("Secretariat officer"),
    Role.NGO: _("NGO officer"),
    Role.COMPANY: _("Company officer"),
    Role.BANK: _("Bank analyst"),
    Role.FIU: _("FIU officer"),
    Role.DONOR: _("Donor"),
    Role.WORKER: _("Worker"),
    Role.OUTSIDER: _("Guest without rights"),
}
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class UserManager(BaseUserManager["User"]):
    """Makes accounts known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create and save an account; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One person with a login."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        if self.erased_at:
            return gettext("Erased account")
        return self.name or self.email


class Dated(models.Model):
    """Something that holds from a day to a day (both included); an open end means until further notice.

    ``ended_at`` is the moment somebody ended it before its time: from then on it does not hold, whatever the days say.
    """

    starts = models.DateField(default=timezone.localdate)
    ends = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_current(self) -> bool:
        """True when it holds today; the same rule as :meth:`DatedQuerySet.current`."""
        today = timezone.localdate()
        return self.ended_at is None and self.starts <= today and (self.ends is None or self.ends >= today)


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold on a day."""

    def current(self) -> DatedQuerySet:
        """Those in force today."""
        today = timezone.localdate()
        return self.filter(starts__lte=today, ended_at=None).exclude(ends__lt=today)


class Membership(Dated):
    """A person may act for an organisation in a role, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "party", "role"], name="membership_once")]


class Mandate(Dated):
    """A person may sign for an organisation, within a scope, from a day to a day."""

    class Scope(models.TextChoices):
        AGREEMENTS = "agreements", _("Sign agreements")
        EVIDENCE = "evidence", _("Confirm evidence")
        ALL = "all", _("Sign everything")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mandates")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates")
    scope = models.CharField(max_length=12, choices=Scope.choices)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    objects = DatedQuerySet.as_manager()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what became of them."""

    def pending(self) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """An offer to act for an organisation, sent to one address; only a hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    email = models.EmailField()
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    objects = InvitationQuerySet.as_manager()


class ApiToken(models.Model):
    """A bearer token with which a program acts for a person's membership; only a hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class CacheEntry(models.Model):
    """The table of Django's database cache: what every web process must know at once.

    It holds the counts behind the login's rate limits and the second-factor codes already used; in a cache of each
    process a code could be used once in every one of them. Columns as ``createcachetable`` makes them; never read
    through here.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "convener_cache"
