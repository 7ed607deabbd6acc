"""What the worker does: builds the frozen choice, keeps the file, writes the result once."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from audit.actions import record, seal_waiting
from audit.models import Action
from bundles.building.announcing import Announcing, arrived
from bundles.building.crew import Crew
from bundles.building.estimating import Telling
from bundles.building.folders import work_folder
from bundles.building.handing import stored_names
from bundles.building.notices import tell_failed, tell_ready
from bundles.building.turns import one_huge_at_a_time
from bundles.building.waiting import finish_copies
from bundles.disclosure.protected import have_terms
from bundles.engine.assembling import BuildFailed, Built, build
from bundles.engine.parts import Store
from bundles.models import Bundle, BundleItem, PartOrder
from bundles.seals.accompanying import Beside, forget_beside, head_for, make_beside, takes_originals, write_beside
from bundles.seals.certificates import CertificateError, service_sealer
from bundles.seals.sealing import Sealer
from bundles.selection.contents import Contents, ContentsError
from bundles.selection.freezing import contents_of, with_files
from jobs import child
from jobs.actions import ask
from jobs.models import Job
from jobs.working import JobFailed, Superseded, Work
from logs.models import Evidence
from logs.models.evidence import EvidenceQuerySet
from logs.standing import Use
from nsvcs.finished import Finished
from nsvcs.fonts import write_fonts_conf
from nsvcs.storage import FileStore, StorageError, StoredFile, file_store

LONGEST_BYTES = 8 * 1024**3
# What children are going to load: while this process reads, and while pages are joined, a core has nothing else to do.
PRINTING = ("bundles.engine.setting", "bundles.engine.printing", "bundles.engine.finishing")
SEALING = ("bundles.seals.placing", "bundles.seals.inspecting")
NOT_YET = {"timestamp_unreachable", "revocation_unreachable", "revocation_unproved"}


@dataclass(frozen=True)
class Kept:
    """The bundle's file and those beside it, kept and not yet named by rows."""

    stored: StoredFile
    beside: tuple[Beside, ...]

    def forget(self) -> None:
        """Remove them: no row will name them."""
        file_store().remove_orphan(self.stored.name)
        forget_beside(self.beside, file_store())


class NotYet(Exception):
    """Somebody outside gave no answer that the seal needs: the queue tries again, a little later each time."""


def build_bundle(work: Work) -> None:
    """Build one bundle with the rights its requester has now.

    Raises:
        JobFailed: naming the item it failed at; the bundle says so too.
        Superseded: another worker has the bundle in hand, or it was cancelled.
        GivesWay: others wait; it goes on in its next turn.
    """
    with one_huge_at_a_time(_pieces(work)):
        while not _build_once(work):
            pass


def _pieces(work: Work) -> int:
    """How many entries and files it is of: known before anything is read."""
    with work.acting():
        by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
        rows = BundleItem.objects.visible_to(by).printed() if by else BundleItem.objects.none()
        return rows.filter(bundle=work.object_id).count()


def _build_once(work: Work) -> bool:
    """Build it. False where a file was locked, or a virus found in it, meanwhile: then nothing of it is kept."""
    finish_copies(work, _chosen_files(work))
    seal_waiting()  # so that the chain's head covers what was done until now
    work.progress("reading")
    child.make_ready(*PRINTING)
    with work_folder(work) as folder, ExitStack() as stack:
        with work.acting():
            bundle, contents = _begin(work)
            head, with_pack, held = head_for(bundle), takes_originals(bundle), _held(work)
            told = Telling(work, len(contents.exhibits))
        told.prepares()
        try:
            sealer, chosen = service_sealer(head), contents
            contents = with_files(chosen, stack)
            parts = Store(folder / "parts", write_fonts_conf(folder))
            crew = Crew(work, bundle, parts, stack, stored_names(chosen, contents))
            built = _build(contents, folder, told, sealer, crew)
            told.finds_parts = crew.kept > 0
            store = Announcing(work, file_store(LONGEST_BYTES))
            beside = make_beside(contents, built, sealer, folder, store, with_pack=with_pack, held=held)
            stored = _stored(built, beside, store)
        except (BuildFailed, ContentsError) as failure:
            _later(work, failure.code)
            _fail(work, bundle, failure.code, failure.item)
        except CertificateError:
            _fail(work, bundle, "seal_certificate", "")
        except StorageError as failure:
            _fail(work, bundle, f"storage_{type(failure).__name__.lower()}", "")
        is_kept = _keep(work, bundle, contents, built, Kept(stored, beside), told)
    if is_kept:
        told.remember()
    return is_kept


def _stored(built: Built, beside: tuple[Beside, ...], store: FileStore) -> StoredFile:
    try:
        return store.store(Finished(built.path, built.sha256))
    except StorageError:
        forget_beside(beside, store)
        raise


def _keep(work: Work, bundle: Bundle, contents: Contents, built: Built, kept: Kept, told: Telling) -> bool:
    try:
        told.piece("keeping", told.total, told.total, "")
        is_kept = _finish(work, bundle, contents, built, kept)
    except Superseded:
        kept.forget()  # its rows are rolled back: whoever took over writes others
        raise
    if not is_kept:
        kept.forget()
    return is_kept


def _chosen_files(work: Work) -> Callable[[User], EvidenceQuerySet]:
    def files(by: User) -> EvidenceQuerySet:
        items = BundleItem.objects.visible_to(by).printed().filter(bundle=work.object_id, kind=BundleItem.Kind.EVIDENCE)
        return Evidence.objects.visible_to(by).filter(pk__in=items.values("object_id"))

    return files


def _begin(work: Work) -> tuple[Bundle, Contents]:
    """The requester may have lost the case since: then there is nothing to build, and nothing is told of it."""
    by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
    rows = Bundle.objects.visible_to(by).select_related("case__victim", "asked_by") if by else Bundle.objects.none()
    bundle = rows.filter(pk=work.object_id).first()
    if by is None or bundle is None:
        raise JobFailed("not_allowed")
    over = [Bundle.State.READY, Bundle.State.CANCELLED]
    if not Bundle.objects.filter(pk=bundle.pk).exclude(state__in=over).update(state=Bundle.State.BUILDING):
        raise Superseded  # cancelled before its worker came to it
    have_terms(bundle, by)
    return bundle, contents_of(bundle, by)


def _build(contents: Contents, folder: Path, told: Telling, sealer: Sealer, crew: Crew) -> Built:
    later = [*SEALING]

    def progress(step: str, done: int, total: int, item: str) -> None:
        if step == "checking":
            child.make_ready(*later)
            later.clear()
        told.piece(step, done, total, item)

    return build(contents, folder / "bundle.pdf", folder, progress, key=sealer, maker=crew)


def _held(work: Work) -> set[str]:
    """Of the chosen files, those whose originals may not leave."""
    by = User.objects.get(pk=work.job.requester_id)
    files = _chosen_files(work)(by).with_standing()
    return {str(each.pk) for each in files if not each.standing.may(Use.DOWNLOAD)}


def _later(work: Work, code: str) -> None:
    """Leave a bundle that only lacks somebody's answer to a later attempt, which goes on from the parts that are made.

    Raises:
        NotYet: there is one left.
    """
    if code in NOT_YET and work.job.attempts < work.kind.most_attempts:
        raise NotYet(code)


def _fail(work: Work, bundle: Bundle, code: str, item: str) -> None:
    with work.acting():
        Bundle.objects.filter(pk=bundle.pk).update(
            state=Bundle.State.FAILED, error_code=code[:60], error_item=item[:120]
        )
        PartOrder.objects.filter(bundle=bundle).delete()
        tell_failed(work, bundle)
        record(Action.BUNDLE_FAILED, target=bundle, case_ids=[bundle.case_id], detail={"code": code})
        # With the row of the job or not at all: whoever was taken over says nothing of another's bundle.
        work.close(Job.State.FAILED, error_code=code[:60], error_item=item[:120])
    raise JobFailed(code, item)


def _finish(work: Work, bundle: Bundle, contents: Contents, built: Built, kept: Kept) -> bool:
    stored = kept.stored
    with work.acting():
        shown = [exhibit.evidence_id for exhibit in contents.exhibits if not exhibit.placeholder_reason]
        if Evidence.objects.filter(pk__in=shown).kept_apart().exists():
            return False
        Bundle.objects.filter(pk=bundle.pk).update(
            state=Bundle.State.READY,
            storage_name=stored.name,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            page_count=built.pages,
            glyphless_count=built.glyphless_count,
            shown_files=contents.shown(built.placeholders),
            ready_at=timezone.now(),
        )
        write_beside(bundle, stored.sha256, kept.beside)
        arrived([stored.name, *(each.stored.name for each in kept.beside)])
        PartOrder.objects.filter(bundle=bundle).delete()  # of an attempt that died, which this one could do without
        detail = {"sha256": stored.sha256, "pages": built.pages, "bytes": stored.size_bytes}
        record(Action.BUNDLE_BUILT, target=bundle, case_ids=[bundle.case_id], detail=detail)
        tell_ready(work, bundle)
        key = f"gate:{bundle.pk}:{stored.sha256[:16]}"
        ask(name="gate", key=key, object_id=bundle.pk, case_id=bundle.case_id, by=work.job.requester_id)
        work.finish()
    return True
