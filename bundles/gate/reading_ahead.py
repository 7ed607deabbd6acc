"""Reading the pictures of a file when its copies are made, so that the gate of a bundle finds their words ready."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from bundles.building.folders import work_folders
from bundles.gate import pictures
from bundles.gate.picture_words import Row, Words, known, read_at_arrival, read_missing, remember
from bundles.selection.beside import shown_copy
from jobs import child
from jobs.actions import ask
from jobs.working import JobFailed, Work
from logs import reading
from logs.models import Evidence, Rendition
from logs.standing import Use
from nsvcs.storage import file_store

Kind = Rendition.Kind
FIND_MB, FIND_SECONDS = 1024, 120
PDF = "application/pdf"


def ask_to_read(evidence: Evidence, rows: Sequence[Rendition], job_id: UUID) -> None:
    """Once the copies of a file are made: have the pictures in it read, where it has any that nobody has read.

    A picture by itself was read with its copy (`logs.making.steps.make_text`), and its words are found by its digest.
    """
    kinds = {Kind.DOCUMENT, Kind.READING, Kind.STILLS}
    if reading.is_here() and any(row.kind in kinds and row.storage_name for row in rows):
        key = f"read_ahead:{job_id}"
        ask(name="read_ahead", key=key, object_id=evidence.pk, case_id=evidence.case_id, by=None)


def read_ahead(work: Work) -> None:
    """Read the pages of one file that show pictures, as they are going to stand in a bundle.

    Raises:
        JobFailed: its copy is gone. What cannot be opened or read is left to the gate, which says so.
    """
    with work.acting():
        file = Evidence.objects.with_copies().with_standing().get(pk=work.object_id)
        copy = shown_copy(file) if file.standing.may(Use.BUNDLE) else None
    if copy is not None:
        _read_copy(work, file, copy)
    with work.acting():
        work.finish()


def _read_copy(work: Work, file: Evidence, copy: Rendition) -> None:
    work_folders().mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=work_folders())))
        try:
            path = stack.enter_context(file_store().path_or_copy(copy.storage_name))
            places = _places(path, copy)
        except FileNotFoundError:
            raise JobFailed("file_missing") from None
        except child.ChildFailed:
            return
        with work.acting():
            before = known(file.case_id, {row["sha256"] for row in places})
            arrived = _at_arrival(file, [row for row in places if row["sha256"] not in before])
            remember(file.case_id, arrived)
        read_missing(work, file.case_id, places, before | arrived, folder)


def _places(path: Path, copy: Rendition) -> list[Row]:
    """The pages that show pictures, by the digests that these have in a bundle too: they stand in it bit for bit."""
    if copy.media_type != PDF:
        return [{"sha256": copy.sha256, "file": str(path)}]
    told = child.run(pictures.FIND, {"path": str(path)}, memory_mb=FIND_MB, seconds=FIND_SECONDS).result
    return [place | {"file": str(path)} for place in told["pictures"]]


def _at_arrival(file: Evidence, places: Sequence[Row]) -> Words:
    """Of a document the scanned pages were read with its words."""
    if not file.is_document:
        return {}
    pages = read_at_arrival(file)
    found = {row["sha256"]: pages[row["local"] - 1] for row in places if row["local"] <= len(pages)}
    return {sha256: words for sha256, words in found.items() if words is not None}
