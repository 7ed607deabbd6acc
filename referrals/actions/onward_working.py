"""What a worker process does about referrals: asks after answers, tells of them, and ends what a consent carried."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import Action
from cases.actions.tasks import raise_task
from cases.models import Consent, ShareLink, Task
from jobs.actions import ask
from jobs.models import Outgoing
from jobs.working import Work
from nsvcs.days import day_words
from nsvcs.identity import acting_as
from reference.models import BankHoliday
from referrals.actions.onward import is_hers, lock_referral
from referrals.actions.onward_seen import REFERRAL, seen_words
from referrals.actions.onward_sending import answer_key, basis_stands, chase_key, is_contact_old, withdraw_referral
from referrals.models import Referral, ReferralMove
from referrals.rules.onward import ENDED, ReferralState, WithdrawCode, waiting_days

PARTNER, REMINDER = "partner", "referral_reminder"
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
# Read in an office where anybody may see it: nothing of the matter, of us, or of whom it is about.
SUBJECT = "A reminder"
BODY = "Hello, we sent you a link some days ago and wait for your answer. Would you open it, or ring us? Thank you."


def ask_for_look() -> None:
    """Ask for this hour's look at the answers that are waited for; a second asking in the hour changes nothing."""
    hour = f"{timezone.localtime():%Y-%m-%dT%H}"
    with acting_as(process="worker"):
        ask(name="look_at_referrals", key=f"look_at_referrals:{hour}", object_id=None, case_id=None, by=None)


def look_at_referrals(work: Work) -> None:
    """The hourly look: one job for each referral about whose answer something is to be done today."""
    today = timezone.localdate()
    with work.acting():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, case_id FROM referrals_waiting(%s)", [today])
            found: list[tuple[UUID, UUID]] = cursor.fetchall()
        for referral_id, case_id in found:
            key = f"chase_referral:{referral_id}:{today}"
            ask(name="chase_referral", key=key, object_id=referral_id, case_id=case_id, by=None)
        work.finish()


def chase_referral(work: Work) -> None:
    """Remind the partner, or ask a worker to ring them; later put it on the worker's list. Each once. Audited."""
    today, now = timezone.localdate(), timezone.now()
    with work.acting():
        held = lock_referral(Referral(pk=work.object_id))
        if held.is_awaited and held.chased_at is None and _is_due(held.chase_on, today):
            held.chased_at = now
            held.save(update_fields=["chased_at"])
            _remind(held)
            record(Action.REFERRAL_CHASED, target=held, case_ids=[held.case_id], detail={"what": "reminder"})
        if held.is_awaited and held.listed_at is None and _is_due(held.listed_on, today):
            held.listed_at = now
            held.save(update_fields=["listed_at"])
            _list(held)
            record(Action.REFERRAL_CHASED, target=held, case_ids=[held.case_id], detail={"what": "listed"})
        work.finish()


def _is_due(day: object, today: object) -> bool:
    return day is not None and day <= today  # type: ignore[operator]


def _remind(referral: Referral) -> None:
    if not referral.work_email or not mail_is_set_up():
        _ask_to_ring(referral)
        return
    now = timezone.now()
    message = Outgoing.objects.create(
        case_id=referral.case_id, channel=PARTNER, template=REMINDER, address="",
        parameters={"referral": str(referral.pk)}, not_before=now, created_at=now,
    )  # fmt: skip
    ask(name="remind_partner", key=f"remind:{message.pk}", object_id=message.pk, case_id=referral.case_id, by=None)


def mail_is_set_up() -> bool:
    """Whether mail can leave this copy."""
    return settings.EMAIL_BACKEND != NO_MAIL


def _ask_to_ring(referral: Referral) -> None:
    title = _("Ring %(to)s about the referral: no answer yet") % {"to": _to(referral)}
    raise_task(referral.case, Task.Kind.REFERRAL_CHASE, title, timezone.localdate(), key=chase_key(referral.pk))


def _to(referral: Referral) -> str:
    return f"{referral.organisation.name} ({referral.to_name})"


def _list(referral: Referral) -> None:
    """On the worker's list with who and how long; the task to ring, if it is still open, says so from now on."""
    sent_on, today = timezone.localdate(referral.sent_at), timezone.localdate()
    days = waiting_days(sent_on, today, BankHoliday.objects.days())
    title = _("No answer from %(to)s for %(days)s working days: the referral was sent on %(day)s") % {
        "to": _to(referral), "days": days, "day": day_words(sent_on)
    }  # fmt: skip
    if not Task.objects.open().filter(key=chase_key(referral.pk)).update(title=title):
        key = f"{chase_key(referral.pk)}:listed"
        raise_task(referral.case, Task.Kind.REFERRAL_CHASE, title, today, key=key)


def remind_partner(work: Work) -> None:
    """The job: pass one reminder through its gate as it is sent, and send it, or ask a worker to ring instead.

    The gate: the referral waits for its answer, its basis stands, a link to it still opens, and mail can leave, to an
    address that is not the victim's own by now.
    """
    with work.acting():
        message = Outgoing.objects.select_for_update().get(pk=work.object_id)
        if message.state != Outgoing.State.WAITING:
            return
        referral = lock_referral(Referral(pk=UUID(message.parameters["referral"])))
        if not referral.is_awaited:
            message.state, message.reason = Outgoing.State.HELD, "answered"
            message.save(update_fields=["state", "reason"])
        elif reason := _closed(referral):
            message.state, message.reason = Outgoing.State.HELD, reason
            message.save(update_fields=["state", "reason"])
            _ask_to_ring(referral)
            record(Action.MESSAGE_HELD, target=message, case_ids=[message.case_id], detail={"reason": reason})
        else:
            _send(message, referral)
        work.finish()


def _closed(referral: Referral) -> str:
    """Why the gate is closed; empty when it is open."""
    links = ShareLink.objects.of(REFERRAL, referral.pk)
    if not basis_stands(referral):
        return "no_basis"
    if not any(link.opens(timezone.now()) for link in links):
        return "no_link"
    if is_contact_old(referral):
        return "old_contact"
    is_theirs = bool(referral.work_email) and not is_hers(referral.case, referral.work_email)
    return "" if mail_is_set_up() and is_theirs else "no_address"


def _send(message: Outgoing, referral: Referral) -> None:
    """Mark it sent and send it, in one transaction: if sending fails, neither stands and the job tries again."""
    message.state, message.address, message.sent_at = Outgoing.State.SENT, referral.work_email, timezone.now()
    message.save(update_fields=["state", "address", "sent_at"])
    record(Action.MESSAGE_SENT, target=message, case_ids=[message.case_id], detail={"template": message.template})
    EmailMessage(SUBJECT, BODY, settings.MESSAGE_FROM, [referral.work_email]).send()


def referral_answered(work: Work) -> None:
    """Tell whoever holds the case of a partner's answer; an open task to ring becomes this one. Audited."""
    with work.acting():
        referral = Referral.objects.select_related("case", "organisation").get(pk=work.object_id)
        states = (ReferralState.ACCEPTED, ReferralState.DECLINED)
        move = ReferralMove.objects.filter(referral=referral, to_state__in=states).first()
        if move is not None:
            _tell(referral, move)
            record(Action.REFERRAL_ANSWERED, target=referral, case_ids=[referral.case_id], detail={"to": move.to_state})
        work.finish()


def _tell(referral: Referral, move: ReferralMove) -> None:
    said = _("%(to)s accepted the referral: tell the victim") if move.to_state == ReferralState.ACCEPTED else _(
        "%(to)s declined the referral (%(why)s): look for another way"
    )  # fmt: skip
    title, today = said % {"to": _to(referral), "why": move.why.lower()}, timezone.localdate()
    keys = (chase_key(referral.pk), f"{chase_key(referral.pk)}:listed")
    asked = Task.objects.open().filter(key__in=keys).first()
    if asked is None:
        raise_task(referral.case, Task.Kind.REFERRAL_ANSWER, title, today, key=answer_key(referral.pk))
        return
    asked.kind, asked.title, asked.due_on, asked.key = Task.Kind.REFERRAL_ANSWER, title, today, answer_key(referral.pk)
    asked.save(update_fields=["kind", "title", "due_on", "key"])


def end_with_consent(consent: Consent, work: Work) -> Sequence[str]:
    """Withdraw what rested on a consent that was taken back, and say what had been seen of it, and when."""
    said = []
    for referral in Referral.objects.filter(consent=consent).exclude(state__in=ENDED).select_related("organisation"):
        withdraw_referral(referral=referral, code=WithdrawCode.CONSENT, words="", by=None)
        to = {"to": _to(referral), "seen": seen_words(referral)}
        said.append(_("The referral to %(to)s was withdrawn. %(seen)s") % to)
    return said
