"""The clockwork of this room."""

from celery import shared_task

from referrals import equipment_working, working
from referrals.actions.onward_working import ask_for_look


@shared_task(name="referrals.support_due", ignore_result=True)
def support_due() -> None:
    """Ask for today's look at support without a session."""
    working.ask_for_sessions()


@shared_task(name="referrals.look_at_referrals", ignore_result=True)
def look_at_referrals() -> None:
    """Ask for this hour's look at the answers that are waited for."""
    ask_for_look()


@shared_task(name="referrals.late_equipment", ignore_result=True)
def late_equipment() -> None:
    """Ask for today's look at loans that are late to come back or for a test."""
    equipment_working.ask_for_late()
