"""Onward referrals for tests, each a step further than the one before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.models import Case, Consent
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from referrals.actions.onward import ask_without_consent, choose_consent, choose_shared, decide_without_consent
from referrals.actions.onward import make_referral as begin
from referrals.actions.onward_emergency import review_emergency, send_in_emergency
from referrals.actions.onward_fields import digest_of_fields, ticked_fields
from referrals.actions.onward_sending import Handed, send_referral
from referrals.models import Referral, SharingDecision, WithoutConsent

WHY: dict[str, Any] = {
    "gateway": "danger", "risk": "Threats to kill.", "necessity": "They can move the victim tonight.",
    "proportionality": "They need a name and a number.", "is_told": True, "not_told_because": None,
}  # fmt: skip


def organisation(slug: str = "hubton-housing", name: str = "Hubton Housing Help") -> Organisation:
    """An invented organisation of the directory."""
    said = {"what_for": "A safer place to live.", "confidence": "V", "source": "invented", "phone": "01632 960123"}
    return Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "area": "norfolk", **said})[0]


def made(case: Case, worker: User, to: Organisation | None = None, **more: Any) -> Referral:
    """Not sent: what is asked for stands in it, and it rests on nothing."""
    values = {"organisation": to or organisation(), "to_name": "Duty desk", "work_email": "", "work_phone": ""}
    values |= {"reason": "Not safe at home.", "asked_for": "A place for two."} | more
    with acting_as(worker.pk):
        return begin(case=case, key=uuid7(), values=values, by=worker)


def ticked(referral: Referral, worker: User, *names: str, summary: str = "Two adults, one dog.") -> Referral:
    """With what is to go."""
    told = {"ticked": names or ("name", "asked_for", "summary"), "summary": summary, "orders": ""}
    with acting_as(worker.pk):
        return choose_shared(referral=referral, version=referral.version, by=worker, **told)  # type: ignore[arg-type]


def agreed(
    case: Case, worker: User, to: Organisation | None = None, starts: int = 0, days: int = 30, purpose: str = "referral"
) -> Consent:
    """What the victim agreed to: this organisation, from a day on, for some days."""
    first = timezone.localdate() + timedelta(days=starts)
    return Consent.objects.create(
        case=case, number=Consent.objects.filter(case=case).count() + 1, purpose=purpose,
        organisation=to or organisation(), what="My name and what I need.", starts_on=first,
        ends_on=first + timedelta(days=days), how_given="phone", given_on=first, recorded_by=worker,
    )  # fmt: skip


def on_consent(referral: Referral, worker: User) -> Referral:
    """Resting on an agreement that covers it."""
    consent = agreed(referral.case, worker, referral.organisation)
    with acting_as(worker.pk):
        return choose_consent(referral=referral, consent=consent, by=worker)


def asked(referral: Referral, worker: User, manager: User, **more: Any) -> WithoutConsent:
    """A manager is asked to decide about sharing without consent."""
    with acting_as(worker.pk):
        told = {"key": uuid7(), "values": WHY | more, "manager": manager}
        return ask_without_consent(referral=referral, by=worker, **told)


def looked_at(referral: Referral) -> str:
    """The digest of what would go, for whoever looks at it now; called as somebody who may."""
    return digest_of_fields(ticked_fields(Referral.objects.get(pk=referral.pk)))


def approved(referral: Referral, worker: User, manager: User) -> Referral:
    """Resting on a manager's approval."""
    asking = asked(referral, worker, manager)
    with acting_as(manager.pk):
        decide_without_consent(
            asking=asking, is_approved=True, reason="It cannot wait.", seen=looked_at(referral), by=manager
        )
    return Referral.objects.get(pk=referral.pk)


def send(referral: Referral, worker: User) -> Handed:
    """Send it as it stands."""
    with acting_as(worker.pk):
        seen = digest_of_fields(ticked_fields(referral))
        return send_referral(referral=referral, seen=seen, by=worker)


REASONS: dict[str, Any] = {name: value for name, value in WHY.items() if name != "gateway"}


def in_emergency(referral: Referral, worker: User, manager: User | None, **more: Any) -> Handed:
    """Send it in an emergency."""
    with acting_as(worker.pk):
        told = {"values": REASONS | more, "manager": manager, "seen": looked_at(referral), "by": worker}
        return send_in_emergency(referral=referral, **told)


def reviewed(referral: Referral, by: User, *, is_approved: bool) -> SharingDecision:
    """A manager has looked at what was sent in an emergency."""
    asking = WithoutConsent.objects.get(referral=referral, is_emergency=True)
    seen = Referral.objects.get(pk=referral.pk).digest
    with acting_as(by.pk):
        return review_emergency(asking=asking, is_approved=is_approved, reason="Looked.", seen=seen, by=by)


def sent(case: Case, worker: User, fields: Sequence[str] = (), **more: Any) -> tuple[Referral, Handed]:
    """A referral on an agreement that went out, with these fields, and its link."""
    referral = on_consent(ticked(made(case, worker, **more), worker, *fields), worker)
    handed = send(referral, worker)
    return Referral.objects.get(pk=referral.pk), handed


def look(handed: Handed, passcode: str = "") -> Any:
    """The page behind the link, with the passcode, as a stranger's browser asks for it."""
    address = reverse("shared:open", args=[handed.token])
    return Client().post(address, {"passcode": passcode or handed.passcode})


def answer(handed: Handed, **more: Any) -> Any:
    """A partner's answer at the link: accepted, unless told otherwise."""
    address = reverse("shared:open", args=[handed.token])
    return Client().post(address, {"answer": "accept", "words": "", "passcode": handed.passcode} | more)
