"""What a crash leaves lying: files that no row names, and the scratch of builds and uploads that nobody finished.

Here, since this is the first floor that knows every row that can name a file.
"""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bundles.working import work_folders
from jobs.working import JobFailed, Work
from nsvcs.storage import TooManyOrphans, file_store, sweep_folder

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # a row is written within minutes of its file


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

    try:
        removed = file_store().sweep_orphans(known, before)
    except TooManyOrphans as refused:
        log.error("no file swept: %s of %s have no row, which a crash does not explain", refused.found, refused.seen)
        raise JobFailed("too_many_orphans") from None
    sweep_folder(work_folders(), before)
    if settings.FILE_UPLOAD_TEMP_DIR:
        sweep_folder(Path(settings.FILE_UPLOAD_TEMP_DIR), before)
    if removed:
        log.warning("swept %s files that no row named", len(removed))


def stored_names(names: list[str]) -> set[str]:
    """Of these names of files, those that a row of any case names: asked of a function that sees all rows.

    A query of this role would see the rows of nobody's cases, and every file would seem to be without one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT stored_names(%s)", [names])
        return {name for (name,) in cursor.fetchall()}
