"""What a crash leaves lying: files that no row names, and the scratch of builds and uploads that nobody finished.

Here, since this is the first floor that knows every row that can name a file.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bundles.building.folders import work_folders
from bundles.models import ComingFile
from jobs.working import JobFailed, Work
from nsvcs import partials
from nsvcs.storage import TooManyOrphans, file_store, sweep_folder

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # a row is written within minutes of its file
DRAFT_KEPT = timedelta(days=90)  # after its last change, whatever became of it
PART_KEPT = timedelta(days=28)  # after the last bundle that used it: a second one for the same case comes within weeks


def sweep_files(work: Work) -> None:
    """Remove files older than a day that no row names; the log is told how many, and nothing else.

    Raises:
        JobFailed: `too_many_orphans`: more than a crash leaves behind; somebody has to look before anything goes.
    """
    before = timezone.now() - KEPT

    def known(names: list[str]) -> set[str]:
        work.progress("sweeping")
        with work.acting():
            return stored_names(names)

    forgotten = _forget_coming(work, before)
    try:
        removed = file_store().sweep_orphans(known, before)
    except TooManyOrphans as refused:
        log.error("no file swept: %s of %s have no row, which a crash does not explain", refused.found, refused.seen)
        raise JobFailed("too_many_orphans") from None
    _forget_parts(work)
    _forget_drafts(work)
    sweep_folder(work_folders(), before)
    _sweep_files_on_their_way(work, before)
    if settings.FILE_UPLOAD_TEMP_DIR:
        sweep_folder(Path(settings.FILE_UPLOAD_TEMP_DIR), before)
    if removed:
        log.warning("swept %s files that no row named", len(removed))
    if forgotten:
        log.warning("swept %s files that were announced by jobs which ended before they named them", forgotten)


def _forget_coming(work: Work, before: datetime) -> int:
    """Remove files that were announced and never named: their worker died in between, however many there are.

    Returns:
        How many names were left.
    """
    with work.acting():
        names = list(ComingFile.objects.filter(at__lt=before).values_list("name", flat=True))
        lost = set(names) - stored_names(names)
    for name in lost:
        file_store().remove_orphan(name)
    with work.acting():
        ComingFile.objects.filter(name__in=names).delete()
    return len(lost)


def _forget_parts(work: Work) -> None:
    """Rows first: a part whose file is gone already would be looked for, and a file without a row is swept next day."""
    with work.acting():
        names = _told("SELECT forget_parts(%s)", timezone.now() - PART_KEPT)
    for name in names:
        file_store().remove_orphan(name)


def _forget_drafts(work: Work) -> None:
    with work.acting():
        _told("SELECT forget_drafts(%s)", timezone.now() - DRAFT_KEPT)


def stored_names(names: list[str]) -> set[str]:
    """Of these names of files, those that a row of any case names: asked of a function that sees all rows.

    A query of this role would see the rows of nobody's cases, and every file would seem to be without one.
    """
    asked = ("stored_names", "part_names", "arrival_names", "file_names_beside", "letter_names")
    return set().union(*(_told(f"SELECT {function}(%s)", names) for function in asked))


def _told(sql: str, asked: list[Any] | datetime) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        return {answer for (answer,) in cursor.fetchall()}


def _sweep_files_on_their_way(work: Work, older_than: datetime) -> None:
    """What lies in their folder and belongs to none that is still coming: its row went, or it is kept already."""
    lying = partials.keys_on_disk(older_than.timestamp())
    with work.acting():
        coming = _told("SELECT arrivals_coming(%s)", lying)
    partials.remove_all(key for key in lying if key not in coming)
