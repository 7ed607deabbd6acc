"""The file itself: a pass of a minute for one person, one sign-in and one release."""

import hashlib
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.releasing import is_held, standing_of
from bundles.models import Bundle, BundleRelease, ReleaseStep
from bundles.releases.given_files import FIRST, GivenFile, given_file
from bundles.releases.rules import Standing

PASS_LASTS = timedelta(seconds=60)
_signer = TimestampSigner(salt="bundles.release")


class NoPass(Exception):
    """Nobody has just said that this person, in this sign-in, takes this file."""


def pass_for(release: BundleRelease, by: User, session_key: str, key: str = FIRST) -> str:
    """What the address of the download carries: good for a minute, for this file, person and sign-in."""
    return _signer.sign(f"{release.pk}:{key}:{_bound_to(release, key, by, session_key)}")


def _bound_to(release: BundleRelease, key: str, by: User, session_key: str) -> str:
    told = f"{release.pk}|{release.sha256}|{key}|{by.pk}|{session_key}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def fetch_bundle(*, bundle: Bundle, told: str, by: User, session_key: str) -> GivenFile:
    """Record that the file goes out to `by`, who took it out within the last minute.

    Args:
        bundle: the finished bundle.
        told: the pass of its release.
        by: who takes it.
        session_key: the sign-in it is taken in.

    Returns:
        the file.

    Raises:
        NoPass: the pass is not ours, too old, or for something, somebody or some sign-in else; or it was recalled, or
            is held, since.
    """
    try:
        pk, key, bound = _signer.unsign(told, max_age=PASS_LASTS).split(":")
    except (BadSignature, ValueError):
        raise NoPass from None
    with transaction.atomic():
        release = BundleRelease.objects.visible_to(by).filter(pk=pk, bundle=bundle).first()
        file = given_file(bundle, key, by)
        if release is None or file is None or bound != _bound_to(release, key, by, session_key):
            raise NoPass
        if release.sha256 != bundle.sha256 or standing_of(release) != Standing.OUT or is_held(bundle, by):
            raise NoPass
        ReleaseStep(
            release=release, case_id=release.case_id, kind=ReleaseStep.Kind.TAKEN, by=by, at=timezone.now()
        ).save(force_insert=True)  # fmt: skip
        detail = {"sha256": file.sha256, "release": str(release.pk), "for": bundle.recipient}
        record(Action.BUNDLE_DOWNLOADED, target=bundle, case_ids=[bundle.case_id], detail=detail)
    return file
