"""What a message from the portal asks of the workers on the same day."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.tasks import raise_task
from cases.models import Message, Task
from jobs.working import Work
from logs.danger import dangers_in


def look_at_message(work: Work) -> None:
    """Raise what a message asks for: a same-day task for words of danger, a task when the case was closed already."""
    with work.acting():
        message = Message.objects.select_related("case").get(pk=work.object_id)
        today = timezone.localdate()
        if message.case.is_closed:
            kind = Task.Kind.ENTRY_AFTER_CLOSING
            title = _("New message on a closed case: decide what to do")
            raise_task(message.case, kind, title, today, key=f"{kind}:{message.pk}")
        if dangers_in(message.text):
            kind = Task.Kind.RED_FLAG
            raise_task(message.case, kind, _("Red flag in a message: look today"), today, key=f"{kind}:{message.pk}")
        work.finish()
