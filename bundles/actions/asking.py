"""Freezing what was chosen, and asking a worker for it."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.models import Bundle, BundleItem
from cases.models import Case
from jobs.actions import ask
from logs.models import Evidence, Incident


class NothingChosen(Exception):
    """A bundle needs at least one entry."""


def selection(*, case: Case, by: User, date_from: date | None, date_to: date | None) -> Sequence[Incident]:
    """The entries of a case between two days (both included), oldest first, with counts; what the check page offers."""
    entries = Incident.objects.visible_to(by).filter(case=case).with_counts().chronological()
    if date_from:
        entries = entries.filter(occurred_on__gte=date_from)
    if date_to:
        entries = entries.filter(occurred_on__lte=date_to)
    return list(entries)


def request_bundle(
    *,
    key: UUID,
    case: Case,
    entry_ids: Iterable[UUID],
    evidence_ids: Iterable[UUID],
    recipient: str,
    recipient_name: str,
    purpose: str,
    date_from: date | None,
    date_to: date | None,
    shown: Iterable[str],
    by: User,
) -> Bundle:
    """Freeze a choice as rows and ask for the bundle. The same key asks once.

    Args:
        key: made when the form was first shown; becomes the bundle's id.
        case: the case; ids that are not of it, or not visible to `by`, are refused.
        entry_ids: entries in it.
        evidence_ids: files in it; only files of chosen entries.
        recipient: a `Recipient`.
        recipient_name: the person or office, as printed on the cover.
        purpose: what it is for, as printed on the cover.
        date_from: first day of the range, for the cover.
        date_to: last day of the range, for the cover.
        shown: what of `Shown` is printed; everything else is withheld.
        by: who asks; the worker acts with this person's rights, looked up again.

    Raises:
        NothingChosen: no entry, or an id that is not one of the case.
    """
    with transaction.atomic():
        before = Bundle.objects.visible_to(by).filter(pk=key, case=case).first()
        if before is not None:
            return before
        items = _items(case, set(entry_ids), set(evidence_ids), by)
        bundle = Bundle(
            id=key, case=case, recipient=recipient, recipient_name=recipient_name, purpose=purpose, date_from=date_from,
            date_to=date_to, shown=sorted(shown), asked_by=by, asked_at=timezone.now(),
        )  # fmt: skip
        bundle.save(force_insert=True)
        for position, item in enumerate(items):
            item.bundle, item.case, item.position = bundle, case, position
        BundleItem.objects.bulk_create(items)
        detail = {"entries": sum(i.kind == BundleItem.Kind.ENTRY for i in items), "items": len(items), "for": recipient}
        record(Action.BUNDLE_ASKED, target=bundle, case_ids=[case.pk], detail=detail)
        ask(name="bundle", key=f"bundle:{bundle.pk}:1", object_id=bundle.pk, case_id=case.pk, by=by.pk)
    return bundle


def _items(case: Case, entry_ids: set[UUID], evidence_ids: set[UUID], by: User) -> list[BundleItem]:
    entries = Incident.objects.visible_to(by).filter(case=case, pk__in=entry_ids).chronological()
    files = Evidence.objects.visible_to(by).filter(case=case, pk__in=evidence_ids, incident__in=entry_ids)
    found = [BundleItem(kind=BundleItem.Kind.ENTRY, object_id=entry.pk) for entry in entries]
    if not found or len(found) != len(entry_ids) or files.count() != len(evidence_ids):
        raise NothingChosen
    return found + [
        BundleItem(kind=BundleItem.Kind.EVIDENCE, object_id=file.pk) for file in files.order_by("exhibit_number")
    ]


def retry_bundle(*, bundle: Bundle, by: User) -> Bundle:
    """Ask again for a bundle that could not be made; the frozen choice stays as it was."""
    with transaction.atomic():
        bundle = Bundle.objects.visible_to(by).select_for_update(of=("self",)).get(pk=bundle.pk)
        if bundle.state == Bundle.State.FAILED:
            bundle.state, bundle.error_code, bundle.error_item = Bundle.State.WAITING, "", ""
            bundle.save(update_fields=["state", "error_code", "error_item"])
            tries = timezone.now().timestamp()
            ask(name="bundle", key=f"bundle:{bundle.pk}:{tries}", object_id=bundle.pk, case_id=bundle.case_id, by=by.pk)
            record(Action.BUNDLE_ASKED, target=bundle, case_ids=[bundle.case_id], detail={"again": True})
    return bundle
