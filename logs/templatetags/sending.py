"""The box to choose files in, with those that are on their way: one part of every form that takes files."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse

from accounts.models import User
from cases.models import Case
from logs.actions.arriving import received
from logs.limits import limits
from logs.models import Arrival, ImportBatch, Incident
from nsvcs import tus
from nsvcs.access import Role
from nsvcs.identity import acting_as

register = template.Library()
MOST_LOST = 20


@register.inclusion_tag("logs/_sending.html", takes_context=True)
def sending_box(
    context: dict[str, Any],
    box: Any,
    draft: UUID | str | None = None,
    note: Incident | None = None,
    case: Case | None = None,
    address: str = "",
    is_source: bool = False,
) -> dict[str, Any]:
    """The field of a form that takes files.

    Args:
        context: the page's.
        box: the field.
        draft: the key of the note being written.
        note: the note, if it is kept already.
        case: for staff, the case it belongs to.
        address: where the unfinished note is opened again.
        is_source: the form brings messages in: its unfinished files are listed whatever key they began under.
    """
    user = context["request"].user
    key = note.pk if note else _key(draft)
    return {
        "box": box,
        "rows": sources_for(user, case) if is_source else rows_for(user, key, case),
        "is_source": is_source,
        "create_url": reverse("logs:arrivals", args=[case.pk]) if case else reverse("portal:files"),
        "key_box": "key" if case or is_source else "draft",
        "note": note and (note.pk if case else note.number),
        "address": address,
        "piece_bytes": tus.PIECE_BYTES,
        "most_bytes": limits()["upload_recording_bytes"],
        "is_hers": user.role == Role.VICTIM,
    }


def _key(draft: UUID | str | None) -> UUID | None:
    try:
        return draft if isinstance(draft, UUID) or draft is None else UUID(str(draft))
    except ValueError:
        return None


def rows_for(user: User, key: UUID | None, case: Case | None) -> list[dict[str, Any]]:
    """One's own files for a note that are not with it yet, with how far each is."""
    if key is None:
        return []
    with acting_as(user.pk):
        mine = Arrival.objects.visible_to(user).filter(case_ref=case.pk if case else None)
        return _rows(mine.shown_for(key), case)


def sources_for(user: User, case: Case | None, batch: ImportBatch | None = None) -> list[dict[str, Any]]:
    """One's own files to bring messages in from that have not come whole: all of them, or the one of a batch."""
    with acting_as(user.pk):
        mine = Arrival.objects.visible_to(user).filter(case_ref=case.pk if case else None, is_source=True)
        found = mine.exclude(state=Arrival.State.JOINED).order_by("begun_at")
        return _rows(found.filter(entry_key=batch.pk) if batch else found, case)


def _rows(found: Iterable[Arrival], case: Case | None) -> list[dict[str, Any]]:
    return [
        {
            "file": each,
            "received": received(each),
            "remove_url": reverse("logs:arrival_remove", args=[case.pk, each.letters])
            if case
            else reverse("portal:file_remove", args=[each.letters]),
            "is_carried": each.state in {Arrival.State.SENDING, Arrival.State.CHECKING, Arrival.State.WHOLE},
        }
        for each in found
    ]


@register.simple_tag(takes_context=True)
def sent_before_losing(context: dict[str, Any]) -> list[Arrival]:
    """What the reader sent for cases they see no more: neither which cases, nor what the files are called."""
    user = context["request"].user
    return list(Arrival.objects.visible_to(user).of_cases_lost_to(user)[:MOST_LOST])


@register.inclusion_tag("logs/_sending_note.html", takes_context=True)
def sending_note(context: dict[str, Any], note: Incident, case: Case | None = None) -> dict[str, Any]:
    """On the page of a kept note: one's own files that are not with it yet, and what to do about each."""
    rows = rows_for(context["request"].user, note.pk, case)
    url = reverse("logs:amend", args=[case.pk, note.pk]) if case else reverse("portal:entry_add", args=[note.number])
    return {"rows": rows, "add_url": url}


@register.inclusion_tag("logs/bringing/_coming.html", takes_context=True)
def sending_source(context: dict[str, Any], batch: ImportBatch, add_url: str) -> dict[str, Any]:
    """On the page of a batch whose file is coming: how far it is, and where the rest is sent from."""
    user = context["request"].user
    rows = sources_for(user, context.get("case"), batch)
    return {"rows": rows, "add_url": add_url, "is_gone": not rows and batch.asked_by_id == user.pk}
