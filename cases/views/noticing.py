"""Sending the notice that was chosen on a page, and saying so on the next one."""

from uuid import UUID

from django.contrib import messages
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from cases.forms.notice import NONE, NoticeForm
from cases.models import Case
from cases.noticing import send_notice


def notify(request: AuthenticatedRequest, case: Case, form: NoticeForm, about: UUID) -> None:
    """After something new was stored: put its notice into the queue where one was chosen."""
    if form.channel is not None:
        if send_notice(case=case, about=about, channel=form.channel, by=request.user):
            messages.success(request, _("A notice goes to the victim, unless safe contact changes before it is sent."))
        else:
            messages.info(request, _("No second notice goes out: one waits already, or went out for this."))
    elif "notice" not in form.fields and request.POST.get("notice", NONE) != NONE:
        messages.warning(request, _("No notice goes out: safe contact has changed while you wrote."))
