"""Does one job in a process of its own, which a test can kill: `python -m tests.jobs.worker_process NAME MEDIA JOB`.

NAME is the database of the test, MEDIA its folder of files, JOB the row's id.
"""

import os
import sys
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(database: str, media: str, job_id: str) -> None:
    """Set up as a worker does, and do the job."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    django.setup()

    from jobs.actions import run

    run(UUID(job_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
