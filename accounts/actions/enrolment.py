"""How an account begins, and how its owner gets back in: a one-time code, given by hand, of which we keep a digest."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.ending import end_sessions
from accounts.keys import keyed_digest
from accounts.models import EnrolmentCode, StaffProfile, Team, User
from audit.actions import record
from audit.models import Action
from nsvcs.access import CASEWORK, STAFF, Role
from nsvcs.identity import acting_as
from nsvcs.ids import CODE_GROUP, normalise_code, one_time_code, three_words

CODE_LASTS = {"staff": timedelta(hours=72), "portal": timedelta(hours=24), "message": timedelta(hours=1)}
NAME_TRIES = 20
CODE_DOES_NOT_WORK = gettext_lazy("This code does not work. Check it, or ask for a new one.")


@transaction.atomic
def invite_staff(*, name: str, email: str, role: str, team: Team | None, by: User | None) -> tuple[User, str]:
    """Make a colleague's account, without a password, and the code that starts it.

    Args:
        name: as colleagues know them.
        email: also the sign-in name.
        role: any role but the portal's.
        team: the office they belong to; none for somebody of no office.
        by: an administrator; none only for the command that makes the first one.

    Returns:
        the account, and the code to hand over: it is shown once and works for 72 hours.

    Raises:
        PermissionDenied: whoever asks is not an administrator.
        ValidationError: the address has an account already, or the role is not a colleague's.
    """
    require_administrator(by)
    if role not in STAFF:
        raise ValidationError({"role": _("Choose a role")})
    sign_in_name = email.strip().lower()
    if User.objects.filter(sign_in_name=sign_in_name).exists():
        raise ValidationError({"email": _("There is already an account with this email address")})
    user = User(role=role, sign_in_name=sign_in_name, email=sign_in_name, name=name.strip())
    user.set_unusable_password()
    user.save(force_insert=True)
    StaffProfile.objects.create(user=user, team=team)
    record(Action.ACCOUNT_INVITED, target=user, detail={"role": role}, by=by.pk if by else None)
    return user, give_code(user=user, by=by)


@transaction.atomic
def make_portal_account(*, by: User) -> User:
    """Make a portal account: three plain words as sign-in name, no password until a code is claimed.

    Raises:
        PermissionDenied: whoever asks may not hold a case.
    """
    if by.role not in CASEWORK:
        raise PermissionDenied
    for _try in range(NAME_TRIES):
        user = User(role=Role.VICTIM, sign_in_name=three_words())
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            continue
        record(Action.ACCOUNT_INVITED, target=user, detail={"role": Role.VICTIM})
        return user
    raise RuntimeError("no free sign-in name was found")


@transaction.atomic
def give_code(*, user: User, by: User | None, lasts: str = "") -> str:
    """Make a one-time code for an account; earlier ones stop working. The caller shows it once and forgets it.

    Args:
        user: whose account it starts, or lets its owner back into.
        by: an administrator for a colleague; for a portal account somebody who may see its case (the page checks that);
            none for a command, or for a message its owner asked for.
        lasts: `staff` (72 hours), `portal` (24 hours) or `message` (1 hour); by default what the account is.

    Raises:
        PermissionDenied: whoever asks may not give codes for this account, or its access has ended.
    """
    if user.is_staff_member:
        require_administrator(by)
    elif by is not None and by.role not in CASEWORK:
        raise PermissionDenied
    if not user.is_active:
        raise PermissionDenied
    now, code = timezone.now(), one_time_code()
    EnrolmentCode.objects.of(user.pk).usable(now).update(expires_at=now)
    EnrolmentCode.objects.create(
        user=user,
        digest=EnrolmentCode.digest_of(code),
        first_group=first_group_of(code),
        created_by=by.pk if by else None,
        expires_at=now + CODE_LASTS[lasts or ("staff" if user.is_staff_member else "portal")],
    )
    action = Action.ACCOUNT_CHANGED if user.is_staff_member else Action.PORTAL_GIVEN
    record(action, target=user, detail={"fields": ["code"]}, by=by.pk if by else None)
    return code


@transaction.atomic
def claim_code(*, code: str, password: str) -> User:
    """Use a one-time code: its account gets this password, and everybody signed in to it is signed out.

    The event is written as the account's owner. A second factor stays: losing it is a matter for `reset_factors`.

    Raises:
        ValidationError: there is no such code, or it was used, ran out, or was guessed at ten times.
    """
    found = EnrolmentCode.objects.select_for_update().select_related("user")
    row = found.usable(timezone.now()).filter(digest=EnrolmentCode.digest_of(code), user__is_active=True).first()
    if row is None:
        raise ValidationError(CODE_DOES_NOT_WORK, code="wrong")
    user = row.user
    user.set_password(password)
    user.save(update_fields=["password"])
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    end_sessions(user.pk)
    with acting_as(user.pk):
        record(Action.PORTAL_CLAIMED if user.is_victim else Action.PASSWORD_CHANGED, target=user)
    return user


def owner_of(code: str) -> User | None:
    """Whose account a code opens; none for a code that does not work."""
    digest = EnrolmentCode.digest_of(code)
    row = EnrolmentCode.objects.usable(timezone.now()).select_related("user").filter(digest=digest).first()
    return row.user if row is not None and row.user.is_active else None


def wrong_code(*, code: str) -> None:
    """Count a wrong guess against the code it begins like, so that part of a code seen does not help for long."""
    EnrolmentCode.objects.usable(timezone.now()).filter(first_group=first_group_of(code)).update(
        wrong_count=F("wrong_count") + 1
    )


def first_group_of(code: str) -> str:
    """A keyed digest of a code's first four letters."""
    return keyed_digest(b"nsvcs code group v1", normalise_code(code)[:CODE_GROUP])


def require_administrator(by: User | None) -> None:
    """Refuse everybody but an administrator; none stands for a command.

    Raises:
        PermissionDenied: a person of another role.
    """
    if by is not None and by.role != Role.ADMINISTRATOR:
        raise PermissionDenied
