"""A case with a worker, and support on it: shared by the tests of support."""

from datetime import timedelta

from django.utils import timezone

from cases.models import ContentClass
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.sessions import record_session
from referrals.actions.support import move_support, offer_support
from referrals.models import SupportService
from referrals.rules.support import EpisodeState


def catalogue():
    """One service, as loading makes it."""
    said = {"name": "Advocacy", "kind": "advocacy", "what": "x", "source": "x", "confidence": "G"}
    return SupportService.objects.get_or_create(code="advocacy", defaults=said)[0]


def day(ago):
    return timezone.localdate() - timedelta(days=ago)


def offer(case, by, *, ago=30, key=None, goal="to be heard", needs=("safety",)):
    service = catalogue()
    with acting_as(by.pk):
        return offer_support(case=case, key=key or uuid7(), service=service, goal=goal, needs=needs, on=day(ago), by=by)


def move(episode, to, by, *, ago=20, key=None, was=None, reason="agreed"):
    episode.refresh_from_db()
    with acting_as(by.pk):
        return move_support(
            episode=episode, key=key or uuid7(), was=EpisodeState(was or episode.state), to=EpisodeState(to),
            reason=reason, on=day(ago), by=by,
        )  # fmt: skip


def session(episode, by, *, ago=10, key=None, note="", kept_apart="", **more):
    values = {
        "at": timezone.now() - timedelta(days=ago), "minutes": 30, "mode": "phone", "attendance": "attended",
        "worker_id": by.pk, "did": [], "content_class": ContentClass.ADVOCACY,
    } | more  # fmt: skip
    if values["attendance"] != "attended":
        values["minutes"] = None
    with acting_as(by.pk):
        return record_session(
            episode=episode, key=key or uuid7(), values=values, note=note, kept_apart=kept_apart, by=by
        )
