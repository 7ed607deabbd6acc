"""Build a bundle of its own set, and print what it took beside the floor: the same bytes read, hashed and written once.

`python -m bench.bundle --preset small|medium|large [--layout columns|cards] [--json]`

The set is 40, 200 or 1,000 mixed exhibits (photos of 12 megapixels, screenshots, documents, recordings, with the copies
that are made when a file arrives) and 84, 1,000 or 5,000 entries. Measured is the engine: no database, no worker.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from bundles.engine.assembling import Built, build
from bundles.engine.parts import tool_versions
from bundles.selection.choice import Cover, Preset
from bundles.selection.contents import Contents, Exhibit
from tests.bundles.world import KEY, contents, exhibit, long_entry, make_pdf, pdf_exhibit

# Exhibits, entries.
PRESETS = {"small": (40, 84), "medium": (200, 1000), "large": (1000, 5000)}
# Of ten exhibits: photos, screenshots, documents, recordings.
MIX = "pppspdppsopppsddpsps"
ASSEMBLY = ("joining", "looking over", "sealing")
PHOTO, SCREEN, COPY = (4032, 3024), (1080, 2400), (2126, 1594)
KINDS = 12  # as many different pictures of each sort; every file has an ending of its own
Layout = Literal["columns", "cards"]
LAYOUTS: dict[Layout, float] = {"columns": 8.5, "cards": 12.0}


@dataclass
class Stages:
    """Wall and processor seconds of this process by stage."""

    wall: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    since: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        self.since = (time.monotonic(), time.process_time())

    def tell(self, step: str, *_: object) -> None:
        now = (time.monotonic(), time.process_time())
        self.wall[step] += now[0] - self.since[0]
        self.cpu[step] += now[1] - self.since[1]
        self.since = now


# --- the set ------------------------------------------------------------------------------------------------------


def picture(path: Path, size: tuple[int, int], seed: str, form: str, **save: Any) -> bytes:
    """A soft picture with grain, as large a file as a phone makes it."""
    chance = random.Random(seed)
    small = Image.frombytes(
        "RGB", (size[0] // 16, size[1] // 16), chance.randbytes(size[0] // 16 * (size[1] // 16) * 3)
    )
    small.resize(size, Image.Resampling.BILINEAR).save(path, form, **save)
    return path.read_bytes()


def story(folder: Path, exhibits: int, entries: int, layout: Layout = "columns") -> Contents:
    """A log of so many entries, with so many files: the originals, and the copies that were made when they arrived."""
    makes = _Files(folder)
    marks: dict[int, list[str]] = defaultdict(list)
    files = []
    for number in range(1, exhibits + 1):
        of_entry = 1 + (number * 7) % entries
        mark = f"KP/{number}"
        marks[of_entry].append(mark)
        files.append(makes.one(MIX[number % len(MIX)], mark, of_entry))
    rows = [long_entry(number, tuple(marks.get(number, ()))) for number in range(1, entries + 1)]
    rules = "The rules of the bench."
    size = LAYOUTS[layout]
    preset = Preset("bench", "court", "Bench", date(2026, 3, 2), 1, rules, layout=layout, type_size=size)
    told = contents(*rows, exhibits=tuple(files), preset=preset)
    return replace(told, cover=Cover("Caseworker KP", "36/1/26", "PC 1 Example", "01632 960123", "Copy 1"))


class _Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = [self._made("photo", PHOTO, number, "JPEG", quality=92) for number in range(KINDS)]
        self.screens = [self._made("screen", SCREEN, number, "PNG", compress_level=1) for number in range(KINDS)]
        self.copies = {
            "p": [self._made("copy", COPY, number, "JPEG", quality=88) for number in range(KINDS)],
            "s": [self._made("screen-copy", SCREEN, number, "JPEG", quality=85) for number in range(KINDS)],
        }

    def _made(self, name: str, size: tuple[int, int], number: int, form: str, **save: Any) -> bytes:
        return picture(self.folder / "making", size, f"{name} {number}", form, **save)

    def one(self, sort: str, mark: str, entry: int) -> Exhibit:
        number = int(mark.rpartition("/")[2])
        original, copy = self.folder / f"{number}.original", self.folder / f"{number}.copy"
        if sort == "d":
            make_pdf(original, 1 + number % 3, words=f"Document {number}").close()
            copy.write_bytes(original.read_bytes())
            digest = hashlib.sha256(copy.read_bytes()).hexdigest()
            told = {"copy_path": str(copy), "copy_sha256": digest, "copy_pages": 1 + number % 3}
            return pdf_exhibit(original, mark, entry, **told)
        if sort == "o":
            original.write_bytes(random.Random(number).randbytes(200_000))
            return exhibit(original, mark, entry, media_type="audio/mpeg", description="A voice message")
        rows = self.photos if sort == "p" else self.screens
        original.write_bytes(rows[number % KINDS] + str(number).encode())
        copy.write_bytes(self.copies[sort][number % KINDS])
        media_type = "image/jpeg" if sort == "p" else "image/png"
        words = "Photograph of the street" if sort == "p" else "Screenshot of messages"
        return exhibit(
            original, mark, entry, kind="image", media_type=media_type, copy_path=str(copy), description=words
        )


# --- measuring ----------------------------------------------------------------------------------------------------


def floor_seconds(read: Sequence[Path], folder: Path) -> float:
    """Read and hash the files the bundle shows, and write them once, durably: nothing that is a bundle takes less."""
    began = time.monotonic()
    with open(folder / "floor", "wb") as out:
        for path in read:
            data = path.read_bytes()
            hashlib.sha256(data).digest()
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    took = time.monotonic() - began
    (folder / "floor").unlink()
    return took


def shown_files(frozen: Contents) -> list[Path]:
    """What a bundle of these contents is made of."""
    return [Path(each.copy_path) for each in frozen.exhibits if each.copy_path]


def peak_self_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def timed(frozen: Contents, out: Path, work: Path) -> dict[str, Any]:
    """One build by the engine: what it took, stage by stage."""
    stages, before = Stages(), time.process_time()
    began = time.monotonic()
    stages.begin()
    built: Built = build(frozen, out, work, stages.tell, key=KEY)
    wall = time.monotonic() - began
    own = time.process_time() - before
    children = sum(built.cpu_seconds.values())
    return {
        "wall": wall, "cpu": own + children, "own_cpu": own, "children_cpu": built.cpu_seconds,
        "stage_wall": dict(stages.wall), "stage_own_cpu": dict(stages.cpu), "pages": built.pages, "bytes": built.bytes,
        "sha256": built.sha256, "parts_made": built.parts_made, "largest_child_mb": built.peak_child_rss_bytes / 1e6,
        "assembly_wall": sum(stages.wall[step] for step in ASSEMBLY),
    }  # fmt: skip


def with_new_entry(frozen: Contents) -> Contents:
    """The same log, and one entry more, in its middle."""
    entries = list(frozen.entries)
    middle = entries[len(entries) // 2]
    new = replace(
        long_entry(len(entries) + 1), occurred_sort=middle.occurred_sort, occurred_words=middle.occurred_words
    )
    entries.insert(len(entries) // 2, new)
    return replace(frozen, entries=tuple(entries))


def engine(frozen: Contents, folder: Path) -> dict[str, Any]:
    """First build, and one after a new entry, by the engine alone."""
    files = shown_files(frozen)
    before = min(floor_seconds(files, folder) for _ in range(2))
    first = timed(frozen, folder / "first.pdf", folder / "work")
    floor = min(before, *(floor_seconds(files, folder) for _ in range(2)))
    again = timed(with_new_entry(frozen), folder / "again.pdf", folder / "work")
    return {
        "exhibits": len(frozen.exhibits), "entries": len(frozen.entries), "floor": floor, "first": first,
        "rebuild": again, "ratio": first["wall"] / floor, "assembly_ratio": first["assembly_wall"] / floor,
        "rebuild_share": again["wall"] / first["wall"], "this_process_mb": peak_self_mb(),
        "originals_mb": sum(each.size_bytes for each in frozen.exhibits) / 1e6,
        "shown_mb": sum(path.stat().st_size for path in files) / 1e6,
    }  # fmt: skip


def told(found: dict[str, Any], say: Callable[[str], Any] = print) -> None:
    """The figures as lines."""
    say(f"{found['exhibits']} exhibits ({found['originals_mb']:.0f} MB), {found['entries']} entries")
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {tool_versions()}")
    say(f"floor: {found['shown_mb']:.0f} MB read, hashed and durably written in {found['floor']:.2f} s")
    for name, row in (("first build", found["first"]), ("after one new entry", found["rebuild"])):
        say(
            f"{name}: {row['wall']:.1f} s wall, {row['cpu']:.1f} s processor, {row['pages']} pages,"
            f" {row['bytes'] / 1e6:.1f} MB, {row['parts_made']} parts made, assembly {row['assembly_wall']:.2f} s"
        )
        for step, wall in row["stage_wall"].items():
            say(f"  {step:14} {wall:6.2f} s wall, {row['stage_own_cpu'].get(step, 0):6.2f} s in this process")
        for target, cpu in row["children_cpu"].items():
            say(f"  {target:34} {cpu:6.2f} s in children")
        say(f"  largest child {row['largest_child_mb']:.0f} MB, this process {found['this_process_mb']:.0f} MB")
    say(
        f"ratio to the floor {found['ratio']:.1f}, of the assembly {found['assembly_ratio']:.1f};"
        f" rebuild {found['rebuild_share'] * 100:.0f} % of the first"
    )


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--preset", choices=PRESETS, default="small")
    reads.add_argument("--layout", choices=LAYOUTS, default="columns")
    reads.add_argument("--json", action="store_true")
    asked = reads.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        found = engine(story(Path(folder), *PRESETS[asked.preset], asked.layout), Path(folder))
    if asked.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        told(found)


if __name__ == "__main__":
    main()
