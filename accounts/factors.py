"""Second factors: each code works once."""

import hmac
import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction

from accounts.keys import open_secret
from accounts.models import User

USED = "used_step"


@transaction.atomic
def check_code(user: User, code: str) -> Authenticator | None:
    """The factor a typed code belongs to: an authenticator app's present code or an unused recovery code.

    An app's code works once: the 30-second step it belongs to is kept on the row, and neither that step nor an
    earlier one is taken again. The rows are locked, so that two tries at once cannot both succeed.
    """
    rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for row in rows.order_by("-type"):
        fits = app_code_fits(row, code) if row.type == Authenticator.Type.TOTP else row.wrap().validate_code(code)
        if fits:
            return row
    return None


def app_code_fits(row: Authenticator, code: str) -> bool:
    """Whether this is the app's code of the present step, not used before; if so it is used now."""
    step = int(time.time()) // app_settings.TOTP_PERIOD
    expected = format_hotp_value(hotp_value(open_secret(row.data["secret"]), step))
    typed = "".join(letter for letter in code if letter.isalnum())
    if not hmac.compare_digest(typed.encode(), expected.encode()) or step <= row.data.get(USED, 0):
        return False
    row.data[USED] = step
    row.save(update_fields=["data"])
    return True


def mark_present_step_used(user: User) -> None:
    """The code an app was set up with is used too."""
    for row in Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.TOTP):
        row.data[USED] = int(time.time()) // app_settings.TOTP_PERIOD
        row.save(update_fields=["data"])
