"""Making an onward referral ready: to whom, what of the case, on which basis. Nothing of it leaves here."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.once import keep_once
from cases.actions.tasks import finish_key, raise_task
from cases.models import Case, Consent, SafeContact, Task
from nsvcs.access import Role
from nsvcs.ids import uuid7
from referrals.actions.onward_fields import digest_of_fields, fields_of, ticked_fields
from referrals.models import Referral, ReferralMove, Shared, SharingDecision, WithoutConsent
from referrals.rules.onward import Mover, ReferralState, may_move

WHO = ("to_name", "work_email", "work_phone", "reason", "asked_for")
CHANGED = "changed"
WHY = ("gateway", "risk", "necessity", "proportionality", "is_told", "not_told_because")


@transaction.atomic
def make_referral(*, case: Case, key: UUID, values: Mapping[str, Any], by: User) -> Referral:
    """Begin a referral to an organisation of the directory; it is not sent yet. Audited; the same key once.

    `values` are organisation, to_name, work_email, work_phone, reason, asked_for.

    Raises:
        KeyUsed: the key stands for another referral.
        ValidationError: the work e-mail is one of the victim's own.
    """
    case = lock(case)
    _refuse_hers(case, values["work_email"])
    kept = Referral.objects.filter(pk=key).values_list("made_at", flat=True).first()
    content = {name: values[name] for name in WHO} | {"organisation_id": values["organisation"].pk}
    referral, is_new = keep_once(
        Referral, key, case_id=case.pk, made_by_id=by.pk, made_at=kept or timezone.now(), **content
    )
    if is_new:
        _keep_move(referral, "", ReferralState.MADE, by=by)
        record(Action.REFERRAL_MADE, target=referral, case_ids=[case.pk])
    return referral


def _refuse_hers(case: Case, email: str) -> None:
    if is_hers(case, email):
        raise ValidationError({"work_email": _("This is the victim’s own address. Enter the partner’s.")})


def is_hers(case: Case, email: str) -> bool:
    """A reminder about her goes to whoever she is referred to, never to an address of her own."""
    safe = SafeContact.objects.filter(victim_id=case.victim_id).values_list("email", flat=True)
    return email.casefold() in {known.casefold() for known in (case.victim.email, *safe) if known}


@transaction.atomic
def choose_shared(
    *, referral: Referral, ticked: Iterable[Shared], summary: str, orders: str, version: int, by: User
) -> Referral:
    """Keep what of the case is to go, and the texts written for this referral. Audited.

    A manager approved what was to go then: of anything else it is no approval.

    Raises:
        ValidationError: it was sent or changed in the meantime, nothing is ticked, something ticked says nothing, or a
            number would go without how to use it.
    """
    held = lock_referral(referral)
    refuse_unless_made(held)
    if held.version != version:
        raise ValidationError(_("A colleague changed this in the meantime. Open the page again to see what stands."))
    held.summary, held.orders = summary, orders
    held.ticked = [name.value for name in Shared if name in set(ticked)]
    _refuse_unfit(held)
    held.version += 1
    held.save(update_fields=["ticked", "summary", "orders", "version"])
    record(Action.REFERRAL_CHANGED, target=held, case_ids=[held.case_id], detail={"ticked": held.ticked})
    return held


def _refuse_unfit(referral: Referral) -> None:
    chosen = set(referral.ticked)
    if not chosen:
        raise ValidationError({"ticked": _("Tick what is to be passed on")})
    if Shared.PHONE in chosen and Shared.CONTACT not in chosen:
        raise ValidationError({"ticked": _("Tick how to make contact safely too: a number never goes without it")})
    silent = [field.label for field in fields_of(referral) if field.name in chosen and not field.value]
    if silent:
        names = {"names": ", ".join(silent)}
        raise ValidationError({"ticked": _("There is nothing to pass on for: %(names)s") % names})


@transaction.atomic
def choose_consent(*, referral: Referral, consent: Consent, by: User) -> Referral:
    """Rest a referral on what the victim agreed to; whether it still stands is asked again at sending. Audited.

    Raises:
        ValidationError: it was sent, or the agreement does not cover it today.
    """
    held = lock_referral(referral)
    refuse_unless_made(held)
    if not covering(held).filter(pk=consent.pk).exists():
        raise ValidationError(_("This agreement does not cover the referral today."))
    held.consent, held.approval = consent, None
    held.save(update_fields=["consent", "approval"])
    record(Action.REFERRAL_CHANGED, target=held, case_ids=[held.case_id], detail={"consent": str(consent.pk)})
    return held


def covering(referral: Referral) -> Any:
    """The agreements that cover a referral today: for referring on, and with this organisation."""
    mine = Consent.objects.filter(case_id=referral.case_id)
    day = timezone.localdate()
    return mine.covering(purpose=Consent.Purpose.REFERRAL, organisation=referral.organisation, on=day)


@transaction.atomic
def ask_without_consent(
    *, referral: Referral, key: UUID, values: Mapping[str, Any], manager: User, by: User
) -> WithoutConsent:
    """Ask a manager whether to share without the victim's consent; their list says so. Audited; the same key once.

    `values`: gateway, risk, necessity, proportionality, is_told, not_told_because (none where the victim was told).

    Raises:
        KeyUsed: the key stands for another asking.
        ValidationError: it was sent, another asking waits, or the manager is oneself.
    """
    held = lock_referral(referral)
    refuse_unless_made(held)
    if manager.role != Role.MANAGER or manager == by:
        raise ValidationError({"manager": _("Choose a manager other than yourself")})
    waits = WithoutConsent.objects.filter(referral=held, decision=None).exclude(pk=key)
    if waits.exists():
        raise ValidationError(_("A manager has been asked already, and has not decided yet."))
    kept = WithoutConsent.objects.filter(pk=key).values_list("asked_at", flat=True).first()
    asking, is_new = keep_once(
        WithoutConsent, key, referral_id=held.pk, case_id=held.case_id, asked_by_id=by.pk,
        asked_at=kept or timezone.now(), **{name: values[name] for name in WHY},
    )  # fmt: skip
    if is_new:
        title = _("Decide about sharing without consent: %(to)s") % {"to": held.organisation.name}
        raise_task(held.case, Task.Kind.BY_HAND, title, timezone.localdate(), key=asked_key(asking), to=manager)
        detail = {"gateway": asking.gateway, "manager": str(manager.pk)}
        record(Action.REFERRAL_ASKED, target=held, case_ids=[held.case_id], detail=detail)
    return asking


def asked_key(asking: WithoutConsent) -> str:
    """The key of the manager's task."""
    return f"without_consent:{asking.pk}"


@transaction.atomic
def decide_without_consent(
    *, asking: WithoutConsent, is_approved: bool, reason: str, seen: str, by: User
) -> SharingDecision:
    """Allow or refuse sharing without consent. Only a manager, never who asked. Audited.

    Args:
        asking: what is decided.
        is_approved: the decision.
        reason: why.
        seen: the digest of what was looked at: those values are what is approved, and nothing else.
        by: the manager.

    Raises:
        ValidationError: it is not theirs to decide, was decided, or the referral was sent, withdrawn or changed
            meanwhile; or it would approve that nothing goes.
    """
    held = lock_referral(asking.referral)
    if by.role != Role.MANAGER or asking.asked_by_id == by.pk:
        raise ValidationError(_("A manager decides it, and not who asked."))
    refuse_unless_made(held)
    if SharingDecision.objects.filter(asking=asking).exists():
        raise ValidationError(_("This was decided already."))
    fields = ticked_fields(held)
    if digest_of_fields(fields) != seen:
        raise ValidationError(
            _("What is to be passed on has changed. Look at it again below, then decide."), code=CHANGED
        )
    if is_approved and not fields:
        raise ValidationError(_("Nothing is ticked yet. It can be approved once it says what is passed on."))
    decision = SharingDecision(
        asking=asking, case_id=held.case_id, asked_by_id=asking.asked_by_id, is_approved=is_approved, reason=reason,
        digest=seen, by=by, at=timezone.now(),
    )  # fmt: skip
    decision.save(force_insert=True)
    if is_approved:
        held.approval, held.consent = decision, None
        held.save(update_fields=["approval", "consent"])
    finish_key(asked_key(asking), by)
    detail = {"asking": str(asking.pk), "is_approved": is_approved}
    record(Action.REFERRAL_DECIDED, target=held, case_ids=[held.case_id], detail=detail)
    _tell_asker(held, asking, is_approved)
    return decision


def _tell_asker(referral: Referral, asking: WithoutConsent, is_approved: bool) -> None:
    said = (
        _("A manager approved sharing without consent: send the referral to %(to)s")
        if is_approved
        else _("A manager did not approve sharing without consent: look at the referral to %(to)s")
    )
    raise_task(
        referral.case, Task.Kind.BY_HAND, said % {"to": referral.organisation.name}, timezone.localdate(),
        key=decided_key(asking.pk), to=asking.asked_by,
    )  # fmt: skip


def decided_key(asking_id: UUID) -> str:
    """The key of the task by which the asker is told of a decision."""
    return f"without_consent_decided:{asking_id}"


def finish_askings(referral: Referral, by: User) -> None:
    """Finish the tasks about sharing it without consent: it was sent or taken back. The caller audits.

    What was sent in an emergency is looked at all the same, also where it was taken back since.
    """
    for asking in WithoutConsent.objects.filter(referral=referral, is_emergency=False):
        finish_key(asked_key(asking), by)
        finish_key(decided_key(asking.pk), by)


def lock_referral(referral: Referral) -> Referral:
    """The referral as it stands now, held until the end of the transaction.

    Raises:
        Referral.DoesNotExist: the person acting may not see it, or may no longer.
    """
    held = Referral.objects.select_for_update(of=("self",)).select_related("case__victim", "organisation")
    return held.get(pk=referral.pk)


def refuse_unless_made(referral: Referral) -> None:
    """Refuse what can only be done before it is sent.

    Raises:
        ValidationError: it was sent, or taken back.
    """
    if referral.state != ReferralState.MADE:
        raise ValidationError(
            _("This cannot be changed any more. It stands at: %(state)s.") % {"state": referral.get_state_display()}
        )


def step(referral: Referral, to: ReferralState, *, by: User | None, code: str = "", words: str = "") -> ReferralMove:
    """One allowed move, kept with who, when and why; the caller holds the referral and writes the event.

    `by` nobody: the end of a consent. A partner's moves are made by the functions behind the link.

    Raises:
        ValidationError: the table does not allow it.
    """
    now, who = ReferralState(referral.state), Mover.STAFF if by else Mover.CONSENT
    if not may_move(now, to, who):
        raise ValidationError(
            _("This referral stands at “%(now)s” and cannot become “%(to)s”.") % {"now": now.label, "to": to.label}
        )
    referral.state = to
    referral.save()
    return _keep_move(referral, now, to, by=by, code=code, words=words)


def _keep_move(
    referral: Referral, before: str, to: ReferralState, *, by: User | None, code: str = "", words: str = ""
) -> ReferralMove:
    move = ReferralMove(
        pk=uuid7(), referral=referral, case_id=referral.case_id, from_state=before, to_state=to,
        who=Mover.STAFF if by else Mover.CONSENT, by=by, code=code, words=words, at=timezone.now(),
    )  # fmt: skip
    move.save(force_insert=True)
    return move
