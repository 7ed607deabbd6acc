"""The clockwork of this room."""

from celery import shared_task

from referrals import working


@shared_task(name="referrals.support_due", ignore_result=True)
def support_due() -> None:
    """Ask for today's look at support without a session."""
    working.ask_for_sessions()
