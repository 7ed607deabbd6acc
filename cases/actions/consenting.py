"""What a victim agrees to, and taking it back: at once, without a question, and whatever rests on it ends."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.once import keep_once
from cases.limits import limits
from cases.models import Case, Consent, ConsentWithdrawal
from cases.rules import last_day, recipient_key
from jobs.actions import ask
from jobs.working import Work

# What a room does when an agreement is withdrawn. It may say what it ended, in sentences for the worker's task.
OnWithdrawal = Callable[[Consent, Work], Sequence[str] | None]
_endings: list[OnWithdrawal] = []


def on_withdrawal(function: OnWithdrawal) -> OnWithdrawal:
    """Say, from an app's `ready`, what ends with an agreement.

    The job `consent_withdrawn` calls it in a transaction as itself, each function in its own, and calls all of them
    again after a failure: what was ended before must stay as it is.
    """
    if function not in _endings:
        _endings.append(function)
    return function


def endings() -> tuple[OnWithdrawal, ...]:
    """What the rooms have said, in the order of the floors."""
    return tuple(_endings)


def hold_consents(case_id: UUID) -> None:
    """Hold what is agreed for a case until the transaction ends: nobody withdraws while something is done on it.

    Before the case itself is locked: a withdrawal that holds this asks for the case as it commits, and each would wait
    for the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('consents ' || %s, 0))", [str(case_id)])


@transaction.atomic
def give_consent(*, case: Case, key: UUID, values: Mapping[str, Any], by: User) -> Consent:
    """Record what the victim agreed to. Audited; the same key and content once.

    `values` are the consent's fields: purpose, organisation or recipient_name, what, starts_on, ends_on (both days
    count), how_given, given_on, words.

    Raises:
        KeyUsed: the key stands for another agreement.
        ValidationError: it names nobody or two, its days are out of order or longer than the service allows, or it
            is said to be given after today.
    """
    case = lock(case)
    kept = Consent.objects.filter(pk=key, case=case).values_list("number", flat=True).first()
    newest = Consent.objects.filter(case=case).aggregate(newest=Max("number"))["newest"] or 0
    content = _content(values)
    number = kept or newest + 1
    consent, is_new = keep_once(Consent, key, case_id=case.pk, number=number, recorded_by_id=by.pk, **content)
    if is_new:
        record(Action.CONSENT_GIVEN, target=consent, case_ids=[case.pk], detail={"purpose": consent.purpose})
    return consent


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept, after all that the database would refuse was refused in words."""
    organisation, name = values.get("organisation"), values.get("recipient_name", "").strip()
    if (organisation is None) == (not name):
        raise ValidationError(_("Name one organisation of the directory, or somebody else."))
    if name and not recipient_key(name):
        raise ValidationError({"recipient_name": _("Enter a name with letters or numbers")})
    _check_days(values)
    names = ("purpose", "what", "starts_on", "ends_on", "how_given", "given_on")
    return {name: values[name] for name in names} | {
        "words": values.get("words", ""),
        "organisation_id": organisation.pk if organisation else None,
        "recipient_name": name,
        "recipient_key": recipient_key(name),
    }


def _check_days(values: Mapping[str, Any]) -> None:
    given_on, starts_on, ends_on = values["given_on"], values["starts_on"], values["ends_on"]
    longest = limits()["consent_longest_days"]
    if given_on > timezone.localdate():
        raise ValidationError({"given_on": _("The day must be today or in the past")})
    if starts_on < given_on:
        raise ValidationError({"starts_on": _("It cannot begin before the victim agreed")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day must not be before the first")})
    if ends_on > last_day(starts_on, longest):
        too_long = _("An agreement lasts at most %(days)s days. After that, ask the victim again.")
        raise ValidationError({"ends_on": too_long % {"days": longest}})


@transaction.atomic
def withdraw_consent(*, consent: Consent, how: str = "", words: str = "", by: User) -> ConsentWithdrawal:
    """Take an agreement back, at the victim's word alone. Audited; a second press changes nothing.

    From this moment it stands no more. A job ends what rests on it, and tells whoever holds the case.
    """
    hold_consents(consent.case_id)
    kept = ConsentWithdrawal.objects.filter(consent=consent).first()
    if kept is not None:
        return kept
    withdrawal = ConsentWithdrawal.objects.create(
        consent=consent, case_id=consent.case_id, at=timezone.now(), by=by, how=how, words=words
    )
    record(Action.CONSENT_WITHDRAWN, target=consent, case_ids=[consent.case_id], detail={"purpose": consent.purpose})
    key = f"consent:{consent.pk}"
    ask(name="consent_withdrawn", key=key, object_id=consent.pk, case_id=consent.case_id, by=None)
    return withdrawal
