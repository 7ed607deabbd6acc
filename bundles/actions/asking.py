"""Freezing what was chosen, and asking a worker for it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.redacting import carry_redactions
from bundles.actions.same import same_bundle
from bundles.building.notices import answered
from bundles.choosing.picking import NothingChosen, Picked, items_of, keep_items
from bundles.disclosure.protected import freeze_terms
from bundles.models import USUAL, Bundle, BundleItem, Edition, PartOrder, Reason, Recipient, ReleaseStep
from bundles.selection.choice import Section
from cases.actions.once import KeyUsed
from cases.models import Case
from jobs.actions import ask, call_off, latest_for
from jobs.models import Job
from logs.models import Amendment, Evidence, Incident
from reference.models import Preset


@dataclass(frozen=True)
class Said:
    """What is said of a bundle beside what is in it: kept, and printed, as it was said when it was asked for.

    Attributes:
        edition: an `Edition`; without one the usual edition of the recipient's kind.
        recipient_ref: who of the case or the directory gets it, as `bundles.choosing.recipients` writes it.
        sections: the parts, in their order.
        files_by_entry: exhibits in the order of the entries that tell of them, and not of their marks.
    """

    edition: str = ""
    purpose_kind: str = ""
    recipient_ref: str = ""
    sections: Sequence[str] = Section.ALL
    files_by_entry: bool = False
    producer: str = ""
    crime_reference: str = ""
    officer: str = ""
    ring: str = ""

    def fields(self) -> dict[str, Any]:
        """As fields of a bundle."""
        return asdict(self) | {"sections": list(self.sections)}


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
    said: Said | None = None,
    picked: Picked | None = None,
) -> Bundle:
    """Freeze a choice as rows and ask for the bundle. The same key with the same choice asks once.

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
        said: the edition and what else stands on the cover.
        picked: what is only named, which later notes are in, and why the rest is left out; the ids above count.

    Raises:
        NothingChosen: no entry, or an id that is not one of the case.
        KeyUsed: the key stands for a bundle with another choice.
    """
    said = said or Said()
    with transaction.atomic():
        whole, files = frozenset(entry_ids), frozenset(evidence_ids)
        picked = replace(
            picked or Picked(whole), whole=whole, files=files, date_from=date_from, date_to=date_to,
            files_by_entry=said.files_by_entry,
        )  # fmt: skip
        items = items_of(case, picked, by)
        edition = said.edition or USUAL.get(Recipient(recipient), Edition.SHORT)
        asked_at = timezone.now()
        bundle = Bundle(
            id=key, case=case, recipient=recipient, recipient_name=recipient_name, purpose=purpose, date_from=date_from,
            date_to=date_to, shown=sorted(shown), asked_by=by, asked_at=asked_at,
            preset=Preset.objects.current(edition, timezone.localdate(asked_at)),
            **said.fields() | {"edition": edition},
        )  # fmt: skip
        if before := Bundle.objects.visible_to(by).filter(pk=key).first():
            return same_bundle(before, bundle, items, by)
        bundle.follows = earlier_bundle(bundle, by)
        _keep(bundle)
        keep_items(bundle, items)
        freeze_terms(bundle, by)
        chosen = [item for item in items if item.how == BundleItem.How.WHOLE]
        detail = {"entries": len(whole), "items": len(chosen), "for": recipient, "edition": edition}
        record(Action.BUNDLE_ASKED, target=bundle, case_ids=[case.pk], detail=detail)
        ask(name="bundle", key=f"bundle:{bundle.pk}:1", object_id=bundle.pk, case_id=case.pk, by=by.pk)
    return bundle


def _keep(bundle: Bundle) -> None:
    try:
        with transaction.atomic():
            bundle.save(force_insert=True)
    except IntegrityError as error:
        if "bundles_bundle_pkey" not in str(error):
            raise
        raise KeyUsed(None) from None  # a bundle of a case that is not theirs to see


def earlier_bundle(asked: Bundle, by: User) -> Bundle | None:
    """The bundle of the case that went out last to the same recipient and was not recalled.

    What is new is told from there on. It is looked for once, when the bundle is asked for: the answer is printed. One
    that never left, or that was recalled, nobody has. Somebody in another role is another recipient. What the accused's
    side may read is told apart from all else: it must not say when others had papers, or that there were some.

    Args:
        asked: the bundle that is asked for; it need not be stored.
        by: who asks.
    """
    same = {"recipient": asked.recipient, "recipient_ref": asked.recipient_ref}
    if not asked.recipient_ref:
        same["recipient_name"] = asked.recipient_name
    made = Bundle.objects.visible_to(by).filter(case=asked.case, state=Bundle.State.READY, **same)
    is_safe = Q(edition=Edition.SAFE)
    steps = ReleaseStep.objects.visible_to(by).filter(release=OuterRef("release"))
    out = ReleaseStep.objects.visible_to(by).filter(release__bundle=OuterRef("pk"), kind=ReleaseStep.Kind.OUT)
    stands = out.filter(~Exists(steps.filter(kind=ReleaseStep.Kind.RECALLED))).order_by("-at")
    made = made.filter(is_safe if asked.edition == Edition.SAFE else ~is_safe)
    return made.annotate(out_at=Subquery(stands.values("at")[:1])).exclude(out_at=None).order_by("-out_at").first()


def retry_bundle(*, bundle: Bundle, by: User) -> Bundle:
    """Ask again for a bundle that could not be made or was cancelled; the frozen choice stays as it was.

    Nothing happens while it is still being made, or when it is ready.
    """
    with transaction.atomic():
        bundle = Bundle.objects.visible_to(by).select_for_update(of=("self",)).get(pk=bundle.pk)
        if has_failed(bundle) or bundle.state == Bundle.State.CANCELLED:
            answered(bundle.pk, by)
            bundle.state, bundle.error_code, bundle.error_item = Bundle.State.WAITING, "", ""
            bundle.save(update_fields=["state", "error_code", "error_item"])
            tries = timezone.now().timestamp()
            ask(name="bundle", key=f"bundle:{bundle.pk}:{tries}", object_id=bundle.pk, case_id=bundle.case_id, by=by.pk)
            record(Action.BUNDLE_ASKED, target=bundle, case_ids=[bundle.case_id], detail={"again": True})
    return bundle


def cancel_bundle(*, bundle: Bundle, by: User) -> Bundle:
    """End the making of a bundle that is not wanted any more; whoever may see it may ask for it again. Audited.

    Nothing happens where it is over already: of "ready" and "cancelled" the first to be written stands. The worker that
    has it in hand ends within seconds, and what it wrote goes with it.
    """
    with transaction.atomic():
        bundle = Bundle.objects.visible_to(by).select_for_update(of=("self",)).get(pk=bundle.pk)
        if bundle.is_on_its_way and not has_failed(bundle):
            bundle.state = Bundle.State.CANCELLED
            bundle.save(update_fields=["state"])
            call_off(bundle.pk, "bundle")
            PartOrder.objects.visible_to(by).filter(bundle=bundle).delete()
            record(Action.BUNDLE_CANCELLED, target=bundle, case_ids=[bundle.case_id])
    return bundle


def has_failed(bundle: Bundle) -> bool:
    """Whether it could not be made: it says so itself, or its job ended with nobody left to write it there."""
    if bundle.state == Bundle.State.READY:
        return False
    job = latest_for(bundle.pk, "bundle")
    return bundle.state == Bundle.State.FAILED or (job is not None and job.state == Job.State.FAILED)


def ask_without(*, bundle: Bundle, by: User) -> Bundle:
    """Ask for the same choice without the item it failed at: a new bundle, whose cover says that something is left out.

    The same failed bundle asks once, however often it is pressed.

    Raises:
        NothingChosen: it did not fail at one exhibit or entry, or nothing would be left.
    """
    kind, number = removable_item(bundle) or ("", 0)
    with transaction.atomic():
        entries, files = _ids(bundle, by, BundleItem.Kind.ENTRY), _ids(bundle, by, BundleItem.Kind.EVIDENCE)
        gone_entries, gone_files = Incident.objects.none(), Evidence.objects.visible_to(by).filter(pk__in=files)
        if kind == "entry":
            gone_entries = Incident.objects.visible_to(by).filter(pk__in=entries, number=number)
            left = entries - set(gone_entries.values_list("pk", flat=True))
            gone_files = gone_files.exclude(pk__in=Evidence.objects.visible_to(by).of_entries(left))
        else:
            gone_files = gone_files.filter(exhibit_number=number)
        gone = {*gone_entries.values_list("pk", flat=True), *gone_files.values_list("pk", flat=True)}
        if not gone or not has_failed(bundle):
            raise NothingChosen
        answered(bundle.pk, by)
        rows = BundleItem.objects.visible_to(by).filter(bundle=bundle)
        told = {row.object_id: (row.reason, row.reason_words) for row in rows if row.how == BundleItem.How.OUT}
        notes = _ids(bundle, by, BundleItem.Kind.AMENDMENT)
        picked = Picked(
            whole=frozenset(), listed=_ids(bundle, by, BundleItem.Kind.ENTRY, BundleItem.How.LISTED),
            notes=notes - _ids_of_notes(gone_entries, by) if bundle.edition else None, until=bundle.frozen_at,
            reasons=told | dict.fromkeys(gone, (Reason.FAILED, "")),
        )  # fmt: skip
        names = [each.name for each in fields(Said)]
        key = uuid5(bundle.pk, bundle.error_item)
        if asked := Bundle.objects.visible_to(by).filter(pk=key).first():
            return asked
        carry_redactions(before=bundle.pk, after=key, by=by)
        return request_bundle(
            key=key, case=bundle.case, entry_ids=entries - gone,
            evidence_ids=files - gone, recipient=bundle.recipient, recipient_name=bundle.recipient_name,
            purpose=bundle.purpose, date_from=bundle.date_from, date_to=bundle.date_to, shown=bundle.shown, by=by,
            said=Said(**{name: getattr(bundle, name) for name in names}), picked=picked,
        )  # fmt: skip


def _ids(bundle: Bundle, by: User, kind: str, how: str = BundleItem.How.WHOLE) -> set[UUID]:
    rows = BundleItem.objects.visible_to(by).filter(bundle=bundle, kind=kind, how=how)
    return set(rows.values_list("object_id", flat=True))


def _ids_of_notes(entries: Iterable[Incident], by: User) -> set[UUID]:
    return set(Amendment.objects.visible_to(by).filter(incident__in=entries).values_list("pk", flat=True))


def removable_item(bundle: Bundle) -> tuple[str, int] | None:
    """What a failed bundle could be made without: `exhibit` or `entry`, and its number; none for anything else."""
    found = re.fullmatch(r"(E|entry )(\d+)", bundle.error_item)
    return ("exhibit" if found[1] == "E" else "entry", int(found[2])) if found else None
