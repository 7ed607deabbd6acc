"""A notice that there is something new to read in the portal: neutral, chosen each time, gated again as it is sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.actions.locking import lock
from cases.contact import rule_of
from cases.models import Case, SafeContact
from cases.outgoing import SENDABLE, write_message
from cases.rules import Channel, ContactDecision, Verdict, may_contact
from jobs.models import Outgoing
from nsvcs.days import weekday_words
from nsvcs.widgets import clock

TEMPLATE = "something_new"
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
NOW: dict[Channel, str | Promise] = {
    Channel.TEXT: gettext_lazy("By text, now"),
    Channel.EMAIL: gettext_lazy("By email, now"),
}
LATER: dict[Channel, str | Promise] = {
    Channel.TEXT: gettext_lazy("By text, when the agreed hours begin: %(clock)s, %(day)s"),
    Channel.EMAIL: gettext_lazy("By email, when the agreed hours begin: %(clock)s, %(day)s"),
}


@dataclass(frozen=True)
class Offer:
    """In which ways a notice may go out, each with when; where there is none, why."""

    ways: list[tuple[Channel, str]]
    why_not: str = ""


def notice_offer(case: Case, now: datetime) -> Offer:
    """Return the ways that safe contact leaves open, at once or when the victim's hours begin."""
    if not case.is_portal_open or case.victim.user_id is None:
        return Offer([], _("The portal is not open."))
    ready = [way for way in SENDABLE if is_set_up(way)]
    if not ready:
        return Offer([], _("Neither texts nor emails are set up here."))
    present = SafeContact.objects.current_for(case.victim_id)
    rule = rule_of(present, case.victim)
    decisions = [(way, may_contact(rule, way, now)) for way in ready]
    found = [(way, said) for way, said in decisions if present is not None and _address(present, way)]
    ways = [(way, _when(way, said)) for way, said in found if said.kind != Verdict.NEVER]
    return Offer(ways, "" if ways else decisions[0][1].sentence)


def is_set_up(way: Channel) -> bool:
    """Whether this copy of the service can send this way at all."""
    return bool(settings.TEXT_BACKEND) if way == Channel.TEXT else settings.EMAIL_BACKEND != NO_MAIL


def _address(present: SafeContact, way: Channel) -> str:
    return present.phone if way == Channel.TEXT else present.email


def _when(way: Channel, said: ContactDecision) -> str:
    if said.until is None:
        return str(NOW[way])
    begins = timezone.localtime(said.until)
    return str(LATER[way]) % {"clock": clock(begins.time()), "day": weekday_words(begins.date())}


@transaction.atomic
def send_notice(*, case: Case, about: UUID, channel: Channel, by: User) -> Outgoing | None:
    """Put a notice of something new into the queue; none where one waits already: one is enough to sign in.

    It says the same whatever is new, and passes the safe-contact gate as it is sent. Audited when it is sent or held.

    Args:
        case: whose victim.
        about: the id of what is new; asked twice about the same, one goes out.
        channel: by text or email.
        by: the worker who chose it.

    Raises:
        Case.DoesNotExist: the case is not the worker's.
    """
    case = lock(case)
    queue = Outgoing.objects.visible_to(by).filter(case_id=case.pk, template=TEMPLATE)
    if queue.filter(pk=about).exists() or queue.filter(state=Outgoing.State.WAITING).exists():
        return None
    return write_message(case=case, channel=channel, template=TEMPLATE, by=by, key=about)
