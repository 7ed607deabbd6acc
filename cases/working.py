"""What a victim did, told to whoever holds the case: she may not write into their tasks herself."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.consenting import OnWithdrawal, endings
from cases.actions.tasks import raise_task
from cases.models import Case, Consent, ShareLink, Task
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


def wrong_passcode(work: Work) -> None:
    """Somebody tried a wrong passcode at a link. Once it is locked by that, whoever holds the case is told, once."""
    with work.acting():
        link = ShareLink.objects.select_related("case").get(pk=work.object_id)
        if link.is_locked and link.ended_at is None:
            title = _("The link for %(to)s is locked, by too many wrong passcodes: ring them, then make a new one")
            told = {"to": link.to_name}
            raise_task(link.case, Task.Kind.BY_HAND, title % told, timezone.localdate(), key=f"link_locked:{link.pk}")
        work.finish()


def consent_withdrawn(work: Work) -> None:
    """She took back what she had agreed to: the task is there at once, and says what each room then ended.

    A room that breaks does not keep the next one from ending its things; what broke is tried again.
    """
    with work.acting():
        consent = _consent(work)
        purpose = {"number": consent.number, "purpose": consent.get_purpose_display().lower()}
        title = _("The victim took back agreement %(number)s (%(purpose)s): it counts no more.") % purpose
        raise_task(consent.case, Task.Kind.CONSENT_WITHDRAWN, title, timezone.localdate(), key=_key(work))
    broken: Exception | None = None
    for end in endings():
        try:
            _end(work, end)
        except Exception as error:
            broken = error
    if broken is not None:
        if work.job.attempts >= work.kind.most_attempts:  # afterwards the job sees its case no more
            _say_what_is_left(work)
        raise broken


def _end(work: Work, end: OnWithdrawal) -> None:
    """One room ends what rests on it, and the task says so, once, also if it was finished by now: both or neither."""
    with work.acting():
        said = end(_consent(work), work)
        task = Task.objects.filter(key=_key(work)).first()
        new = [words for words in map(str, said or ()) if task is not None and words not in task.title]
        if new and task is not None:
            task.title, task.done_at, task.done_by = " ".join([task.title, *new]), None, None
            task.save(update_fields=["title", "done_at", "done_by"])


def _say_what_is_left(work: Work) -> None:
    """What rests on it could not all be ended: whoever holds the case does it by hand, today."""
    with work.acting():
        title = _("The victim took back an agreement, and not all that rests on it could be ended: look at once")
        case = _consent(work).case
        raise_task(case, Task.Kind.CONSENT_WITHDRAWN, title, timezone.localdate(), key=f"{_key(work)}:left")


def _key(work: Work) -> str:
    return f"consent_withdrawn:{work.object_id}"


def _consent(work: Work) -> Consent:
    return Consent.objects.select_related("case", "withdrawal__by").get(pk=work.object_id)


def _tell(work: Work, kind: Task.Kind, title: str) -> None:
    with work.acting():
        case = Case.objects.get(pk=str(work.job.case_id))
        raise_task(case, kind, title, timezone.localdate(), key=f"{work.job.kind}:{work.job.pk}")
        work.finish()
