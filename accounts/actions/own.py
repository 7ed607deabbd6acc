"""What people change about their own account."""

import re

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actions.ending import end_sessions
from accounts.models import KnownDevice, User
from audit.actions import record
from audit.models import Action

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{5,39}")


@transaction.atomic
def change_password(*, request: HttpRequest, password: str, by: User) -> None:
    """Change one's own password: this browser stays signed in, under a new session id; every other is signed out."""
    by.set_password(password)
    by.save(update_fields=["password"])
    update_session_auth_hash(request, by)
    end_sessions(by.pk, but=request.session.session_key or "")
    KnownDevice.objects.filter(user=by).delete()
    record(Action.PASSWORD_CHANGED, target=by)


@transaction.atomic
def set_sign_in_name(*, sign_in_name: str, by: User) -> None:
    """Change one's own sign-in name; only portal accounts have one to choose.

    Raises:
        PermissionDenied: a colleague, whose sign-in name is their e-mail.
        ValidationError: not 6 to 40 small letters, figures, dots and hyphens, or taken.
    """
    if not by.is_victim:
        raise PermissionDenied
    name = sign_in_name.strip().lower()
    if not SIGN_IN_NAME.fullmatch(name):
        raise ValidationError(_("Use 6 to 40 letters, numbers, dots and hyphens, with no spaces"))
    try:
        with transaction.atomic():
            User.objects.filter(pk=by.pk).update(sign_in_name=name)
    except IntegrityError as error:
        raise ValidationError(_("Choose another name: this one cannot be used")) from error
    by.sign_in_name = name
    record(Action.ACCOUNT_CHANGED, target=by, detail={"fields": ["sign_in_name"]})
