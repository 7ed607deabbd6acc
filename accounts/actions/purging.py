"""What is thrown away by itself: nothing here outlives its use."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts import throttle
from accounts.actions.signing import DEVICE_LASTS
from accounts.models import EnrolmentCode, KnownDevice, Session

CODES_KEPT = timedelta(days=30)


@transaction.atomic
def purge() -> dict[str, int]:
    """Delete what has had its time.

    Sign-ins go after 30 days (they belong to their owners by row security, so a function of the database deletes
    them), codes 30 days after they ran out, known browsers 90 days after their last use, counts of wrong tries after
    a day, and sessions that are over.

    Returns:
        how many rows went, by kind.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_purge_sign_ins()")
        sign_ins = int(cursor.fetchone()[0])
    return {
        "sign_ins": sign_ins,
        "codes": EnrolmentCode.objects.filter(expires_at__lt=now - CODES_KEPT).delete()[0],
        "devices": KnownDevice.objects.filter(used_at__lt=now - DEVICE_LASTS).delete()[0],
        "counts": throttle.purge(now),
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
    }
