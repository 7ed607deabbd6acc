"""Messages that leave the building: a fixed list that says nothing of the matter, each gated when it is sent."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import recovery
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.tasks import raise_task
from cases.contact import rule_of
from cases.models import Case, SafeContact, Task
from cases.rules import Channel, Verdict, may_contact
from jobs.actions import ask
from jobs.models import Outgoing
from jobs.working import Work
from nsvcs.ids import uuid7


@dataclass(frozen=True)
class Template:
    """One message: nothing about anybody can get into it; only `recover` has a one-time code put in as it is sent."""

    label: str | Promise
    subject: str | Promise
    body: str | Promise


TEMPLATES = {
    "something_new": Template(
        _("There is something new to read"),
        _("New message"),
        _("You have a new message. Sign in when it is safe."),
    ),
    "call_soon": Template(
        _("We would like to talk"),
        _("Hello"),
        _("Hello, it would be good to talk. Ring when it suits you."),
    ),
    "same_time": Template(
        _("Is the time we agreed still good"),
        _("Hello"),
        _("Hello, is the time we agreed still good for you?"),
    ),
    recovery.TEMPLATE: Template(
        _("The code the victim asked for"),
        _("Your code"),
        _("Your code is %(code)s. It works once, within an hour. If you did not ask for it, do nothing."),
    ),
}
WRITABLE = frozenset(TEMPLATES) - {recovery.TEMPLATE}  # a code goes out only because she asked for it herself
SENDABLE = (Channel.TEXT, Channel.EMAIL)
NO_GATEWAY, NO_ADDRESS, NO_RECOVERY = "no_gateway", "no_address", "no_recovery"


@transaction.atomic
def write_message(*, case: Case, channel: Channel, template: str, by: User, key: UUID | None = None) -> Outgoing:
    """Put a message in the queue. It is sent only if her safe contact allows it at the moment of sending.

    The address is read then too, from the record that counts then; `key` becomes the message's. Audited when it is sent
    or held.

    Raises:
        KeyError: no such template, or none that staff may send.
        Case.DoesNotExist: the case is not the writer's.
    """
    if template not in WRITABLE:
        raise KeyError(template)
    case, now = lock(case), timezone.now()
    message = Outgoing.objects.create(
        pk=key or uuid7(), case_id=case.pk, channel=channel.value, template=template, address="", not_before=now,
        created_at=now,
    )  # fmt: skip
    ask(name="send", key=f"send:{message.pk}", object_id=message.pk, case_id=case.pk, by=by.pk)
    return message


def send(work: Work) -> None:
    """The job: pass one waiting message through the gate, and send it, put it off, or hold it for a person."""
    with work.acting():
        message = Outgoing.objects.select_for_update().filter(pk=str(work.job.object_id)).first()
        if message is None or message.state != Outgoing.State.WAITING:
            return
        case = Case.objects.select_related("victim").get(pk=message.case_id)
        present = SafeContact.objects.current_for(case.victim_id)
        decision = may_contact(rule_of(present, case.victim), Channel(message.channel), timezone.now())
        if decision.until is not None:
            _put_off(message, decision.until, decision.reason.value)
        elif decision.kind == Verdict.NEVER or present is None:
            _hold(message, case, decision.reason.value)
        else:
            _send_now(message, case, present)


def _put_off(message: Outgoing, until: datetime, reason: str) -> None:
    """Ask again when her hours begin; the gate is passed anew then."""
    message.not_before, message.reason = until, reason
    message.save(update_fields=["not_before", "reason"])
    key = f"send:{message.pk}:{until:%Y%m%d%H%M}"
    delay = until - timezone.now()
    ask(name="send", key=key, object_id=message.pk, case_id=message.case_id, by=None, delay=delay)


def _hold(message: Outgoing, case: Case, reason: str) -> None:
    """Send nothing, and ask a person to look: the gate never guesses."""
    message.state, message.reason = Outgoing.State.HELD, reason
    message.save(update_fields=["state", "reason"])
    title = _("A message was held back. Decide how to reach the victim safely")
    raise_task(case, Task.Kind.MESSAGE_HELD, str(title), timezone.localdate(), key=f"held:{message.pk}")
    record(Action.MESSAGE_HELD, target=message, case_ids=[case.pk], detail={"reason": reason})


def _send_now(message: Outgoing, case: Case, present: SafeContact) -> None:
    """Mark it sent and send it, in one transaction: if sending fails, neither stands and the job tries again."""
    is_email = message.channel == Channel.EMAIL
    address = present.email if is_email else present.phone
    if not address or (not is_email and not settings.TEXT_BACKEND):
        _hold(message, case, NO_GATEWAY if address else NO_ADDRESS)
        return
    if message.template == recovery.TEMPLATE and not recovery.is_allowed(message, address):
        _hold(message, case, NO_RECOVERY)
        return
    message.state, message.reason, message.address = Outgoing.State.SENT, "", address
    message.sent_at = timezone.now()
    message.save(update_fields=["state", "reason", "address", "sent_at"])
    record(Action.MESSAGE_SENT, target=message, case_ids=[case.pk], detail={"template": message.template})
    words = TEMPLATES[message.template]
    body = str(words.body)
    if message.template == recovery.TEMPLATE:
        body %= {"code": recovery.code_for(message)}
    if is_email:
        sender = formataddr((present.caller_name, settings.MESSAGE_FROM))
        EmailMessage(str(words.subject), body, sender, [address]).send()
    else:
        import_string(settings.TEXT_BACKEND)(address, body)
