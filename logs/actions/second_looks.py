"""Files kept apart because of a virus: listed for the data protection lead, who may have one looked at again.

Nobody calls a file clean. Who thinks it a false alarm asks the scanner once more, and what it says then counts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from logs.actions.scanning import ask_for_second_look
from logs.standing import ScanState
from nsvcs.access import Role


@dataclass(frozen=True)
class InfectedFile:
    """A file kept apart, as its lead sees it: which, what was found and when, and nothing of what it is or of the case.

    Attributes:
        found: the scanner's name of what it found.
        found_at: when it was found for the last time.
        last_at: when it was last looked at, which may have come to nothing.
        attempts: how many scans it has had.
    """

    evidence_id: UUID
    case_id: UUID
    reference: str
    exhibit_number: int
    found: str
    found_at: datetime
    last_state: str
    last_at: datetime
    attempts: int

    @property
    def came_to_nothing(self) -> bool:
        """Whether the last look could not tell."""
        return self.last_state == ScanState.COULD_NOT


def infected_files(by: User) -> list[InfectedFile]:
    """All files kept apart now and not locked, newest first: the cases need not be opened to the lead."""
    if by.role != Role.DATA_PROTECTION:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM infected_files()")
        return [InfectedFile(*row) for row in cursor.fetchall()]


@transaction.atomic
def ask_to_look_again(*, file: InfectedFile, by: User) -> None:
    """Have a file scanned again, by a worker. Audited. Pressed twice, it is asked for once.

    Raises:
        PermissionError: `by` is no data protection lead.
    """
    if by.role != Role.DATA_PROTECTION:
        raise PermissionError
    record(Action.SECOND_LOOK_ASKED, case_ids=[file.case_id], detail={"evidence": str(file.evidence_id)})
    ask_for_second_look(file.evidence_id, file.case_id, file.attempts)
