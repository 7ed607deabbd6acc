"""Letters: making one, taking its file out, and recording that it left. Each passes its gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.consenting import hold_consents
from cases.actions.locking import lock
from cases.actions.once import keep_once
from cases.actions.tasks import raise_task
from cases.contact import contact_rule
from cases.models import Case, Consent, Task
from cases.rules import Channel, ContactDecision, Verdict, may_contact
from jobs.actions import ask
from referrals.actions.signing_off import managers_of
from referrals.letters.merging import Composed
from referrals.models import Letter, LetterFile, LetterGiven, LetterTaking, LetterTemplate
from referrals.rules.letters import TO_RECIPIENT, Refused, Way, why_not

SHUT = "may_not_leave"
BESIDE = ("consent_id", "against")


class LetterNotReady(Exception):
    """Its PDF has not been made."""


class MayNotLeave(ValidationError):
    """The gate is shut for this way.

    Args:
        reason: which gate.
    """

    def __init__(self, reason: Refused) -> None:
        """Keep the reason."""
        super().__init__(str(reason.label), code=SHUT)
        self.reason = reason


@transaction.atomic
def make_letter(
    *, case: Case, key: UUID, template: LetterTemplate, values: Mapping[str, Any], letter: Composed, by: User
) -> Letter:
    """Freeze a letter as it was shown, and ask a worker for its PDF. Audited; the same key and content once.

    `values` are the letter's own fields: to_name, organisation_id, to_address, name_used, included, request,
    their_reference, facts, based_on_id.

    Raises:
        KeyUsed: the key stands for another letter.
    """
    case = lock(case)
    content = dict(values) | {"subject": letter.subject, "text": letter.text, "template_id": template.pk}
    before = Letter.objects.filter(pk=key).values_list("dated_on", flat=True).first()
    kept, is_new = keep_once(
        Letter, key, case_id=case.pk, by_id=by.pk, dated_on=before or timezone.localdate(), **content
    )
    if is_new:
        detail = {"template": template.key, "version": template.version, "fields": list(values["included"])}
        record(Action.LETTER_ASKED, target=kept, case_ids=[case.pk], detail=detail)
        ask(name="letter", key=f"letter:{kept.pk}", object_id=kept.pk, case_id=case.pk, by=by.pk)
    return kept


@dataclass(frozen=True)
class Gate:
    """What lets a letter out or holds it back on a day.

    Attributes:
        post: whether safe contact allows post to the victim now, and why or why not.
        consent: the agreement that covers this recipient, a letter and the day; none where there is none.
    """

    post: ContactDecision
    consent: Consent | None

    def refuses(self, way: Way) -> Refused | None:
        """Why a letter may not leave in a way."""
        may_post = self.post.kind == Verdict.ALLOWED
        return why_not(way, may_post=may_post, has_consent=self.consent is not None)


def gate_of(letter: Letter, on: date, by: User) -> Gate:
    """The gate of a letter on a day, as it stands at this moment."""
    post = may_contact(contact_rule(letter.case.victim), Channel.POST, timezone.now())
    consents = Consent.objects.visible_to(by).filter(case=letter.case_id)
    found = consents.covering(
        purpose=Consent.Purpose.LETTER, on=on, organisation=letter.organisation, recipient_name=letter.to_name
    )
    return Gate(post, found.order_by("-ends_on").first())


def _passed(letter: Letter, way: Way, on: date, by: User) -> Consent | None:
    """The agreement a way rests on, held until the end of the transaction; none for a way that needs none.

    Raises:
        MayNotLeave: the gate is shut.
    """
    hold_consents(letter.case_id)
    gate = gate_of(letter, on, by)
    refused = gate.refuses(way)
    if refused is not None:
        raise MayNotLeave(refused)
    return gate.consent if way in TO_RECIPIENT else None


@transaction.atomic
def take_letter(*, letter: Letter, way: Way, by: User) -> LetterFile:
    """Let somebody download a letter so that it leaves in one way, if the gate is open. Audited, each time.

    The caller has asked for fresh proof.

    Raises:
        LetterNotReady: its PDF has not been made.
        MayNotLeave: the gate is shut.
    """
    file = LetterFile.objects.filter(letter=letter).first()
    if file is None:
        raise LetterNotReady
    consent = _passed(letter, way, timezone.localdate(), by)
    LetterTaking.objects.create(letter=letter, case_id=letter.case_id, way=way, consent=consent, by=by)
    detail = {"way": str(way), "sha256": file.sha256, "consent": str(consent.pk) if consent else ""}
    record(Action.LETTER_TAKEN, target=letter, case_ids=[letter.case_id], detail=detail)
    return file


@dataclass(frozen=True)
class Stood:
    """How the gate stood on the day a letter left.

    Attributes:
        consent: the agreement that stood on that day, or on a part of it; only of a letter to its recipient.
        against: what stood against it on that day; none where nothing did.
        is_plain: whether nothing has to be asked: it may leave now, or the agreement stood to the end of that day.
    """

    consent: Consent | None
    against: Refused | None
    is_plain: bool


def how_it_stood(letter: Letter, way: Way, on: date, by: User) -> Stood:
    """How the gate of a letter stood on a day up to now.

    Of post to the victim only what is safe now is known, and what was downloaded to be posted on that day: that passed
    the gate then.
    """
    gate = gate_of(letter, on, by)
    refused = gate.refuses(way)
    if refused is None:
        return Stood(gate.consent if way in TO_RECIPIENT else None, None, is_plain=True)
    if refused == Refused.POST:
        was_taken = LetterTaking.objects.filter(letter=letter, way=way, at__date=on).exists()
        return Stood(None, None if was_taken else refused, is_plain=False)
    consent = _taken_back_since(letter, on, by)
    if consent is None:
        return Stood(None, refused, is_plain=False)
    return Stood(consent, None, is_plain=timezone.localdate(consent.withdrawal.at) > on)


def _taken_back_since(letter: Letter, on: date, by: User) -> Consent | None:
    """The agreement to this letter that stood on a day and was taken back on that day or later."""
    found = Consent.objects.visible_to(by).filter(case=letter.case_id, withdrawal__isnull=False)
    meant = found.meant_for(
        purpose=Consent.Purpose.LETTER, organisation=letter.organisation, recipient_name=letter.to_name
    )
    return meant.that_stood(on).select_related("withdrawal").order_by("-withdrawal__at").first()


@transaction.atomic
def give_letter(
    *, letter: Letter, key: UUID, way: Way, to_name: str, on: date, has_left: bool = False, by: User
) -> LetterGiven:
    """Record that a letter was handed over or posted on a day. Audited; the same key and content once.

    What truly happened is recorded as it happened, also after an agreement was taken back. Where the gate is shut, who
    records it says with `has_left` that the letter is out of our hands; where it was shut on that day already, that
    stands beside it and the managers of the team are told.

    Raises:
        KeyUsed: the key stands for another letter that left.
        LetterNotReady: its PDF has not been made.
        MayNotLeave: the gate is shut, and nobody said that it had left already.
        ValidationError: the day is before the letter's own, or still to come.
    """
    kept = LetterGiven.objects.filter(pk=key).first()
    if not LetterFile.objects.filter(letter=letter).exists():
        raise LetterNotReady
    if not letter.dated_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("The day must be between the letter’s own and today")})
    beside = {name: getattr(kept, name) for name in BESIDE} if kept else _beside(letter, way, on, has_left, by)
    given, is_new = keep_once(
        LetterGiven, key, letter_id=letter.pk, case_id=letter.case_id, way=way, to_name=to_name, on=on, by_id=by.pk,
        **beside,
    )  # fmt: skip
    if is_new:
        detail = {"way": str(way), "consent": str(given.consent_id or ""), "against": given.against}
        record(Action.LETTER_GIVEN, target=letter, case_ids=[letter.case_id], detail=detail)
        if given.against:
            _tell_managers(given, by)
    return given


def _beside(letter: Letter, way: Way, on: date, has_left: bool, by: User) -> dict[str, Any]:
    """What is kept beside a letter that left: the agreement it rests on, and what stood against it."""
    hold_consents(letter.case_id)
    stood = how_it_stood(letter, way, on, by)
    if not stood.is_plain and not has_left:
        raise MayNotLeave(Refused.CONSENT if way in TO_RECIPIENT else Refused.POST)
    return {"consent_id": stood.consent.pk if stood.consent else None, "against": str(stood.against or "")}


def _tell_managers(given: LetterGiven, by: User) -> None:
    """A letter left that nothing let out: a manager decides today whom that puts at risk, and who has to be told."""
    case, today, key = given.letter.case, timezone.localdate(), f"letter_gone:{given.pk}"
    title = _("A letter left in a way that was not allowed: look today at who is at risk by it and must be told")
    managers = managers_of(case, but=by, now=timezone.now())
    for manager in managers:
        raise_task(case, Task.Kind.BY_HAND, title, today, key=f"{key}:{manager.pk}", to=manager)
    if not managers:
        raise_task(case, Task.Kind.BY_HAND, title, today, key=key)
