"""A worker of one job in a process of its own: `python -m tests.jobs.worker_process NAME HOST MEDIA JOB`.

NAME is the database and HOST the folder of its socket, MEDIA the folder of files, JOB the row's id. It takes the job up
as often as it waits, and sweeps as a worker's own timer does, until the job is over.
"""

import os
import sys
import time
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
PAUSE_SECONDS = 0.1


def main(database: str, host: str, media: str, job_id: str) -> None:
    """Set up as a worker does, and do the job."""
    import django
    from django.conf import settings

    settings.DATABASES["default"] |= {"NAME": database, "HOST": host}
    settings.MEDIA_ROOT = media
    django.setup()

    from django.db import DatabaseError, connection

    while True:
        try:
            if _is_over(UUID(job_id)):
                return
        except DatabaseError:
            connection.close()
        time.sleep(PAUSE_SECONDS)


def _is_over(job_id: UUID) -> bool:
    from jobs import actions
    from jobs.models import Job

    actions.run(job_id)
    actions.sweep()
    return Job.objects.get(pk=job_id).is_over


if __name__ == "__main__":
    main(*sys.argv[1:])
