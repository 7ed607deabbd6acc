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
from cases.contact import contact_rule
from cases.models import Case, Consent
from cases.rules import Channel, ContactDecision, Verdict, may_contact
from jobs.actions import ask
from referrals.letters.merging import Composed
from referrals.models import Letter, LetterFile, LetterGiven, LetterTaking, LetterTemplate
from referrals.rules.letters import TO_RECIPIENT, Refused, Way, why_not


class LetterNotReady(Exception):
    """Its PDF has not been made."""


class MayNotLeave(ValidationError):
    """The gate is shut for this way.

    Args:
        reason: which gate.
    """

    def __init__(self, reason: Refused) -> None:
        """Keep the reason."""
        super().__init__(str(reason.label))
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


@transaction.atomic
def give_letter(*, letter: Letter, key: UUID, way: Way, to_name: str, on: date, by: User) -> LetterGiven:
    """Record that a letter was handed over or posted on a day. Audited; the same key and content once.

    The gate is asked again, for that day: what was agreed may have been taken back since the letter was downloaded.

    Raises:
        KeyUsed: the key stands for another letter that left.
        LetterNotReady: its PDF has not been made.
        MayNotLeave: the gate is shut for that day.
        ValidationError: the day is before the letter's own, or still to come.
    """
    kept = LetterGiven.objects.filter(pk=key).first()
    if not LetterFile.objects.filter(letter=letter).exists():
        raise LetterNotReady
    if not letter.dated_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("The day must be between the letter’s own and today")})
    consent_id = kept.consent_id if kept else getattr(_passed(letter, way, on, by), "pk", None)
    given, is_new = keep_once(
        LetterGiven, key, letter_id=letter.pk, case_id=letter.case_id, way=way, to_name=to_name, on=on, by_id=by.pk,
        consent_id=consent_id,
    )  # fmt: skip
    if is_new:
        detail = {"way": str(way), "consent": str(consent_id or "")}
        record(Action.LETTER_GIVEN, target=letter, case_ids=[letter.case_id], detail=detail)
    return given
