"""A bundle leaves the building: approved, recorded, and only while it is whole."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.models import Bundle, BundleItem, BundleRelease
from logs.models import CustodyEvent, Evidence

PASS_LASTS = timedelta(seconds=60)
_signer = TimestampSigner(salt="bundles.release")


class NotReady(Exception):
    """There is no finished bundle to take."""


class NoPass(Exception):
    """Nobody has just approved that this person takes this bundle."""


def release_bundle(*, bundle: Bundle, by: User) -> BundleRelease:
    """Record that `by` approves and takes a finished bundle: a release, a custody event on each original, an event.

    The file itself goes out by `fetch_bundle`. One approver for now; the row has room for a second.

    Raises:
        NotReady: it is not finished.
    """
    with transaction.atomic():
        if not bundle.is_ready:
            raise NotReady
        release = BundleRelease(
            bundle=bundle, case_id=bundle.case_id, approved_by=by, taken_by=by, sha256=bundle.sha256, at=timezone.now()
        )
        release.save(force_insert=True)
        detail = {"sha256": bundle.sha256, "release": str(release.pk), "for": bundle.recipient}
        record(Action.BUNDLE_APPROVED, target=bundle, case_ids=[bundle.case_id], detail=detail)
        files = BundleItem.objects.visible_to(by).filter(bundle=bundle, kind=BundleItem.Kind.EVIDENCE)
        for evidence in Evidence.objects.visible_to(by).filter(pk__in=files.values("object_id")):
            CustodyEvent(
                evidence=evidence, case_id=bundle.case_id, kind=CustodyEvent.Kind.BUNDLED, by_id=by.pk,
                by_role=by.role, sha256=evidence.sha256, at=timezone.now(),
            ).save(force_insert=True)  # fmt: skip
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
        NoPass: the pass is not ours, too old, or for something or somebody else.
    """
    try:
        pk = _signer.unsign(told, max_age=PASS_LASTS)
    except BadSignature:
        raise NoPass from None
    with transaction.atomic():
        release = BundleRelease.objects.visible_to(by).filter(pk=pk, bundle=bundle, taken_by=by).first()
        if release is None or release.sha256 != bundle.sha256:
            raise NoPass
        detail = {"sha256": bundle.sha256, "release": str(release.pk), "for": bundle.recipient}
        record(Action.BUNDLE_DOWNLOADED, target=bundle, case_ids=[bundle.case_id], detail=detail)
    return release
