"""Restorative justice in tests: a case with its people, and short ways through the stages."""

from datetime import date, timedelta

from django.utils import timezone

from cases.actions import give_consent
from cases.models import Task
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.restorative import end_restorative, move_restorative, open_restorative
from referrals.actions.signing_off import answer_sign_off, ask_sign_off
from referrals.models import RestorativeReferral
from referrals.rules.restorative import WAY, Outcome, Stage
from tests.factories import CaseFactory, TeamFactory, UserFactory


class World:
    """One open case with its worker, two managers of its team, and the victim in the portal."""

    def __init__(self):
        self.team = TeamFactory()
        self.worker = UserFactory(name="Sam Rowan", profile__team=self.team)
        self.manager = UserFactory(name="Ruth Hale", manager=True, profile__team=self.team)
        self.other_manager = UserFactory(name="Tom Ash", manager=True, profile__team=self.team)
        self.case = CaseFactory(team=self.team, worker=self.worker, portal=True)
        self.her = self.case.victim.user

    def open(self, case=None):
        with acting_as(self.worker.pk):
            return open_restorative(case=case or self.case, key=uuid7(), reason="to be heard", by=self.worker)

    def at(self, stage):
        """One that stands at a stage, by what the database holds alone; what must stand is not asked."""
        referral = self.open()
        found = {"stage": stage, "stage_before_hold": Stage.SUITABILITY if stage == Stage.ON_HOLD else ""}
        if stage in WAY and WAY.index(stage) >= WAY.index(Stage.METHOD):
            found["method"] = "letter"
        if stage in WAY and WAY.index(stage) >= WAY.index(Stage.HELD):
            found["held_on"] = timezone.localdate()
        if stage == Stage.CLOSED:
            found |= {"outcome": Outcome.COMPLETED, "ended_at": timezone.now()}
        RestorativeReferral.objects.filter(pk=referral.pk).update(**found)
        referral.refresh_from_db()
        return referral

    def move(self, referral, to, *, seen=None, key=None, by=None, **values):
        by = by or self.worker
        told = {"reason": "as agreed", "method": "letter", "held_on": timezone.localdate()} | values
        with acting_as(by.pk):
            return move_restorative(
                referral=referral, key=key or uuid7(), seen=Stage(seen or referral.stage), to=Stage(to), values=told,
                by=by,
            )  # fmt: skip

    def end(self, referral, outcome, **changes):
        said = {"key": uuid7(), "seen": Stage(referral.stage), "reason": "so it was"} | changes
        with acting_as(self.worker.pk):
            return end_restorative(referral=referral, outcome=Outcome(outcome), by=self.worker, **said)

    def agree(self, until=90, **changes):
        today = timezone.localdate()
        told = {"purpose": "restorative", "organisation": None, "recipient_name": "Hub", "what": "a talk"}
        told |= {"starts_on": today, "given_on": today, "how_given": "phone", "ends_on": today + timedelta(days=until)}
        with acting_as(self.worker.pk):
            return give_consent(case=self.case, key=uuid7(), values=told | changes, by=self.worker)

    def ask(self, referral, by=None):
        by = by or self.worker
        with acting_as(by.pk):
            return ask_sign_off(referral=referral, key=uuid7(), reason="risk is low now", by=by)

    def answer(self, request, is_given=True, by=None, looked_at=None):
        by, said = by or self.manager, {"reason": "agreed", "looked_at": looked_at or timezone.now()}
        with acting_as(by.pk):
            return answer_sign_off(request=request, is_given=is_given, by=by, **said)

    def signed(self, referral):
        return self.answer(self.ask(referral))

    def tasks(self, kind):
        return Task.objects.filter(case=self.case, kind=kind)


def day(shift=0) -> date:
    return timezone.localdate() + timedelta(days=shift)
