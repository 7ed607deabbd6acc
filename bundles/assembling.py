"""From frozen contents to one sealed file: check, clean, print, plan, join, finish, look again, seal.

Pure: it knows no database. What it needs is in the contents, what it makes is the file.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, TypeVar

from bundles import documents, manifest, pictures, planning, rendering, sealing
from bundles.contents import Contents, ContentsError, Entry
from bundles.parts import Parts, culprit, file_digest, is_still
from bundles.planning import Part, Plan
from bundles.rendering import Sheet, exhibit_place
from bundles.sealing import Sealer, SealFailed
from jobs.child import ChildFailed
from nsvcs.fonts import write_fonts_conf
from nsvcs.typesetting import Typesetter

CHAPTER_ENTRIES = 250
BATCH_SHEETS = 40
BATCH_BYTES = 80_000_000
AT_ONCE = min(2, os.cpu_count() or 1)
FINISH_SECONDS = 600
Piece = TypeVar("Piece")
Result = TypeVar("Result")
Progress = Callable[[str, int, int, str], None]
REASONS = {
    "password": "The document is locked with a password.",
    "no_pages": "The document has no pages.",
    "too_many_pages": "The document has more pages than a bundle takes.",
    "too_large": "The document grows too large when it is opened.",
    "memory": "The document grows too large when it is opened.",
    "time": "The document takes too long to open.",
    "picture": "No viewing copy could be made of this picture.",
    "audio": "It is a sound recording.",
    "video": "It is a video.",
    "other": "Files of this kind are not printed in a bundle.",
}
DAMAGED = "The document is damaged and could not be opened safely."


class BuildFailed(Exception):
    """The bundle could not be made.

    Attributes:
        item: what it failed at: an exhibit's mark, an entry, or a step.
        code: why.
    """

    def __init__(self, item: str, code: str) -> None:
        super().__init__(f"{item}: {code}")
        self.item = item
        self.code = code


@dataclass(frozen=True)
class Built:
    """The finished file; `listed` is the list that it carries."""

    path: Path
    pages: int
    bytes: int
    sha256: str
    page_map: dict[str, Any]
    glyphless_count: int
    placeholders: dict[str, str]
    peak_child_rss_bytes: int
    parts_made: int
    listed: dict[str, Any] = field(default_factory=dict)


def build(
    contents: Contents, out_path: Path, work_dir: Path, progress: Progress | None = None, *, key: Sealer
) -> Built:
    """Make the bundle at `out_path`; nothing is there until it is whole.

    Args:
        contents: the frozen selection.
        out_path: where the file goes, on the file system of `work_dir`.
        work_dir: where parts are kept; the next try with the same folder goes on from them.
        progress: called with the step, how many pieces are done, of how many, and which.
        key: who seals it.

    Raises:
        BuildFailed: naming the item it failed at.
    """
    return _Build(contents, Path(out_path), Path(work_dir), progress, key).run()


class _Build:
    """One build: the twelve steps of the pipeline that are ours, each a method."""

    def __init__(self, contents: Contents, out: Path, work: Path, progress: Progress | None, key: Sealer) -> None:
        self.contents, self.out, self.work, self.key = contents, out, work, key
        # A worker that was taken for dead may wake while another builds: neither writes into the other's files.
        self.name = uuid.uuid4().hex[:12]
        self.parts = Parts(work / "parts", write_fonts_conf(work))
        self.setter = Typesetter()
        self.copies: dict[str, str] = {}
        self.progress = progress or (lambda step, done, total, item: None)
        self.done = 0
        sheets = -(-len(contents.exhibits) // BATCH_SHEETS)
        self.total = 2 * len(contents.exhibits) + len(self._chapters()) + sheets + 5

    def run(self) -> Built:
        try:
            self.contents.check()
        except ContentsError as error:
            raise BuildFailed(error.item, error.code) from None
        self._check_originals()
        sheets = self._prepare_exhibits()
        chapters = self._print_chapters()
        exhibits = self._print_sheets(sheets)
        plan = self._print_index([self._print_front()], [*chapters, *exhibits], sheets)
        page_map = planning.page_map(self.contents, plan)
        unsealed = self._finish(plan, page_map, sheets)
        return self._seal(unsealed, plan, page_map, sheets)

    def _at_once(
        self, step: str, work: Callable[[Piece], Result], pieces: Sequence[Piece], names: Sequence[str]
    ) -> list[Result]:
        """Do the same work to every piece, one child process a core, and tell of each in its order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [pool.submit(work, piece) for piece in pieces]
            try:
                return [self._told_of(step, name, future) for name, future in zip(names, waiting, strict=True)]
            finally:
                for future in waiting:
                    future.cancel()

    def _told_of(self, step: str, name: str, future: "Future[Result]") -> Result:
        result = future.result()
        self._step(step, name)
        return result

    def _step(self, step: str, item: str = "") -> None:
        self.done += 1
        self.progress(step, min(self.done, self.total), self.total, item)

    def _check_originals(self) -> None:
        """Every original is still the file that arrived: a wrong file under a right mark is worse than no bundle."""
        for exhibit in self.contents.exhibits:
            if not exhibit.original_path:
                self._step("checking", exhibit.mark)
                continue
            try:
                found = file_digest(exhibit.original_path)
            except OSError:
                raise BuildFailed(exhibit.mark, "original_missing") from None
            if found != exhibit.sha256:
                raise BuildFailed(exhibit.mark, "original_changed")
            self._step("checking", exhibit.mark)

    def _prepare_exhibits(self) -> list[tuple[Sheet, str]]:
        """How each exhibit is shown, and the path of its pages if it is a document."""
        rows: list[Sheet] = []
        first_marks: dict[str, str] = {}
        for ordinal, exhibit in enumerate(self.contents.exhibits, 1):
            twin = first_marks.setdefault(exhibit.sha256, exhibit.mark)
            rows.append(Sheet(ordinal, exhibit, twin="" if twin == exhibit.mark else twin))
        return self._at_once("preparing", self._prepare, rows, [row.exhibit.mark for row in rows])

    def _prepare(self, sheet: Sheet) -> tuple[Sheet, str]:
        exhibit = sheet.exhibit
        if exhibit.placeholder_reason:
            return sheet._replace(reason=exhibit.placeholder_reason), ""
        if exhibit.kind == "image":
            return self._prepare_picture(sheet), ""
        if exhibit.kind == "other":
            family = exhibit.media_type.partition("/")[0]
            return sheet._replace(reason=REASONS.get(family, REASONS["other"])), ""
        if is_still(exhibit.copy_path, exhibit.copy_sha256):
            made = sheet._replace(document_pages=exhibit.copy_pages, pictured=exhibit.copy_pictured)
            return made._replace(details=exhibit.copy_details), str(exhibit.copy_path)
        try:
            cleaned = self.parts.cleaned(exhibit.original_path, exhibit.sha256)
        except ChildFailed as failed:
            if failed.code == "disk":
                raise BuildFailed(exhibit.mark, "disk") from None
            return sheet._replace(reason=REASONS.get(failed.code.removeprefix("refused:"), DAMAGED)), ""
        shown = sheet._replace(document_pages=cleaned["pages"], pictured=tuple(cleaned["pictured"]))
        return shown._replace(details=documents.details_of(cleaned)), cleaned["path"]

    def _prepare_picture(self, sheet: Sheet) -> Sheet:
        path = sheet.exhibit.copy_path
        try:
            if not path:
                raise pictures.PictureError("no copy")
            picture = pictures.read(path)
            self.copies[sheet.exhibit.mark] = picture.sha256
        except (pictures.PictureError, OSError):
            return sheet._replace(reason=REASONS["picture"])
        return sheet._replace(picture=(picture.width, picture.height))

    # --- printing ---------------------------------------------------------------------------------------------

    def _chapters(self) -> list[tuple[Entry, ...]]:
        entries = self.contents.entries
        return [entries[start : start + CHAPTER_ENTRIES] for start in range(0, len(entries), CHAPTER_ENTRIES)]

    def _print_chapters(self) -> list[Part]:
        chapters = self._chapters()
        befores = [None, *(chapter[-1] for chapter in chapters)]
        pages = [
            rendering.chapter(self.contents, chapter, before, self.setter)
            for chapter, before in zip(chapters, befores, strict=False)
        ]
        names = [f"entries {chapter[0].number} to {chapter[-1].number}" for chapter in chapters]
        printed = self._at_once("printing", self._print_chapter, list(zip(chapters, pages, strict=True)), names)
        return [_whole(part) for part in printed]

    def _print_chapter(self, both: tuple[tuple[Entry, ...], str]) -> dict[str, Any]:
        chapter, html = both
        try:
            return self.parts.printed(html)
        except ChildFailed as failed:
            if failed.code == "disk":
                raise BuildFailed("disk", "disk") from None
            at_fault = culprit(chapter, self._print_entries)
            item = f"entry {at_fault.number}" if at_fault else f"entries {chapter[0].number} to {chapter[-1].number}"
            raise BuildFailed(item, failed.code.removeprefix("refused:")) from None

    def _print_entries(self, entries: Sequence[Entry]) -> None:
        self.parts.printed(rendering.chapter(self.contents, entries, None, Typesetter()))

    def _print_sheets(self, sheets: Sequence[tuple[Sheet, str]]) -> list[Part]:
        batches = list(_batches(sheets))
        pages = [rendering.sheets([sheet for sheet, _ in batch], self.setter) for batch in batches]
        names = [f"exhibits {batch[0][0].exhibit.mark} to {batch[-1][0].exhibit.mark}" for batch in batches]
        printed = self._at_once("printing", self._print_batch, list(zip(batches, pages, names, strict=True)), names)
        return [part for batch, one in zip(batches, printed, strict=True) for part in self._exhibit_parts(batch, one)]

    def _print_batch(self, work: tuple[list[tuple[Sheet, str]], str, str]) -> dict[str, Any]:
        batch, html, name = work
        sheets = [sheet for sheet, _ in batch]
        try:
            return self._print_some(sheets, html)
        except ChildFailed as failed:
            if failed.code == "disk":
                raise BuildFailed("disk", "disk") from None
            at_fault = culprit(sheets, lambda some: self._print_some(some, rendering.sheets(some, Typesetter())))
            item = at_fault.exhibit.mark if at_fault else name
            raise BuildFailed(item, failed.code.removeprefix("refused:")) from None

    def _print_some(self, sheets: Sequence[Sheet], html: str) -> dict[str, Any]:
        rows = [sheet for sheet in sheets if sheet.picture]
        placed = [(f"frame-{row.ordinal}", row.exhibit.copy_path or "") for row in rows]
        return self.parts.printed(html, placed, [self.copies[row.exhibit.mark] for row in rows])

    def _exhibit_parts(self, batch: list[tuple[Sheet, str]], printed: dict[str, Any]) -> Iterator[Part]:
        places = printed["places"]
        firsts = [_first_page(places, sheet.ordinal) for sheet, _ in batch]
        for (sheet, path), first, following in zip(batch, firsts, [*firsts[1:], printed["pages"]], strict=True):
            mark = sheet.exhibit.mark
            own = {exhibit_place(sheet.ordinal): (first, _height(places, sheet.ordinal))}
            yield Part(printed["path"], first, following - first, own)
            if path:
                view = documents.REPAIRED if "mended" in sheet.details else documents.VIEW
                yield Part(path, 0, sheet.document_pages, header=f"Exhibit {self.setter.plain(mark)}", view=view)

    def _print_front(self) -> Part:
        html = rendering.front(self.contents, has_codes=self.setter.codes > 0)
        part = self._print_or_fail("cover", html)
        self._step("printing", "cover")
        return part

    def _print_index(self, before: list[Part], after: list[Part], sheets: Sequence[tuple[Sheet, str]]) -> Plan:
        """Print the index until its own length no longer moves what it points at."""
        notes = {sheet.exhibit.mark: "Not shown: see its page" for sheet, _ in sheets if sheet.reason}
        part = Part("", 0, 1, {"index": (0, 0.0)})  # most indexes have one page
        for _ in range(5):
            plan = planning.plan([*before, part, *after])
            again = self._print_or_fail("index", rendering.index(self.contents, plan.numbers(), notes))
            if again.pages == part.pages:
                self._step("printing", "index")
                return planning.plan([*before, again, *after])
            part = again
        raise BuildFailed("index", "index_unsteady")

    def _print_or_fail(self, item: str, html: str) -> Part:
        try:
            return _whole(self.parts.printed(html))
        except ChildFailed as failed:
            raise BuildFailed(item, failed.code.removeprefix("refused:")) from None

    # --- the one file -----------------------------------------------------------------------------------------

    def _finish(self, plan: Plan, page_map: dict[str, Any], sheets: Sequence[tuple[Sheet, str]]) -> Path:
        shown = {sheet.exhibit.mark: sheet for sheet, _ in sheets}
        listed = manifest.make(self.contents, page_map, shown, self.copies, self.key.told())
        planned, listing = self.work / f"plan.{self.name}.json", self.work / f"manifest.{self.name}.json"
        listing.write_text(manifest.text(listed))
        planned.write_text(json.dumps(self._told(plan)))
        joined, unsealed = self.work / f"joined.{self.name}.pdf", self.work / f"unsealed.{self.name}.pdf"
        payload = {"plan": str(planned), "manifest": str(listing), "joined": str(joined), "out": str(unsealed)}
        try:
            self.parts.run("bundles.finishing:finish", payload, FINISH_SECONDS)
        except ChildFailed as failed:
            unsealed.unlink(missing_ok=True)
            raise BuildFailed("joining", failed.code.removeprefix("refused:")) from None
        finally:
            for done_with in (planned, listing, joined):
                done_with.unlink(missing_ok=True)
        self._step("joining")
        return unsealed

    def _told(self, plan: Plan) -> dict[str, Any]:
        return {
            "parts": [{"path": part.path, "first": part.first, "pages": part.pages} for part in plan.parts],
            "pages": plan.pages,
            "places": plan.places,
            "headers": plan.headers,
            "outline": planning.outline(self.contents, plan),
            "reference": self.setter.plain(self.contents.reference),
            "made_at": self.contents.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ"),
        }

    def _seal(self, unsealed: Path, plan: Plan, page_map: dict[str, Any], sheets: Sequence[tuple[Sheet, str]]) -> Built:
        """Look the file over as a stranger would, seal it, bring it to disk, and only then give it its name."""
        try:
            found = self.parts.run("bundles.verifying:inspect", {"path": str(unsealed)}, FINISH_SECONDS)
            if found["problems"]:
                raise BuildFailed("looking over", found["problems"][0])
            self._step("looking over")
            sha256 = sealing.seal(unsealed, self.key, self.parts.run)
            os.replace(unsealed, self.out)
            _sync_folder(self.out.parent)
        except ChildFailed as failed:
            raise BuildFailed("looking over", failed.code) from None
        except SealFailed as failed:
            raise BuildFailed("sealing", failed.code) from None
        finally:
            unsealed.unlink(missing_ok=True)
        self._step("sealing")
        reasons = {sheet.exhibit.mark: sheet.reason for sheet, _ in sheets if sheet.reason}
        return Built(
            path=self.out,
            pages=plan.pages,
            bytes=self.out.stat().st_size,
            sha256=sha256,
            page_map=page_map,
            glyphless_count=self.setter.codes,
            placeholders=reasons,
            peak_child_rss_bytes=self.parts.peak_rss_bytes,
            parts_made=self.parts.made,
            listed=found["manifest"],
        )


def _whole(printed: dict[str, Any]) -> Part:
    return Part(printed["path"], 0, printed["pages"], {name: tuple(at) for name, at in printed["places"].items()})


def _first_page(places: dict[str, Any], ordinal: int) -> int:
    return int(_place(places, ordinal)[0])


def _height(places: dict[str, Any], ordinal: int) -> float:
    return float(_place(places, ordinal)[1])


def _place(places: dict[str, Any], ordinal: int) -> Sequence[float]:
    found: Sequence[float] = places.get(exhibit_place(ordinal)) or places[f"frame-{ordinal}"]
    return found


def _batches(sheets: Sequence[tuple[Sheet, str]]) -> Iterator[list[tuple[Sheet, str]]]:
    """Sheets that are printed together: so many, and so many bytes of pictures, as one process may hold."""
    batch: list[tuple[Sheet, str]] = []
    size = 0
    for sheet, path in sheets:
        own = os.path.getsize(sheet.exhibit.copy_path) if sheet.picture and sheet.exhibit.copy_path else 0
        if batch and (len(batch) == BATCH_SHEETS or size + own > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((sheet, path))
        size += own
    if batch:
        yield batch


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
