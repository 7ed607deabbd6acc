"""A new choice that begins as a bundle's frozen one: what was found in it is mended one step from a new bundle."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from bundles.choosing.drafting import FILE_KINDS, STEPS, Choice
from bundles.choosing.offering import file_kind, offer
from bundles.choosing.recipients import candidate, producers
from bundles.models import Bundle, BundleItem, Purpose, Reason
from bundles.selection.choice import Section
from logs.models import Evidence

Kind, How = BundleItem.Kind, BundleItem.How
Rows = Mapping[tuple[str, UUID], BundleItem]
# Found again by themselves: outside the days, of another kind, of an entry that is not printed.
BY_THEMSELVES = frozenset({Reason.RANGE, Reason.KIND, Reason.ENTRY})
COVER_LINES = ("crime_reference", "officer", "ring")


def choice_again(bundle: Bundle, by: User) -> Choice:
    """What was chosen for a bundle, as a draft keeps it. What arrived since it was asked for is not in it unseen."""
    items = BundleItem.objects.visible_to(by).filter(bundle=bundle)
    rows = {(item.kind, item.object_id): item for item in items}
    choice = _answers(bundle, rows, by)
    found = offer(bundle.case, choice, by)
    left, kept = {}, []
    for line in found.lines:
        row = rows.get((line.kind, line.pk))
        if row is None or line.must:
            continue
        if row.how != How.OUT and not found.is_in(line):
            kept.append(line.key)
        elif row.how == How.OUT and row.reason not in BY_THEMSELVES and (row.reason_words or found.is_in(line)):
            left[line.key] = (row.reason, row.reason_words)
    return replace(choice, left=left, kept=tuple(sorted(kept)))


def _answers(bundle: Bundle, rows: Rows, by: User) -> Choice:
    """Everything but what is left out and what is kept in line by line."""
    case, again = bundle.case, Choice(again_of=str(bundle.pk))
    producer, is_full_name = _producer(bundle, by)
    has_recipient = candidate(case, bundle.purpose_kind, bundle.recipient_ref, by) is not None
    answered = {"purpose": bool(bundle.purpose_kind), "recipient": has_recipient, "cover": bool(producer)}
    out_of_kind = {pk for (kind, pk), row in rows.items() if kind == Kind.EVIDENCE and row.reason == Reason.KIND}
    files = Evidence.objects.visible_to(by).filter(pk__in=out_of_kind) if out_of_kind else ()
    unwanted = {file_kind(file) for file in files}
    notes = [row for (kind, _pk), row in rows.items() if kind == Kind.AMENDMENT]
    return replace(
        again,
        purpose=bundle.purpose_kind, recipient_ref=bundle.recipient_ref if has_recipient else "",
        words=_words(bundle), date_from=bundle.date_from, date_to=bundle.date_to,
        file_kinds=tuple(kind for kind in FILE_KINDS if kind not in unwanted),
        has_notes=not any(row.reason == Reason.KIND for row in notes), until=bundle.frozen_at,
        listed=tuple(sorted(str(pk) for (_kind, pk), row in rows.items() if row.how == How.LISTED)),
        sections=tuple(bundle.sections) or Section.ALL, files_by_entry=bundle.files_by_entry,
        shown=tuple(bundle.shown), producer=producer, is_full_name=is_full_name,
        on_cover=tuple(name for name in COVER_LINES if getattr(bundle, name)),
        done=tuple(step for step in STEPS if step not in {"core", "check"} and answered.get(step, True)),
    )  # fmt: skip


def _words(bundle: Bundle) -> str:
    """The words beside the purpose: the two are kept as they were printed, in one."""
    if not bundle.purpose_kind:
        return ""
    label = str(Purpose(bundle.purpose_kind).label)
    return bundle.purpose.removeprefix(label).removeprefix(":").strip()


def _producer(bundle: Bundle, by: User) -> tuple[str, bool]:
    """Who produces the exhibits, of those who still can; kept is what was printed of them."""
    for each in producers(bundle.case, by, timezone.now()):
        for is_full_name in (False, True):
            if each.printed(is_full_name=is_full_name) == bundle.producer:
                return each.ref, is_full_name
    return "", False
