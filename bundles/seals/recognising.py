"""Whether a file is ours, for anybody who asks: three answers, and nothing about whose it is."""

from enum import Enum
from pathlib import Path

from django.db import connection

from bundles.seals import verifying
from bundles.seals.certificates import trust


class Found(Enum):
    """What can be said."""

    UNCHANGED = verifying.UNCHANGED
    CHANGED = verifying.CHANGED
    UNKNOWN = verifying.UNKNOWN


def of_digest(sha256: str) -> Found:
    """Whether a file of this digest was sealed. A changed file has another digest, so it is unknown by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT known_digest(%s)", [sha256])
        return Found.UNCHANGED if cursor.fetchone()[0] else Found.UNKNOWN


def of_file(path: str) -> Found:
    """What its seal says; a stranger's file, opened in a child process.

    Raises:
        bundles.seals.verifying.TookTooLong: it could not be read while somebody waits for a page.
    """
    return Found(verifying.state_of(Path(path), trust(), seconds=verifying.PAGE_SECONDS))
