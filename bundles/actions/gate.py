"""The gate before a release: how it stands, asking for a look, and a second person's word on a soft find."""

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.disclosure.withheld import mac_of, told_terms
from bundles.models import Bundle, BundleCheck, Colour, FalseAlarm, GateRun
from jobs.actions import ask, latest_for
from jobs.models import Job

_seen = Signer(salt="bundles.gate.seen")


class GateShut(Exception):
    """Nothing leaves: the file has not been looked over as it is now, or something in it is red."""


class NotSoft(Exception):
    """Words in the text of a file, or anything else that is certain, are never a false alarm."""


class NotSecond(Exception):
    """Whoever asked for the bundle, or is about to let it go, does not also say what in it is a false alarm."""


@dataclass(frozen=True)
class Gate:
    """How the gate stands for one bundle.

    Attributes:
        run: the look that counts: of this file, with today's list of what is withheld. None where there is none yet.
        reds: its finds that still stop a release; `yellows`, what could not be looked at.
        is_looking: a worker has it in hand.
        has_failed: the last look could not be made.
        is_outdated: it was looked over, but the list of what is withheld has changed since.
    """

    run: GateRun | None
    reds: int
    yellows: int
    is_looking: bool
    has_failed: bool
    is_outdated: bool

    @property
    def is_open(self) -> bool:
        """Whether a release may be approved."""
        return self.run is not None and not self.reds


def gate_of(bundle: Bundle, by: User) -> Gate:
    """How the gate stands for a bundle."""
    runs = GateRun.objects.visible_to(by).filter(bundle=bundle, sha256=bundle.sha256).order_by("-at")
    newest = runs.first()
    run = newest if newest and newest.terms_mac == mac_of(told_terms(bundle, by)) else None
    found = BundleCheck.objects.visible_to(by).filter(run=run) if run else BundleCheck.objects.none()
    job = None if run else latest_for(bundle.pk, "gate")
    return Gate(
        run=run,
        reds=found.filter(colour=Colour.RED, false_alarm=None).count(),
        yellows=found.filter(colour=Colour.YELLOW).count(),
        is_looking=job is not None and not job.is_over,
        has_failed=job is not None and job.state == Job.State.FAILED,
        is_outdated=newest is not None and run is None,
    )


def ask_gate(*, bundle: Bundle, by: User) -> None:
    """Have a finished bundle looked over; nothing happens while a worker has it in hand, or where a look counts."""
    with transaction.atomic():
        bundle = Bundle.objects.visible_to(by).select_for_update(of=("self",)).get(pk=bundle.pk)
        gate = gate_of(bundle, by)
        if bundle.is_ready and gate.run is None and not gate.is_looking:
            key = f"gate:{bundle.pk}:{timezone.now().timestamp()}"
            ask(name="gate", key=key, object_id=bundle.pk, case_id=bundle.case_id, by=by.pk)


def seen_mark(run: GateRun, by: User) -> str:
    """What a page that shows a look carries: proof that this person was shown it."""
    return _seen.sign(f"{run.pk}:{by.pk}")


def open_gate(bundle: Bundle, seen: str, by: User) -> GateRun:
    """The look that lets a bundle go, which `by` was shown.

    Raises:
        GateShut: there is none, something in it is red, or it is not the one that was shown.
    """
    gate = gate_of(bundle, by)
    try:
        shown = _seen.unsign(seen)
    except BadSignature:
        raise GateShut from None
    if gate.run is None or not gate.is_open or shown != f"{gate.run.pk}:{by.pk}":
        raise GateShut
    return gate.run


def call_false_alarm(*, check: BundleCheck, reason: str, by: User) -> FalseAlarm:
    """Say, with a reason, that words which a machine read off a picture are not those that are withheld. Audited.

    The same find is called so once.

    Raises:
        NotSoft: the find is certain.
        NotSecond: `by` asked for the bundle.
    """
    if not check.is_soft or check.colour != Colour.RED:
        raise NotSoft
    if check.bundle.asked_by_id == by.pk:
        raise NotSecond
    with transaction.atomic():
        Bundle.objects.visible_to(by).select_for_update(of=("self",)).get(pk=check.bundle_id)
        before = FalseAlarm.objects.visible_to(by).filter(found=check).first()
        if before is not None:
            return before
        alarm = FalseAlarm(found=check, case_id=check.case_id, by=by, reason=reason, at=timezone.now())
        alarm.save(force_insert=True)
        detail = {"check": str(check.pk), "page": check.page, "kind": check.what}
        record(Action.BUNDLE_FALSE_ALARM, target=check.bundle, case_ids=[check.case_id], detail=detail)
    return alarm
