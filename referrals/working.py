"""What workers do for this room: support without a session is asked after."""

from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.tasks import raise_task
from cases.models import Task
from jobs.actions import ask
from jobs.working import Work
from nsvcs.identity import acting_as
from reference.models import Limit
from referrals.actions.support import due_key
from referrals.models import SupportEpisode
from referrals.rules.support import AWAITS_SESSION, session_missed_from

FIRST_DAYS = 14


def session_days() -> int:
    """How many days support may be without a session, as the service has set it; 14 where nothing is loaded."""
    found = Limit.objects.filter(key="support_session_days").values_list("value", flat=True).first()
    return FIRST_DAYS if found is None else found


def ask_for_sessions() -> int:
    """Ask for a look at each episode that was accepted and has gone without a session too long; returns how many."""
    with acting_as(process="worker"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM support_without_session(%s, %s)", [timezone.localdate(), session_days()])
            found = cursor.fetchall()
        for episode_id, case_id, last_on in found:
            key = f"{due_key(episode_id, last_on)}:{timezone.localdate()}"
            ask(name="support_due", key=key, object_id=episode_id, case_id=case_id, by=None)
    return len(found)


def support_due(work: Work) -> None:
    """Raise one task for whoever holds the case, if no session came since the worker was asked."""
    with work.acting():
        episode = SupportEpisode.objects.select_related("service", "case").get(pk=work.object_id)
        today, days = timezone.localdate(), session_days()
        last_on = last_day_of(episode)
        is_open = episode.state in AWAITS_SESSION and not episode.case.is_closed
        if last_on is not None and is_open and today >= session_missed_from(last_on, days):
            title = _("No session for %(days)s days: %(service)s. Hold one, or say why not") % {
                "days": (today - last_on).days, "service": episode.service.name
            }  # fmt: skip
            raise_task(episode.case, Task.Kind.SUPPORT_DUE, title, today, key=due_key(episode.pk, last_on))
        work.finish()


def last_day_of(episode: SupportEpisode) -> date | None:
    """When the support was accepted or taken up again, or of the last session that took place; the later of them."""
    moved = episode.moves.filter(to_state__in=AWAITS_SESSION).values_list("on", flat=True)
    days = [*moved, *(timezone.localdate(at) for at in episode.sessions.held().values_list("at", flat=True))]
    return max(days, default=None)
