"""What the worker does for a copy of her own notes: the bundle's engine, nothing withheld, a title that says nothing.

She reads what she wrote, so what she keeps out of papers for others is in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.own_copies import kept_for
from bundles.building.announcing import Announcing, arrived
from bundles.building.folders import work_folder
from bundles.building.turns import one_huge_at_a_time
from bundles.building.waiting import finish_copies
from bundles.building.working import LONGEST_BYTES
from bundles.disclosure.withholding import Withholder
from bundles.engine.assembling import BuildFailed, Built, build
from bundles.models import Bundle, OwnCopy, Recipient, Shown
from bundles.seals.accompanying import know
from bundles.seals.certificates import own_sealer
from bundles.selection.beside import NOT_YET
from bundles.selection.contents import Contents, ContentsError, LeftOut
from bundles.selection.fetching import for_her
from bundles.selection.freezing import printed, with_files
from jobs.models import Job
from jobs.working import JobFailed, Superseded, Work
from logs.models import Evidence, Incident
from logs.models.evidence import EvidenceQuerySet
from nsvcs.finished import Finished
from nsvcs.storage import StorageError, StoredFile, file_store


def make_own_copy(work: Work) -> None:
    """Make one copy with the rights its owner has now.

    Raises:
        JobFailed: it cannot be made; the copy says so too.
        Superseded: another worker has it in hand.
    """
    with one_huge_at_a_time(_pieces(work)):
        _make(work)


def _pieces(work: Work) -> int:
    """How many notes and files it is of: known before anything is read."""
    with work.acting():
        by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
        copy = OwnCopy.objects.visible_to(by).filter(pk=work.object_id).first() if by else None
        if by is None or copy is None:
            return 0
        notes = Incident.objects.visible_to(by).filter(case=copy.case_id, recorded_at__lte=copy.asked_at)
        return notes.count() + (_arrived(copy, by).count() if copy.with_files else 0)


def _make(work: Work) -> None:
    finish_copies(work, lambda by: _files_of(work, by))
    with work_folder(work) as folder, ExitStack() as stack:
        with work.acting():
            copy, contents = _begin(work)
        try:
            built = _build(work, with_files(contents, stack), folder / "copy.pdf")
            stored = Announcing(work, file_store(LONGEST_BYTES)).store(Finished(built.path))
        except (BuildFailed, ContentsError) as failure:
            _fail(work, copy, failure.code)
        except StorageError as failure:
            _fail(work, copy, f"storage_{type(failure).__name__.lower()}")
    try:
        is_kept = _finish(work, copy, contents, built, stored)
    except Superseded:
        file_store().remove_orphan(stored.name)
        raise
    if not is_kept:
        file_store().remove_orphan(stored.name)
        _fail(work, copy, "kept_apart")


def _begin(work: Work) -> tuple[OwnCopy, Contents]:
    """Her account may have ended since: then there is nothing to make."""
    by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
    rows = OwnCopy.objects.visible_to(by).select_related("case") if by else OwnCopy.objects.none()
    copy = rows.filter(pk=work.object_id).first()
    if by is None or copy is None:
        raise JobFailed("not_allowed")
    OwnCopy.objects.filter(pk=copy.pk).update(state=Bundle.State.BUILDING)
    return copy, _contents(copy, by)


def _contents(copy: OwnCopy, by: User) -> Contents:
    """Her notes of one case up to when she asked, oldest first, whole."""
    told = Bundle(
        id=copy.pk, case=copy.case, recipient=Recipient.VICTIM, shown=list(Shown.values), asked_by=by,
        asked_at=copy.asked_at,
    )  # fmt: skip
    rows = for_her(_entries(copy, by), told)
    entries, exhibits = printed(told, Withholder.of_nothing(), rows, _files(copy, by))
    if not entries:
        raise JobFailed("not_found")
    return Contents(
        bundle_id=str(copy.pk), reference="", made_at=copy.asked_at, title=_("Notes"), profile=Recipient.VICTIM,
        purpose="", recipient="", prepared_by_role="", entries=entries, exhibits=exhibits,
        left_out=() if copy.with_files else tuple(_files_left_out(copy, by)),
        scope_words=_("All notes") if copy.with_files else _("All notes, without pictures and files"),
    )  # fmt: skip


def _entries(copy: OwnCopy, by: User) -> list[Incident]:
    rows = Incident.objects.visible_to(by).filter(case=copy.case_id, recorded_at__lte=copy.asked_at)
    rows = rows.chronological().select_related("written_offline")
    return list(rows.prefetch_related("amendments__recorded_by", "translations"))


def _files_left_out(copy: OwnCopy, by: User) -> Iterator[LeftOut]:
    count = _arrived(copy, by).count()
    if count:
        yield LeftOut(_("Files"), count, _("not asked for"))


def _files_of(work: Work, by: User) -> EvidenceQuerySet:
    copy = OwnCopy.objects.visible_to(by).filter(pk=work.object_id, with_files=True).first()
    return _arrived(copy, by) if copy else Evidence.objects.none()


def _arrived(copy: OwnCopy, by: User) -> EvidenceQuerySet:
    return Evidence.objects.visible_to(by).filter(case=copy.case_id, arrived_at__lte=copy.asked_at)


def _files(copy: OwnCopy, by: User) -> Sequence[Evidence]:
    if not copy.with_files:
        return []
    rows = _arrived(copy, by).select_related("incident").with_copies().with_beside()
    return list(rows.prefetch_related("custody").order_by("exhibit_number"))


def _build(work: Work, contents: Contents, target: Path) -> Built:
    def progress(step: str, done: int, total: int, item: str) -> None:
        work.progress(step, done, total)

    return build(contents, target, target.parent, progress, key=own_sealer())


def _fail(work: Work, copy: OwnCopy, code: str) -> None:
    with work.acting():
        OwnCopy.objects.filter(pk=copy.pk).update(state=Bundle.State.FAILED)
        record(Action.OWN_COPY_FAILED, target=copy, case_ids=[copy.case_id], detail={"code": code})
        work.close(Job.State.FAILED, error_code=code[:60])
    raise JobFailed(code)


def _finish(work: Work, copy: OwnCopy, contents: Contents, built: Built, stored: StoredFile) -> bool:
    """Write the result, unless a file in it was locked meanwhile."""
    shown = [exhibit.evidence_id for exhibit in contents.exhibits if not exhibit.placeholder_reason]
    not_yet = {str(words) for words in NOT_YET}
    unready = sum(exhibit.placeholder_reason in not_yet for exhibit in contents.exhibits)
    with work.acting():
        if Evidence.objects.filter(pk__in=shown).kept_apart().exists():
            return False
        OwnCopy.objects.filter(pk=copy.pk).update(
            state=Bundle.State.READY, storage_name=stored.name, sha256=stored.sha256, size_bytes=stored.size_bytes,
            page_count=built.pages, shown_files=shown, unready_count=unready, expires_at=timezone.now() + kept_for(),
        )  # fmt: skip
        know(stored.sha256)
        arrived([stored.name])
        detail = {"sha256": stored.sha256, "pages": built.pages, "bytes": stored.size_bytes}
        record(Action.OWN_COPY_MADE, target=copy, case_ids=[copy.case_id], detail=detail)
        work.finish()
    return True
