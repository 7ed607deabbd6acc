"""Telling a victim of a service: nothing is shared with it, and nothing is sent to it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.contact import contact_rule
from cases.models import Case
from cases.rules import Channel, Verdict, may_contact
from reference.models import Organisation
from referrals.models import Signpost, SignpostOutcome, SignpostRead, SignpostTakenBack
from referrals.rules.signposting import Telling, ToldHow, why_not


def telling(case: Case, organisation: Organisation) -> Telling:
    """Return what counts when the victim of a case is to be told of an entry, now."""
    post = may_contact(contact_rule(case.victim), Channel.POST, timezone.now())
    return Telling(
        is_retired=organisation.retired_on is not None,
        is_for_portal=organisation.is_for_portal,
        is_portal_open=case.is_portal_open and case.victim.user_id is not None,
        may_post=post.kind == Verdict.ALLOWED,
    )


@transaction.atomic
def tell_victim(*, case: Case, organisation: Organisation, key: UUID, values: Mapping[str, Any], by: User) -> Signpost:
    """Record that the victim was told of a service; told in the portal, it stands on their page from now on.

    Nothing is sent here: a notice that there is something to read is another step (`cases.noticing`), under the
    safe-contact gate. Audited; the same key and content once.

    Args:
        case: whose victim.
        organisation: the entry.
        key: the form's key.
        values: `need`, `told_how`, and `words`, perhaps empty.
        by: the worker.

    Raises:
        ValidationError: the victim may not be told this way; says why.
        KeyUsed: the key stands for another signpost.
    """
    present = Organisation.objects.get(pk=organisation.pk)
    reason = why_not(ToldHow(values["told_how"]), telling(case, present))
    if reason is not None and not Signpost.objects.filter(pk=key).exists():
        raise ValidationError(str(reason.label), code=reason.value)
    content = {name: values[name] for name in ("need", "told_how", "words")}
    signpost, is_new = keep_once(
        Signpost, key, case_id=case.pk, organisation_id=organisation.pk, by_id=by.pk, **content
    )
    if is_new:
        detail = {"organisation": organisation.pk, "told_how": content["told_how"]}
        record(Action.SIGNPOST_TOLD, target=signpost, case_ids=[case.pk], detail=detail)
    return signpost


@transaction.atomic
def take_back_signpost(*, signpost: Signpost, words: str, by: User) -> SignpostTakenBack:
    """Take a signpost from the victim's page; it stays on the case. Audited; done twice, the first stands."""
    try:
        with transaction.atomic():
            back = SignpostTakenBack.objects.create(signpost=signpost, case_id=signpost.case_id, words=words, by=by)
    except IntegrityError:
        return SignpostTakenBack.objects.get(signpost=signpost)
    record(Action.SIGNPOST_TAKEN_BACK, target=signpost, case_ids=[signpost.case_id])
    return back


@transaction.atomic
def record_outcome(*, signpost: Signpost, key: UUID, outcome: str, by: User) -> SignpostOutcome:
    """Record whether it helped; the newest row counts. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another outcome.
    """
    content = {"signpost_id": signpost.pk, "case_id": signpost.case_id, "outcome": outcome, "by_id": by.pk}
    row, is_new = keep_once(SignpostOutcome, key, **content)
    if is_new:
        record(Action.SIGNPOST_OUTCOME, target=signpost, case_ids=[signpost.case_id], detail={"outcome": outcome})
    return row


@transaction.atomic
def mark_signposts_read(*, signposts: Iterable[Signpost], by: User) -> int:
    """Keep that the victim had these on their page; one that was read before stays as it was. Audited.

    Returns:
        how many were new to them.
    """
    wanted = {signpost.pk: signpost for signpost in signposts}
    known = set(SignpostRead.objects.filter(signpost__in=wanted, by=by).values_list("signpost_id", flat=True))
    new = [signpost for pk, signpost in wanted.items() if pk not in known]
    rows = [SignpostRead(signpost=signpost, case_id=signpost.case_id, by=by) for signpost in new]
    SignpostRead.objects.bulk_create(rows, ignore_conflicts=True)
    if new:
        case_ids = sorted({signpost.case_id for signpost in new})
        record(Action.SIGNPOST_READ, case_ids=case_ids, detail={"signposts": len(new)})
    return len(new)
