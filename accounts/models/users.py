"""Accounts: one role each, no superuser, no groups."""

import hashlib
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from nsvcs.access import CASEWORK, STAFF, Role
from nsvcs.ids import uuid7
from nsvcs.statements import THIRTY_DAYS, WHILE_CURRENT, Statement


class UserQuerySet(models.QuerySet["User"]):
    """Questions about accounts; the table is open, pages narrow it."""

    def with_second_factor(self) -> "UserQuerySet":
        """Each account with whether it has an authenticator or passkey."""
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=["totp", "webauthn"])
        return self.annotate(**{"has_second_factor": Exists(factors)})  # by name: the model declares the attribute

    def left(self, today: date) -> "UserQuerySet":
        """Those whose last day at work is over on a day of London."""
        return self.filter(last_day__lt=today)

    def off_casework(self, today: date) -> "UserQuerySet":
        """Those who do no casework here any more: access ended, the last day is over, or another role was given."""
        return self.filter(Q(is_active=False) | Q(last_day__lt=today) | ~Q(role__in=CASEWORK))

    def staff(self) -> "UserQuerySet":
        """Everybody but portal accounts."""
        return self.filter(role__in=STAFF)

    def caseworkers_of(self, team_id: int) -> "UserQuerySet":
        """Active people of a team who may hold a case."""
        return self.filter(is_active=True, role__in=CASEWORK, staff_profile__team_id=team_id)

    def for_list(self) -> "UserQuerySet":
        """Colleagues as the administrator's pages show them: by name, with profile, team and second factor."""
        return self.with_second_factor().select_related("staff_profile__team").order_by("name", "pk")

    def may_get_code_from(self, user: "User") -> "UserQuerySet":
        """Accounts this person may give a code to: colleagues by an administrator, a portal account by whoever may
        see its victim, which the cases' room and row security decide.
        """
        if user.role == Role.ADMINISTRATOR:
            return self.staff()
        if user.role not in CASEWORK:
            return self.none()
        victims = apps.get_model("cases", "Victim")._default_manager.visible_to(user)
        return self.filter(role=Role.VICTIM, pk__in=victims.values("user_id"))

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Staff see colleagues; a portal account sees itself."""
        if user.role in STAFF:
            return self.staff()
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    """Finds accounts by sign-in name, whatever its case."""

    def get_by_natural_key(self, sign_in_name: str | None) -> "User":
        """The account with this sign-in name."""
        found: User = self.get(sign_in_name=(sign_in_name or "").strip().lower())
        return found


class User(AbstractBaseUser):
    """One account. Staff sign in with their e-mail, the portal with three plain words made by the service."""

    statement = Statement("open", ("sign_in_name", "email", "name", "last_day"), WHILE_CURRENT)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(max_length=20, choices=Role.choices)
    sign_in_name = models.CharField(_("sign-in name"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    may_recover_by_email = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    last_day = models.DateField(_("last day at work"), null=True)
    language = models.CharField(max_length=10, default="en-gb")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    has_second_factor: bool = False

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_in_name=Lower("sign_in_name")), name="accounts_user_sign_in_name_lower"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def has_left(self, today: date) -> bool:
        """Whether the last day at work is over; the job that ends access may be a little late."""
        return self.last_day is not None and self.last_day < today

    @property
    def is_staff_member(self) -> bool:
        """Anybody but a portal account."""
        return self.role in STAFF

    @property
    def is_victim(self) -> bool:
        """A portal account."""
        return self.role == Role.VICTIM

    def get_full_name(self) -> str:
        """The name shown to colleagues."""
        return self.name

    @property
    def initials(self) -> str:
        """First letters of the name, as used on exhibits and in narrow columns."""
        return "".join(part[0].upper() for part in self.name.split() if part)


class EnrolmentCodeQuerySet(models.QuerySet["EnrolmentCode"]):
    """Questions about one-time codes."""

    def usable(self, now: datetime) -> "EnrolmentCodeQuerySet":
        """Not used, not expired, not tried too often."""
        return self.filter(used_at=None, expires_at__gt=now, wrong_count__lt=10)

    def of(self, user_id: UUID) -> "EnrolmentCodeQuerySet":
        """One account's codes."""
        return self.filter(user_id=user_id)


class EnrolmentCode(models.Model):
    """A one-time code that starts an account or lets its owner back in; only its digest is kept."""

    statement = Statement("open", ("user",), THIRTY_DAYS)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="enrolment_codes")
    digest = models.CharField(max_length=64, unique=True)
    first_group = models.CharField(max_length=64, default="", blank=True, db_index=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    wrong_count = models.PositiveSmallIntegerField(default=0)

    objects = EnrolmentCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="accounts_code_expires_later"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @staticmethod
    def digest_of(code: str) -> str:
        """SHA-256 of a code as its owner may type it: spaces, hyphens and case do not count."""
        plain = "".join(letter for letter in code.upper() if letter.isalnum())
        return hashlib.sha256(plain.encode()).hexdigest()


class KnownDevice(models.Model):
    """A browser that has signed this account in before: it is never slowed down. Only the cookie's digest is kept."""

    statement = Statement("open", ("user",), "90 days after its last use")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
