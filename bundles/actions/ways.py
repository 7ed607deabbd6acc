"""Ways out on which no file passes through a worker's hands: a link with a passcode, and the victim's portal."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.own_copies import CopyGone
from bundles.actions.releasing import WrongWay, go_out
from bundles.actions.shutting import RELEASE
from bundles.models import BundleRelease, PortalCopy, Way
from bundles.releases.given_files import given_file, given_files
from bundles.releases.limits import limits
from cases.actions.sharing import SharedFile, make_link
from cases.models import Case, ShareLink
from logs.models import Evidence


def give_link(*, release: BundleRelease, key: str, by: User) -> tuple[ShareLink, str, str]:
    """Make the link to one file of a release that goes by link; one made before to the same ends. Audited.

    Returns:
        the link, what its address ends with, and its passcode: both are shown once.

    Raises:
        WrongWay: it goes another way, or there is no such file; and whatever `go_out` refuses with.
    """
    if release.way != Way.LINK:
        raise WrongWay
    with transaction.atomic():
        release = go_out(release=release, by=by)
        bundle = release.bundle
        given = given_file(bundle, key, by)
        if given is None:
            raise WrongWay
        file = SharedFile(given.storage_name, given.media_type, given.size_bytes, given.sha256)
        return make_link(
            case=bundle.case, what=RELEASE, object_id=release.pk, file=file, to_name=release.to_name, by=by
        )


def portal_is_open(case: Case) -> bool:
    """Whether the victim has a portal to put something into."""
    return bool(case.is_portal_open and case.victim.user_id)


def put_into_portal(*, release: BundleRelease, by: User) -> PortalCopy:
    """Put the victim's own edition into the portal for some days; a second press changes nothing. Audited.

    Raises:
        WrongWay: it goes another way, there is no portal, or there are volumes; and whatever `go_out` refuses with.
    """
    is_one = len(given_files(release.bundle, by)) == 1  # volumes are put into her hands
    if release.way != Way.PORTAL or not portal_is_open(release.bundle.case) or not is_one:
        raise WrongWay
    with transaction.atomic():
        release = go_out(release=release, by=by)
        before = PortalCopy.objects.visible_to(by).filter(release=release).first()
        if before is not None:
            return before
        bundle, now = release.bundle, timezone.now()
        copy = PortalCopy(
            release=release, case_id=release.case_id, storage_name=bundle.storage_name, sha256=bundle.sha256,
            size_bytes=bundle.size_bytes, page_count=bundle.page_count, shown_files=bundle.shown_files or [],
            put_at=now, expires_at=now + timedelta(days=limits()["portal_copy_days"]),
        )  # fmt: skip
        copy.save(force_insert=True)
    return copy


def take_portal_copy(*, copy: PortalCopy, by: User) -> PortalCopy:
    """Record that she downloads a bundle that was put into her portal; the caller has asked for fresh proof.

    Raises:
        CopyGone: it expired, was taken back, or a file in it has been locked since.
    """
    with transaction.atomic():
        if not copy.can_be_taken(timezone.now()):
            raise CopyGone
        if Evidence.objects.visible_to(by).filter(pk__in=copy.shown_files).kept_apart().exists():
            raise CopyGone
        record(Action.BUNDLE_DOWNLOADED, target=copy, case_ids=[copy.case_id], detail={"sha256": copy.sha256})
    return copy
