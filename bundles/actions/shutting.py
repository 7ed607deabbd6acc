"""What shuts the ways out that a release opened."""

from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import User
from bundles.models import BundleRelease, PortalCopy
from cases.actions.sharing import end_links

RELEASE = "bundle_release"


def is_held_back(release_id: UUID) -> bool:
    """Whether a release was recalled, or a file in it locked, since; asked for nobody, as links are opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT release_held_back(%s)", [release_id])
        return bool(cursor.fetchone()[0])


def shut_ways(release: BundleRelease, by: User) -> None:
    """Shut what a recalled release opened: its links, and its copy in the portal. The caller audits the recall."""
    end_links(what=RELEASE, object_id=release.pk, by=by)
    PortalCopy.objects.visible_to(by).filter(release=release, ended_at=None).update(ended_at=timezone.now())
