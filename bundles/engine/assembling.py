"""From frozen contents to sealed files: check, clean, print, plan, join, finish, seal, look again.

Pure: it knows no database. What it needs is in the contents, what it makes is a file for each volume.
"""

import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bundles.engine import documents, finishing_plan, manifest, ordering, pictures, planning, searching
from bundles.engine.lined import lines_of
from bundles.engine.ordering import Printing
from bundles.engine.parts import AT_ONCE, Here, Made, Maker, Order, Store, culprit, file_digest, is_still
from bundles.engine.planning import Part, Plan, Volume
from bundles.engine.rendering import Sheet, exhibit_place, frame_place
from bundles.engine.showing import REASONS, cleaned, cleaning_of
from bundles.seals import sealing
from bundles.seals.sealing import Sealer, SealFailed
from bundles.selection.contents import Contents, ContentsError, Exhibit
from jobs.child import ChildFailed
from nsvcs.fonts import write_fonts_conf
from nsvcs.typesetting import Typesetter

FINISH_SECONDS = 600
FINISHING = "bundles.engine.finishing"
Progress = Callable[[str, int, int, str], None]


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
class Sealed:
    """One finished file of a bundle: a volume of it, or the whole."""

    path: Path
    pages: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Built:
    """The finished bundle. `path`, `bytes` and `sha256` are the first volume's; `pages` counts those of all.

    Attributes:
        cpu_seconds: processor time of the child processes, by what they did.
        listed: the list that it carries.
        volumes: every file, in order; one unless a ceiling of the edition was passed.
    """

    path: Path
    pages: int
    bytes: int
    sha256: str
    page_map: dict[str, Any]
    glyphless_count: int
    placeholders: dict[str, str]
    peak_child_rss_bytes: int
    parts_made: int
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    listed: dict[str, Any] = field(default_factory=dict)
    volumes: tuple[Sealed, ...] = ()


def build(
    contents: Contents,
    out_path: Path,
    work_dir: Path,
    progress: Progress | None = None,
    *,
    key: Sealer,
    maker: Maker | None = None,
) -> Built:
    """Make the bundle at `out_path`; nothing is there until it is whole.

    Further volumes, where a ceiling of the edition asks for them, go beside it: `bundle-2.pdf` beside `bundle.pdf`.

    Args:
        contents: the frozen selection.
        out_path: where the file goes, on the file system of `work_dir`.
        work_dir: where parts are kept; the next try with the same folder goes on from them.
        progress: called with the step, how many pieces are done, of how many, and which.
        key: who seals it.
        maker: who makes the parts; this machine, unless told otherwise.

    Raises:
        BuildFailed: naming the item it failed at.
    """
    return _Build(contents, Path(out_path), Path(work_dir), progress, key, maker).run()


class _Build:
    """One build: the twelve steps of the pipeline that are ours, each a method."""

    def __init__(
        self, contents: Contents, out: Path, work: Path, progress: Progress | None, key: Sealer,
        maker: Maker | None = None,
    ) -> None:  # fmt: skip
        self.contents, self.out, self.work, self.key = ordering.as_printed(contents), out, work, key
        # A worker that was taken for dead may wake while another builds: neither writes into the other's files.
        self.name = uuid.uuid4().hex[:12]
        self.maker: Maker = maker or Here(Store(work / "parts", write_fonts_conf(work)))
        self.parts = self.maker.store
        self.setter = Typesetter()
        self.printing = Printing(self.contents, self.setter)
        self.copies: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.progress = progress or (lambda step, done, total, item: None)
        self.done = self.parts_made = 0
        self.total = 2 * len(contents.exhibits) + self.printing.count() + 3

    def run(self) -> Built:
        try:
            self.contents.check()
        except ContentsError as error:
            raise BuildFailed(error.item, error.code) from None
        sheets, plan = self._printed()
        page_map = planning.page_map(self.contents, plan)
        first, volumes = self.out, []
        for volume in reversed(plan.volumes):  # the first has its name last: with it the bundle is whole
            self.out = first.with_stem(f"{first.stem}-{volume.number}") if volume.number > 1 else first
            unsealed = self._finish(plan, volume, page_map, sheets)
            built = self._seal(unsealed, plan, page_map, sheets)
            volumes.append(Sealed(built.path, volume.pages, built.bytes, built.sha256))
        return replace(built, volumes=tuple(reversed(volumes)))

    def _step(self, step: str, item: str = "") -> None:
        self.done += 1
        self.progress(step, min(self.done, self.total), self.total, item)

    def _make_all(self, orders: Sequence[Order]) -> list[Made]:
        def told(order: Order, made: Made) -> None:
            self.parts_made += made.is_new
            if made.failed == "disk":
                raise BuildFailed("disk", "disk")
            self._step(order.step, order.name)

        return self.maker.make_all(orders, told)

    # --- exhibits ---------------------------------------------------------------------------------------------

    def _printed(self) -> tuple[list[tuple[Sheet, str]], Plan]:
        """Have every page made, while the originals are read: nothing is joined before each is known to be unchanged.

        Every original is still the file that arrived: a wrong file under a right mark is worse than no bundle.
        """
        exhibits = self.contents.exhibits
        with ThreadPoolExecutor(AT_ONCE) as pool:
            checks = [pool.submit(_check_original, exhibit) for exhibit in exhibits]
            try:
                sheets = self._prepare_exhibits()
                plan = self._plan(sheets)
                for exhibit, check in zip(exhibits, checks, strict=True):
                    check.result()
                    self._step("checking", exhibit.mark)
            finally:
                for check in checks:
                    check.cancel()
        return sheets, plan

    def _prepare_exhibits(self) -> list[tuple[Sheet, str]]:
        """How each exhibit is shown, and the path of its pages if it is a document."""
        rows: list[Sheet] = []
        first_marks: dict[str, str] = {}
        for ordinal, exhibit in enumerate(self.contents.exhibits, 1):
            twin = first_marks.setdefault(exhibit.sha256, exhibit.mark)
            rows.append(Sheet(ordinal, exhibit, twin="" if twin == exhibit.mark else twin))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ready = list(pool.map(self._prepare, rows))
        orders = [cleaning_of(sheet.exhibit) for sheet, path in zip(rows, ready, strict=True) if path is None]
        for each in ready:
            if each is not None:
                self._step("preparing", each[0].exhibit.mark)
        made = iter(self._make_all(orders))
        return [each or cleaned(sheet, next(made)) for sheet, each in zip(rows, ready, strict=True)]

    def _prepare(self, sheet: Sheet) -> tuple[Sheet, str] | None:
        """How an exhibit is shown; nothing where its pages are still to be made."""
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
        if exhibit.areas:  # made anew from the original, they would be in it again
            raise BuildFailed(exhibit.mark, "redaction_failed")
        return None

    def _prepare_picture(self, sheet: Sheet) -> Sheet:
        path = sheet.exhibit.copy_path
        try:
            if not path:
                raise pictures.PictureError("no copy")
            picture = pictures.read(path)
            self.copies[sheet.exhibit.mark] = picture.sha256
            self.sizes[sheet.exhibit.mark] = len(picture.data)
        except (pictures.PictureError, OSError):
            return sheet._replace(reason=REASONS["picture"])
        return sheet._replace(picture=(picture.width, picture.height, picture.colours))

    # --- printing ---------------------------------------------------------------------------------------------

    def _plan(self, sheets: Sequence[tuple[Sheet, str]]) -> Plan:
        """Have everything printed, and lay it out: a further volume needs a first page of its own."""
        groups = self.printing.orders([sheet for sheet, _ in sheets])
        orders = [order for group in groups for order in group.orders]
        made = iter(self._make_all(orders))
        parts: list[Part] = []
        for group in groups:
            for order, pieces in zip(group.orders, group.pieces, strict=True):
                printed = next(made)
                if printed.failed:
                    raise self._fault(order, printed.failed, pieces)
                parts += (
                    self._exhibit_parts(pieces, printed, sheets)
                    if group.is_exhibits
                    else [_whole(printed, group.section)]
                )
        return planning.laid_out(parts, self.contents.preset, self._volume_lists)

    def _volume_lists(self, plan: Plan) -> list[Part]:
        return [_whole(made, planning.FRONT) for made in self._make_all(self.printing.volume_lists(plan))]

    def _fault(self, order: Order, code: str, pieces: Sequence[Any]) -> BuildFailed:
        """Which of the entries or exhibits printed together it was."""
        code = code.removeprefix("refused:")
        at_fault = culprit(pieces, self._prints) if pieces else None
        return BuildFailed(self.printing.name_of(at_fault) if at_fault else order.name, code)

    def _prints(self, pieces: Sequence[Any]) -> bool:
        return not self.parts.make([self.printing.again(pieces)])[0].failed

    def _exhibit_parts(self, rows: Sequence[Sheet], printed: Made, sheets: Sequence[tuple[Sheet, str]]) -> list[Part]:
        """Each exhibit's own pages, and after them those of its document."""
        places, total = printed.result["places"], printed.result["pages"]
        firsts = [int(_place(places, row.exhibit.mark)[0]) for row in rows]
        parts = []
        for row, first, following in zip(rows, firsts, [*firsts[1:], total], strict=True):
            mark = row.exhibit.mark
            own = {exhibit_place(mark): (first, float(_place(places, mark)[1]))}
            if frame := places.get(frame_place(mark)):
                own[frame_place(mark)] = (int(frame[0]), float(frame[1]))
            part = Part(printed.path, first, following - first, own, section="exhibits", stays_with=mark)
            parts.append(replace(part, file_pages=total, faults=printed.result.get("faults")))
            if path := sheets[row.ordinal - 1][1]:
                view = documents.REPAIRED if "mended" in row.details else documents.VIEW
                header = f"Exhibit {self.setter.plain(mark)}"
                pages = row.document_pages
                document = Part(path, 0, pages, header=header, view=view, file_pages=pages)
                parts.append(replace(document, section=part.section, stays_with=mark))
        return parts

    # --- the one file -----------------------------------------------------------------------------------------

    def _finish(
        self, plan: Plan, volume: Volume, page_map: dict[str, Any], sheets: Sequence[tuple[Sheet, str]]
    ) -> Path:
        names = {"parts": "json", "plan": "json", "manifest": "json", "joined": "pdf", "out": "pdf"}
        paths = {name: self.work / f"{name}.{self.name}.{ending}" for name, ending in names.items()}
        paths["parts"].write_text(json.dumps(finishing_plan.parts_of(volume)))
        payload = {name: str(path) for name, path in paths.items()}
        try:
            with ThreadPoolExecutor(1) as beside:
                joining = beside.submit(self.parts.run, f"{FINISHING}:join_parts", payload, FINISH_SECONDS)
                self._tell(plan, volume, page_map, sheets, paths)
                joining.result()
            self.parts.run(f"{FINISHING}:finish", payload, FINISH_SECONDS)
        except ChildFailed as failed:
            paths["out"].unlink(missing_ok=True)
            raise BuildFailed("joining", failed.code.removeprefix("refused:")) from None
        finally:
            for name in names.keys() - {"out"}:
                paths[name].unlink(missing_ok=True)
        self._step("joining")
        return paths["out"]

    def _tell(
        self, plan: Plan, volume: Volume, page_map: dict[str, Any], sheets: Sequence[tuple[Sheet, str]],
        paths: Mapping[str, Path],
    ) -> None:  # fmt: skip
        """Write down what the file is to be, and the list that goes inside; meanwhile its parts are joined."""
        shown = {sheet.exhibit.mark: sheet for sheet, _ in sheets}
        listed = manifest.make(self.contents, page_map, shown, self.copies, self.key.told(), volume=volume.number)
        paths["manifest"].write_text(lines_of(listed))
        read = searching.read_pages([sheet for sheet, _ in sheets], page_map["exhibits"], volume)
        told = finishing_plan.told(self.contents, plan, volume, self.sizes, self.setter)
        paths["plan"].write_text(json.dumps(told | {"read": read}))

    def _seal(self, unsealed: Path, plan: Plan, page_map: dict[str, Any], sheets: Sequence[tuple[Sheet, str]]) -> Built:
        """Seal the file, look it over as a stranger would, bring it to disk, and only then give it its name."""
        try:
            sealed = sealing.seal(unsealed, self.key, self.parts.run)
            self._step("sealing")
            found, sha256 = self._looked_over(unsealed)
            if sha256 != sealed:
                raise BuildFailed("sealing", "seal_broken")
            if found["problems"]:
                raise BuildFailed("looking over", found["problems"][0])
            os.replace(unsealed, self.out)
            _sync_folder(self.out.parent)
        except ChildFailed as failed:
            raise BuildFailed("looking over", failed.code) from None
        except SealFailed as failed:
            raise BuildFailed("sealing", failed.code) from None
        finally:
            unsealed.unlink(missing_ok=True)
        self._step("looking over")
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
            parts_made=self.parts_made,
            cpu_seconds=self.parts.cpu_seconds,
            listed=found["manifest"],
        )

    def _looked_over(self, sealed: Path) -> tuple[dict[str, Any], str]:
        """What is found in its pages, and its digest where its seal holds: both are read at once."""
        with ThreadPoolExecutor(1) as pool:
            digest = pool.submit(sealing.read_back, sealed, self.key, self.parts.run)
            found = self.parts.run("bundles.seals.inspecting:inspect", {"path": str(sealed)}, FINISH_SECONDS)
            return found, digest.result()


def _check_original(exhibit: Exhibit) -> None:
    if not exhibit.original_path:
        return
    try:
        found = file_digest(exhibit.original_path)
    except OSError:
        raise BuildFailed(exhibit.mark, "original_missing") from None
    if found != exhibit.sha256:
        raise BuildFailed(exhibit.mark, "original_changed")


def _whole(printed: Made, section: str) -> Part:
    places = {name: (int(at[0]), float(at[1])) for name, at in printed.result["places"].items()}
    pages = printed.result["pages"]
    faults = printed.result.get("faults")
    return Part(printed.path, 0, pages, places, section=section, file_pages=pages, faults=faults)


def _place(places: dict[str, Any], mark: str) -> Sequence[float]:
    found: Sequence[float] = places.get(exhibit_place(mark)) or places[frame_place(mark)]
    return found


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
