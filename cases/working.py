"""What a victim did in the portal, told to whoever holds the case: she may not write into their tasks herself."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.tasks import raise_task
from cases.models import Case, Task
from jobs.working import Work


def contact_stopped(work: Work) -> None:
    """She took back every way of contact."""
    title = _("The victim asked for no contact outside the portal: agree by message what is safe")
    _tell(work, Task.Kind.CONFIRM_CONTACT, title)


def portal_left(work: Work) -> None:
    """She closed her portal account."""
    _tell(work, Task.Kind.PORTAL_LEFT, _("The victim closed the portal account: look at what was agreed for contact"))


def details_asked(work: Work) -> None:
    """She asked for a change of what we know of her, in a message."""
    title = _("The victim asked to change details or safe contact: read the message")
    _tell(work, Task.Kind.CONFIRM_CONTACT, title)


def _tell(work: Work, kind: Task.Kind, title: str) -> None:
    with work.acting():
        case = Case.objects.get(pk=str(work.job.case_id))
        raise_task(case, kind, title, timezone.localdate(), key=f"{work.job.kind}:{work.job.pk}")
        work.finish()
