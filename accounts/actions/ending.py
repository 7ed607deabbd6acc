"""How access ends: at once, since a session is a row."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import EnrolmentCode, KnownDevice, Session, SignIn, User
from audit.actions import record
from audit.models import Action
from nsvcs.access import CASEWORK, Role


def end_sessions(user_id: UUID, *, but: str = "") -> int:
    """Delete an account's sessions, `but` one; returns how many. Each is dead on its next request."""
    return Session.objects.of(user_id).exclude(session_key=but).delete()[0]


def require_may_end(user: User, by: User) -> None:
    """Refuse whoever may not end this account's access: nobody ends their own.

    Raises:
        PermissionDenied: not an administrator for a colleague, not a caseworker for a portal account, or oneself.
    """
    allowed = CASEWORK if user.is_victim else {Role.ADMINISTRATOR}
    if by.role not in allowed or by.pk == user.pk:
        raise PermissionDenied


@transaction.atomic
def end_access(*, user: User, by: User) -> None:
    """End an account's access now: no session, code or known browser of it is left.

    Raises:
        PermissionDenied: see `require_may_end`.
    """
    require_may_end(user, by)
    close_account(user)


def close_account(user: User) -> None:
    """What ending access is; whoever calls this has asked whether it may be."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user.pk)
    EnrolmentCode.objects.of(user.pk).filter(used_at=None).delete()
    KnownDevice.objects.filter(user=user).delete()
    record(Action.PORTAL_ENDED if user.is_victim else Action.ACCOUNT_ENDED, target=user)


@transaction.atomic
def restore_access(*, user: User, by: User) -> None:
    """Open an ended account again, without a password: its owner needs a new code.

    Raises:
        PermissionDenied: see `require_may_end`.
    """
    require_may_end(user, by)
    user.is_active, user.last_day = True, None
    user.set_unusable_password()
    user.save(update_fields=["is_active", "last_day", "password"])
    record(Action.ACCOUNT_CHANGED, target=user, detail={"fields": ["is_active"]})


@transaction.atomic
def reset_factors(*, user: User, by: User) -> None:
    """Take away all second factors of somebody who lost theirs, and sign them out everywhere.

    Raises:
        PermissionDenied: see `require_may_end`.
    """
    require_may_end(user, by)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user.pk)
    record(Action.FACTOR_RESET, target=user)


@transaction.atomic
def sign_out_elsewhere(*, user: User, session_key: str, by: User) -> int:
    """End all of one's own sessions but this one, and forget the browsers that were known.

    Returns:
        how many other sessions there were.
    """
    ended = end_sessions(user.pk, but=session_key)
    KnownDevice.objects.filter(user=user).delete()
    SignIn.objects.filter(user=user, ended_at=None).exclude(session_key=session_key).update(ended_at=timezone.now())
    record(Action.SESSIONS_ENDED, target=by, detail={"count": ended})
    return ended
