"""A bundle that is ready, or could not be made, on the list of things to do of whoever asked for it."""

import logging
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bundles.models import Bundle
from cases.actions.tasks import finish_key, raise_task
from cases.models import Task
from jobs.actions import latest_for
from jobs.models import Job
from jobs.working import Work

log = logging.getLogger(__name__)


def tell_ready(work: Work, bundle: Bundle) -> None:
    """Tell that it is ready, in the transaction in which it becomes so."""
    _tell(work, bundle, _("A bundle you asked for is ready: look at what was checked, and let it go"))


def tell_failed(work: Work, bundle: Bundle) -> None:
    """Tell that it could not be made, in the transaction in which that is written."""
    _tell(work, bundle, _("A bundle you asked for could not be made: see why, and what to do"))


def tell_given_up(work: Work) -> None:
    """Tell of a bundle whose worker ended too often, or met what nobody expected: it could say nothing itself."""
    try:
        with work.acting():
            by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
            bundle = Bundle.objects.visible_to(by).filter(pk=work.object_id).first() if by else None
            if bundle is not None:
                tell_failed(work, bundle)
    except DatabaseError:
        log.warning("nobody could be told of job %s", work.job.pk)


def _tell(work: Work, bundle: Bundle, title: str) -> None:
    asked = User.objects.get(pk=work.job.requester_id)
    raise_task(bundle.case, Task.Kind.BUNDLE_MADE, title, timezone.localdate(), key=_key(work.job), to=asked)


def answered(bundle_id: UUID, by: User) -> None:
    """Take it off the list: something was done about the bundle. The caller audits."""
    if job := latest_for(bundle_id, "bundle"):
        finish_key(_key(job), by)


def _key(job: Job) -> str:
    return f"bundle_made:{job.pk}"
