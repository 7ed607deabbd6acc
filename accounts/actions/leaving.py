"""A colleague leaves on a date: access ends with that day, by a job, whoever is there to press a button."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.ending import close_account, require_may_end
from accounts.actions.enrolment import require_administrator
from accounts.models import User
from audit.actions import record
from audit.models import Action
from jobs.actions import ask
from jobs.working import Work

KIND = "leave"
LONDON = ZoneInfo("Europe/London")


@transaction.atomic
def set_last_day(*, user: User, last_day: date | None, by: User) -> None:
    """Record a colleague's last day at work, included (Europe/London); none takes it back. Audited.

    Raises:
        PermissionDenied: not an administrator, a portal account, or oneself.
        ValidationError: the day is past; then access is ended now instead.
    """
    require_administrator(by)
    require_may_end(user, by)
    if last_day is not None and last_day < timezone.localdate():
        raise ValidationError(_("The last day must be today or later"))
    user.last_day = last_day
    user.save(update_fields=["last_day"])
    record(Action.ACCOUNT_CHANGED, target=user, detail={"fields": ["last_day"]})
    if last_day is not None:
        over = datetime.combine(last_day + timedelta(days=1), time(0), LONDON)
        key = f"{KIND}:{user.pk}:{last_day}:{timezone.now():%Y%m%d%H%M%S%f}"
        ask(name=KIND, key=key, object_id=user.pk, case_id=None, by=None, delay=over - timezone.now())


def end_leaver(work: Work) -> None:
    """The job: end access if the last day it was asked for still stands, and is over."""
    with work.acting():
        user = User.objects.select_for_update().filter(pk=work.object_id, is_active=True).left(timezone.localdate())
        for person in user:
            close_account(person)
        work.finish()
