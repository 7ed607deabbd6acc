"""What arrived a moment ago has no scan or copy yet: whatever is to be printed waits for it, or could not show it."""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from jobs.actions import latest_for, run
from jobs.working import Work
from logs.filetypes import READABLE_TYPES
from logs.models import Rendition
from logs.models.evidence import EvidenceQuerySet

COPY_SECONDS = 180  # for one picture's copy that another worker has in hand, its death and its next try included


def finish_copies(work: Work, files_of: Callable[[User], EvidenceQuerySet]) -> None:
    """Have the scans and copies made now that are still to be made; call it with no transaction open.

    Args:
        work: the job that prints them.
        files_of: the files that the job's requester is to be shown.
    """
    waiting = _without_copy(work, files_of)
    for done, pk in enumerate(waiting):
        work.progress("copies", done, len(waiting), items=(done + 1, len(waiting)))
        _finish_copy(pk)


def _without_copy(work: Work, files_of: Callable[[User], EvidenceQuerySet]) -> Sequence[UUID]:
    with work.acting():
        by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
        if by is None:
            return []
        shown = Q(media_type__startswith="image/") | Q(media_type__startswith="video/")
        shown |= Q(media_type__in=READABLE_TYPES)
        kinds = [Rendition.Kind.PAGE, Rendition.Kind.STILLS, Rendition.Kind.READING]
        tried = Rendition.objects.visible_to(by).filter(kind__in=kinds).values("evidence_id")
        wanting = shown & ~Q(pk__in=tried)
        if settings.CLAMD_URL:
            wanting |= Q(scans=None)
        return list(files_of(by).filter(wanting).order_by("exhibit_number").values_list("pk", flat=True))


def _finish_copy(pk: UUID) -> None:
    until = time.monotonic() + COPY_SECONDS
    for name in ("scan", "copy"):  # only what has been scanned is copied
        while (job := latest_for(pk, name)) and not job.is_over and time.monotonic() < until:
            if job.not_before > timezone.now() or not run(job.pk):
                time.sleep(0.2)
