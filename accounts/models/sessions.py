"""Sessions in the database, so that ending one is deleting a row, and the record of sign-ins."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import F

from accounts.limits import LATE_MOST_BYTES, LATE_MOST_WRITES, WRITE_ONLY_SECONDS
from accounts.models.users import User
from nsvcs.ids import uuid7
from nsvcs.statements import THIRTY_DAYS, Statement


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def of(self, user_id: UUID) -> "SessionQuerySet":
        """One account's sessions."""
        return self.filter(user_id=user_id)

    def alive(self, now: datetime) -> "SessionQuerySet":
        """Those by which somebody is signed in; each ends a day before its row does, and may only write after that."""
        return self.filter(user_id__isnull=False, expire_date__gt=now + timedelta(seconds=WRITE_ONLY_SECONDS))

    def take_late(self, session_key: str, size_bytes: int) -> bool:
        """Count words of so many bytes that a lapsed sign-in hands in; false when it has handed in enough."""
        room = {"late_count__lt": LATE_MOST_WRITES, "late_bytes__lte": LATE_MOST_BYTES - size_bytes}
        counted = {"late_count": F("late_count") + 1, "late_bytes": F("late_bytes") + size_bytes}
        return bool(self.filter(session_key=session_key, **room).update(**counted))


class SessionManager(BaseSessionManager.from_queryset(SessionQuerySet)["Session"]):  # type: ignore[misc]
    """Sessions, by account too."""


class Session(AbstractBaseSession):
    """One browser's sign-in; knows whose it is, so that an account's sessions can be ended at once.

    For a day after it has lapsed it may only hand in words; what it has handed in by then is counted.
    """

    statement = Statement("open", ("user_id", "session_data"), "until it ends, 12 hours at the most, and a day more")

    user_id = models.UUIDField(null=True, db_index=True)
    late_count = models.PositiveIntegerField(default=0)
    late_bytes = models.BigIntegerField(default=0)
    objects: ClassVar[SessionManager] = SessionManager()

    def __str__(self) -> str:
        return self.session_key[:4]


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Questions about sign-ins: everybody sees their own, nobody another's."""

    def visible_to(self, user: User) -> "SignInQuerySet":
        """One's own, newest first."""
        return self.filter(user=user).order_by("-at")


class SignIn(models.Model):
    """One sign-in as its owner sees it: when, roughly with what, from where. Network addresses live here alone."""

    statement = Statement("own", ("address", "agent"), THIRTY_DAYS)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="accounts_signin_recent")]

    def __str__(self) -> str:
        return str(self.pk)


class SignInCount(models.Model):
    """Wrong tries for one account from one source, both as keyed digests: they slow down, they never shut out."""

    statement = Statement("open", (), "a day after the last try")

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    wrong_count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "source"], name="accounts_signincount_pair")]

    def __str__(self) -> str:
        return str(self.pk)
