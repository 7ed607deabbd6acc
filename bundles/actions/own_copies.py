"""A copy of her own notes: asked for in the portal, taken once it is made, and gone after some hours."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.models import Bundle, OwnCopy
from cases.models import Case
from jobs.actions import ask, latest_for
from jobs.models import Job
from logs.models import Evidence, Incident
from reference.models import Limit

HOURS_KEY, FIRST_HOURS = "own_copy_hours", 24


class CopyGone(Exception):
    """There is no such copy to take: not made yet, expired, or a file in it has been locked since."""


def kept_for() -> timedelta:
    """How long a copy can be downloaded, as the service has set it; 24 hours where nothing is set."""
    hours = Limit.objects.filter(key=HOURS_KEY).values_list("value", flat=True).first()
    return timedelta(hours=FIRST_HOURS if hours is None else hours)


def ask_own_copies(*, key: UUID, with_files: bool, by: User) -> list[OwnCopy]:
    """Ask for a copy of one's own notes, one for each case that has any. The same key asks once. Audited.

    Args:
        key: made when the form was shown; the first copy's id.
        with_files: pictures and files are printed too, as far as they can be shown.
        by: the person whose notes they are; the worker acts with this person's rights, looked up again.
    """
    noted = set(Incident.objects.visible_to(by).values_list("case_id", flat=True))
    cases = list(Case.objects.visible_to(by).filter(pk__in=noted).order_by("received_at"))
    try:
        with transaction.atomic():
            return [_ask(UUID(int=key.int ^ place), case, with_files, by) for place, case in enumerate(cases)]
    except IntegrityError:  # somebody else's key, which is not told
        return []


def _ask(key: UUID, case: Case, with_files: bool, by: User) -> OwnCopy:
    before = OwnCopy.objects.visible_to(by).filter(pk=key).first()
    if before is not None:
        return before
    copy = OwnCopy(id=key, user=by, case=case, with_files=with_files, asked_at=timezone.now())
    copy.save(force_insert=True)
    record(Action.OWN_COPY_ASKED, target=copy, case_ids=[case.pk], detail={"with_files": with_files})
    ask(name="own_copy", key=f"own_copy:{copy.pk}", object_id=copy.pk, case_id=case.pk, by=by.pk)
    return copy


def own_copies(by: User, now: datetime) -> list[OwnCopy]:
    """Copies that are being made, can be taken, or could not be made in the last day, newest first."""
    since = now - max(kept_for(), timedelta(days=1))
    found = list(OwnCopy.objects.visible_to(by).filter(asked_at__gte=since).order_by("-asked_at")[:10])
    for copy in found:
        job = latest_for(copy.pk, "own_copy") if copy.is_on_its_way() else None
        if job is not None and job.state == Job.State.FAILED:
            copy.state = Bundle.State.FAILED  # its worker died before it could say so
    return [copy for copy in found if copy.is_on_its_way() or copy.can_be_taken(now) or copy.state == "failed"]


def take_own_copy(*, copy: OwnCopy, by: User) -> OwnCopy:
    """Record that she downloads a copy of her own; the caller has asked for fresh proof.

    Raises:
        CopyGone: it cannot be taken.
    """
    with transaction.atomic():
        if copy.user_id != by.pk or not copy.can_be_taken(timezone.now()):
            raise CopyGone
        if Evidence.objects.visible_to(by).filter(pk__in=copy.shown_files).kept_apart().exists():
            raise CopyGone
        record(Action.OWN_COPY_TAKEN, target=copy, case_ids=[copy.case_id], detail={"sha256": copy.sha256})
    return copy
