"""Where the jobs of this machine make what they make."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from django.conf import settings

from jobs.models import Job
from jobs.working import JobFailed, Superseded, Work


def work_folders() -> Path:
    """Where the builds of this machine keep their parts."""
    return Path(settings.MEDIA_ROOT).parent / "bundle-work"


@contextmanager
def work_folder(work: Work) -> Iterator[Path]:
    """Where a job's attempts make what they make, for as long as the context lasts.

    It is gone afterwards, but for the next turn's or attempt's sake: nobody else has it in hand.
    """
    folder = work_folders() / work.job.pk.hex
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(folder)  # in use again: the sweep takes those that nobody touched for a day
    try:
        yield folder
    except Superseded:
        if Job.objects.filter(pk=work.job.pk, state=Job.State.RUNNING).exists():
            raise  # whoever took it over works in the very same folder
        rmtree(folder, ignore_errors=True)
        raise
    except JobFailed:
        rmtree(folder, ignore_errors=True)
        raise
    rmtree(folder, ignore_errors=True)
