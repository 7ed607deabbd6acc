"""A bundle leaves the building: approved, recorded, and only while it is whole."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.models import Bundle, BundleItem, BundleRelease
from logs.actions.custody import note_custody
from logs.models import CustodyEvent, Evidence
from logs.models.evidence import EvidenceQuerySet

PASS_LASTS = timedelta(seconds=60)
APART = (CustodyEvent.Kind.LOCKED, CustodyEvent.Kind.QUARANTINED)
_signer = TimestampSigner(salt="bundles.release")


class NotReady(Exception):
    """There is no finished bundle to take."""


class NoPass(Exception):
    """Nobody has just approved that this person takes this bundle."""


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


def release_bundle(*, bundle: Bundle, by: User) -> BundleRelease:
    """Record that `by` approves and takes a finished bundle: a release, a custody event on each original, an event.

    The file itself goes out by `fetch_bundle`. One approver for now; the row has room for a second.

    Raises:
        NotReady: it is not finished, or is held.
    """
    with transaction.atomic():
        if not bundle.is_ready or is_held(bundle, by):
            raise NotReady
        release = BundleRelease(
            bundle=bundle, case_id=bundle.case_id, approved_by=by, taken_by=by, sha256=bundle.sha256, at=timezone.now()
        )
        release.save(force_insert=True)
        detail = {"sha256": bundle.sha256, "release": str(release.pk), "for": bundle.recipient}
        record(Action.BUNDLE_APPROVED, target=bundle, case_ids=[bundle.case_id], detail=detail)
        for evidence in _files(bundle, by).with_standing():
            is_in_it = _shows(bundle, evidence)
            note_custody(evidence, CustodyEvent.Kind.BUNDLED if is_in_it else CustodyEvent.Kind.LISTED, by=by)
    return release


def pass_for(release: BundleRelease) -> str:
    """What the address of the download carries: good for a minute, for this release and whoever approved it."""
    return _signer.sign(str(release.pk))


def fetch_bundle(*, bundle: Bundle, told: str, by: User) -> BundleRelease:
    """Record that the file goes out to `by`, who approved it within the last minute.

    Args:
        bundle: the finished bundle.
        told: the pass of its release.
        by: who takes it.

    Raises:
        NoPass: the pass is not ours, too old, or for something or somebody else; or the bundle is held since.
    """
    try:
        pk = _signer.unsign(told, max_age=PASS_LASTS)
    except BadSignature:
        raise NoPass from None
    with transaction.atomic():
        release = BundleRelease.objects.visible_to(by).filter(pk=pk, bundle=bundle, taken_by=by).first()
        if release is None or release.sha256 != bundle.sha256 or is_held(bundle, by):
            raise NoPass
        detail = {"sha256": bundle.sha256, "release": str(release.pk), "for": bundle.recipient}
        record(Action.BUNDLE_DOWNLOADED, target=bundle, case_ids=[bundle.case_id], detail=detail)
    return release
