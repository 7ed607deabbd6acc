"""A bundle leaves the building: approved by two people, held for some minutes, taken out, and recalled if need be."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.gate import GateShut, gate_of, open_gate
from bundles.actions.shutting import shut_ways
from bundles.building.notices import answered
from bundles.models import Bundle, BundleItem, BundleRelease, ReleaseReceipt, ReleaseStep
from bundles.models.releases import moments
from bundles.releases.limits import times
from bundles.releases.rules import MOVES, Standing, Times, needs_two, standing, ways_for
from cases.actions.tasks import finish_key, raise_task
from cases.models import Allocation, Task, Wall
from logs.actions.custody import note_custody_of_all
from logs.models import CustodyEvent, Evidence
from logs.models.evidence import EvidenceQuerySet
from nsvcs.access import Role

APART = (CustodyEvent.Kind.LOCKED, CustodyEvent.Kind.QUARANTINED)


class NotReady(Exception):
    """There is no finished bundle to take, or it is held."""


class WrongWay(Exception):
    """Such a bundle does not go that way."""


class SamePerson(Exception):
    """The second approval is another person's."""


class Moved(Exception):
    """The release does not stand where this move starts.

    Attributes:
        now: where it stands.
    """

    def __init__(self, now: Standing) -> None:
        """Keep where it stands."""
        super().__init__(now)
        self.now = now


def is_held(bundle: Bundle, by: User) -> bool:
    """Whether a file of a finished bundle was locked, or a virus found in it, after the bundle was asked for.

    The bundle may show it, so it stays here. One asked for since shows a placeholder, and is not held.
    """
    since = CustodyEvent.objects.filter(at__gt=bundle.asked_at, kind__in=APART).values("evidence_id")
    return _files(bundle, by).kept_apart().filter(pk__in=since).exists()


def _files(bundle: Bundle, by: User) -> EvidenceQuerySet:
    items = BundleItem.objects.visible_to(by).printed().filter(bundle=bundle, kind=BundleItem.Kind.EVIDENCE)
    return Evidence.objects.visible_to(by).filter(pk__in=items.values("object_id"))


def _shows(bundle: Bundle, evidence: Evidence) -> bool:
    """Whether something of this file is printed in it, and not only a page that says why not."""
    if bundle.shown_files is None:
        return not (evidence.standing.is_locked or evidence.standing.is_infected)
    return str(evidence.pk) in bundle.shown_files


def standing_of(release: BundleRelease, told: Times | None = None) -> Standing:
    """Where a release stands now; `told`, how long each part stands, where many are asked about."""
    return standing(
        needs_two=release.needs_two, approved_at=release.at, moments=moments(release), times=told or times(),
        now=timezone.now(),
    )  # fmt: skip


def approve(
    *, bundle: Bundle, way: str, to_name: str, seen: str, by: User, second: User | None = None
) -> BundleRelease:
    """Approve that a finished bundle goes one way to one person. The caller has asked for fresh proof. Audited.

    What goes to anyone but the victim waits for a second person, for whom a task is raised.

    Args:
        bundle: the finished bundle; the approval is of this file, by its digest.
        way: one of `rules.ways_for` its recipient.
        to_name: the person or office it goes to.
        seen: the mark of the gate's page that `by` was shown.
        by: the first to approve; may be who asked for it.
        second: who is asked to be the second; anybody else on the case may be it too.

    Raises:
        NotReady: it is not finished, or is held.
        GateShut: the gate does not let it go, or `by` was not shown it as it is.
        WrongWay: such a bundle does not go that way.
    """
    with transaction.atomic():
        bundle = _locked(bundle, by)
        if not bundle.is_ready or is_held(bundle, by):
            raise NotReady
        if way not in ways_for(bundle.recipient):
            raise WrongWay
        run = open_gate(bundle, seen, by)
        release = BundleRelease(
            bundle=bundle, case_id=bundle.case_id, way=way, to_name=to_name, needs_two=needs_two(bundle.recipient),
            run=run, approved_by=by, sha256=bundle.sha256, at=timezone.now(),
        )  # fmt: skip
        release.save(force_insert=True)
        answered(bundle.pk, by)
        detail = _detail(release) | {"way": str(way), "run": str(run.pk)}
        record(Action.BUNDLE_APPROVED, target=bundle, case_ids=[bundle.case_id], detail=detail)
        if release.needs_two:
            title = _("Look at a bundle and approve it as the second person")
            due = timezone.localdate()
            raise_task(bundle.case, Task.Kind.SECOND_LOOK, title, due, key=_task_key(release), to=second)
    return release


def _locked(bundle: Bundle, by: User) -> Bundle:
    """One move of a bundle's releases at a time: the second of two sees what the first did."""
    rows = Bundle.objects.visible_to(by).select_for_update(of=("self",)).select_related("case__victim")
    return rows.get(pk=bundle.pk)


def _begin(release: BundleRelease, move: str, by: User) -> BundleRelease:
    """Lock, look again, and refuse a move that does not start where the release stands."""
    _locked(release.bundle, by)
    fresh = BundleRelease.objects.visible_to(by).select_related("bundle__case__victim").get(pk=release.pk)
    now = standing_of(fresh)
    if now not in MOVES[move]:
        raise Moved(now)
    return fresh


def _step(release: BundleRelease, kind: ReleaseStep.Kind, by: User, reason: str = "") -> None:
    ReleaseStep(
        release=release, case_id=release.case_id, kind=kind, by=by, at=timezone.now(), reason=reason
    ).save(force_insert=True)  # fmt: skip


def _detail(release: BundleRelease) -> dict[str, str]:
    return {"sha256": release.sha256, "release": str(release.pk), "for": release.bundle.recipient}


def _task_key(release: BundleRelease) -> str:
    return f"second:{release.pk}"


def approve_second(*, release: BundleRelease, seen: str, by: User) -> BundleRelease:
    """Approve as the second person; the minutes in which it can be recalled begin. Audited.

    Raises:
        SamePerson: `by` approved first.
        Moved: it does not wait for a second person.
        NotReady: it is held, or another file than was approved.
        GateShut: the gate does not let it go, or `by` was not shown it as it is.
    """
    with transaction.atomic():
        release = _begin(release, "second", by)
        if release.approved_by_id == by.pk:
            raise SamePerson
        _refuse_changed(release, by)
        open_gate(release.bundle, seen, by)
        _step(release, ReleaseStep.Kind.SECOND, by)
        finish_key(_task_key(release), by)
        record(Action.BUNDLE_APPROVED_TWICE, target=release.bundle, case_ids=[release.case_id], detail=_detail(release))
    return release


def _refuse_changed(release: BundleRelease, by: User) -> None:
    bundle = release.bundle
    if not bundle.is_ready or release.sha256 != bundle.sha256 or is_held(bundle, by):
        raise NotReady


def recall(*, release: BundleRelease, reason: str, by: User) -> BundleRelease:
    """Take a release back: nothing of it leaves any more. Anybody on the case may, in one step. Audited.

    Where it has left already, its ways are shut at once and somebody is to ring whom it went to.

    Raises:
        Moved: it was recalled before.
    """
    with transaction.atomic():
        release = _begin(release, "recall", by)
        was_out = "out" in moments(release)
        _step(release, ReleaseStep.Kind.RECALLED, by, reason)
        finish_key(_task_key(release), by)
        shut_ways(release, by)
        if was_out:
            title = _("Ring whom a bundle went to: a fault was found in it and it must not be used")
            raise_task(release.bundle.case, Task.Kind.RECALL, title, timezone.localdate(), key=f"recall:{release.pk}")
        detail = _detail(release) | {"was_out": was_out}
        record(Action.BUNDLE_RECALLED, target=release.bundle, case_ids=[release.case_id], detail=detail)
    return release


def go_out(*, release: BundleRelease, by: User) -> BundleRelease:
    """Note that a release goes out: the first time with a custody event on each original. Audited.

    Raises:
        Moved: it may not go yet, or not any more.
        NotReady: it is held, or another file than was approved.
        GateShut: what is withheld has changed since, or something was found.
    """
    with transaction.atomic():
        release = _begin(release, "take", by)
        _refuse_changed(release, by)
        _refuse_shut(release, by)
        if "out" in moments(release):
            return release
        _step(release, ReleaseStep.Kind.OUT, by)
        record(Action.BUNDLE_SENT, target=release.bundle, case_ids=[release.case_id], detail=_detail(release))
        kinds = {True: CustodyEvent.Kind.BUNDLED, False: CustodyEvent.Kind.LISTED}
        files = _files(release.bundle, by).with_standing()
        note_custody_of_all(((each, kinds[_shows(release.bundle, each)]) for each in files), by=by)
    return release


def _refuse_shut(release: BundleRelease, by: User) -> None:
    if not gate_of(release.bundle, by).is_open:
        raise GateShut


def note_receipt(*, release: BundleRelease, said: dict[str, object], by: User) -> ReleaseReceipt:
    """Note that the other side confirmed it came. Audited.

    Raises:
        Moved: it has not left.
    """
    with transaction.atomic():
        release = _begin(release, "receipt", by)
        receipt = ReleaseReceipt(release=release, case_id=release.case_id, noted_by=by, at=timezone.now(), **said)
        receipt.save(force_insert=True)
        record(Action.BUNDLE_RECEIPT, target=release.bundle, case_ids=[release.case_id], detail=_detail(release))
    return receipt


def may_be_second(bundle: Bundle, by: User) -> Sequence[User]:
    """Who could be asked to be the second person: the case's other workers and the managers of its team."""
    now = timezone.now()
    on_it = Allocation.objects.current(now).visible_to(by).filter(case=bundle.case_id).values("worker_id")
    walled = Wall.objects.visible_to(by).filter(case=bundle.case_id).values("person_id")
    managers = Q(role=Role.MANAGER, staff_profile__team=bundle.case.team_id)
    people = User.objects.filter(Q(pk__in=on_it) | managers, is_active=True).exclude(pk=by.pk).exclude(pk__in=walled)
    return list(people.order_by("name").distinct())
