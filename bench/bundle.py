"""Build a bundle of its own set, and print what it took beside the floor: the same bytes read, hashed and written once.

`python -m bench.bundle --preset small|medium|large [--edition court|police|…] [--turns] [--json]`
`python -m bench.bundle --engine --preset small|medium|large [--layout columns|cards] [--json]`

The set is 40, 200 or 1,000 mixed exhibits (photos of 12 megapixels, screenshots, documents, recordings, with the copies
that are made when a file arrives) and 84, 1,000 or 5,000 entries. A throw-away copy of the service is filled with it; a
caseworker asks for the bundle, the worker makes it, the gate looks it over; she writes one more entry and it is asked
for again. With `--engine` the engine alone is measured: no database, no worker. `BENCH_FOLDER` says where all lies.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import django
from PIL import Image

from bundles.engine.assembling import Built, build
from bundles.engine.parts import tool_versions
from bundles.selection.choice import Cover, Preset
from bundles.selection.contents import Contents, Exhibit
from tests.bundles.world import KEY, contents, exhibit, long_entry, make_pdf, pdf_exhibit

# Exhibits, entries.
PRESETS = {"tiny": (5, 12), "small": (40, 84), "medium": (200, 1000), "large": (1000, 5000)}
# Of ten exhibits: photos, screenshots, documents, recordings.
MIX = "pppspdppsopppsddpsps"
ASSEMBLY = ("joining", "looking over", "sealing")
PHOTO, SCREEN = (4032, 3024), (1080, 2400)
COPY, SCREEN_COPY = (2126, 1594), (957, 2126)  # never denser on their pages than courts take
KINDS = 12  # as many different pictures of each sort; every file has an ending of its own
EDITIONS = ("court", "police", "family", "safe", "short", "own")
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


class Pictures:
    """A few of each sort, as they are sent in, and the copies made of them."""

    def __init__(self, folder: Path, kinds: int = KINDS) -> None:
        self.folder = folder
        self.photos = [self._made("photo", PHOTO, number, "JPEG", quality=92) for number in range(kinds)]
        self.screens = [self._made("screen", SCREEN, number, "PNG", compress_level=1) for number in range(kinds)]
        self.copies = {
            "p": [self._made("copy", COPY, number, "JPEG", quality=88) for number in range(kinds)],
            "s": [self._made("screen-copy", SCREEN_COPY, number, "JPEG", quality=85) for number in range(kinds)],
        }

    def _made(self, name: str, size: tuple[int, int], number: int, form: str, **save: Any) -> bytes:
        return picture(self.folder / "making", size, f"{name} {number}", form, **save)


class _Files(Pictures):
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


def live(preset: str, edition: str, *, with_turns: bool) -> dict[str, Any]:
    """The same by the service itself: its rows, its worker, its gate."""
    with tempfile.TemporaryDirectory(prefix="nsvcs-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        # Where things are is decided by the environment, and read when the first module of the service is imported.
        os.environ |= {"NSVCS_VAR": f"{folder}/var", "NSVCS_PROCESS": "web", "DJANGO_SETTINGS_MODULE": "nsvcs.settings"}
        from nsvcs.starting.check import FOREIGN

        for name in FOREIGN:
            os.environ.pop(name, None)
        django.setup()
        from bench.building import measured

        return measured(Path(folder), preset, edition, with_turns=with_turns)


def told_live(found: dict[str, Any], say: Callable[[str], Any] = print) -> None:
    """The figures of a bundle that the worker made, as lines."""
    originals = found["originals"]
    say(
        f"{found['exhibits']} exhibits ({originals['mb']:.0f} MB), {found['entries']} entries, edition"
        f" {found['edition']}; written in {found['filled_seconds']:.1f} s"
    )
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {tool_versions()}")
    say(
        f"floor: {found['shown_mb']:.0f} MB read, hashed and durably written in {found['floor']:.2f} s;"
        f" originals read and hashed in {originals['hashed_seconds']:.2f} s"
    )
    for name, row in (("first build", found["first"]), ("after one new entry", found["rebuild"])):
        _told_of_build(name, row, say)
    say(
        f"ratio to the floor {found['ratio']:.1f}, of the assembly {found['assembly_ratio']:.1f}; rebuild"
        f" {found['rebuild_share'] * 100:.0f} % of the first on the clock, {found['rebuild_cpu_share'] * 100:.0f} % of"
        " its processor"
    )
    if "turns" in found:
        turns = found["turns"]
        say(
            f"a small bundle: {turns['small_alone']:.1f} s by itself, {turns['small_beside']:.1f} s while the large one"
            f" was printed, which ended {turns['large_ended_later']:.1f} s later"
        )


def _told_of_build(name: str, row: dict[str, Any], say: Callable[[str], Any]) -> None:
    beside = sum(size for _, size in row["beside"])
    say(
        f"{name}: {row['wall']:.1f} s wall, {row['cpu']:.1f} s processor ({row['database_cpu']:.1f} s more in the"
        f" database), {row['pages']} pages, {row['bytes'] / 1e6:.1f} MB and {beside / 1e6:.1f} MB beside it,"
        f" assembly {row['assembly_wall']:.2f} s; asking took {row['asking']:.2f} s"
    )
    for step, took in row["stages"].items():
        wall, cpu, database = took["wall"], took["cpu"], took["database_cpu"]
        say(f"  {step:14} {wall:6.2f} s wall {cpu:6.2f} s processor {database:6.2f} s database")
    _told_of_processes(row, say)
    gate = row["gate"]
    reds = ", ".join(f"{count} {what}" for what, count in gate["red"].items()) or "nothing"
    say(f"  gate: {gate['wall']:.1f} s wall, {gate['cpu']:.1f} s processor, red: {reds}")
    _told_of_processes(gate, say)


def _told_of_processes(row: dict[str, Any], say: Callable[[str], Any]) -> None:
    roles: dict[str, list[float]] = defaultdict(list)
    for each in row["processes"]:
        roles[each["role"]].append(each["peak_mb"])
    for role, peaks in roles.items():
        say(f"    {role:34} {max(peaks):6.0f} MB at most" + (f", {len(peaks)} of them" if len(peaks) > 1 else ""))
    say(f"    {'all together, shared pages once':34} {row['together_mb']:6.0f} MB")


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--preset", choices=PRESETS, default="small")
    reads.add_argument("--engine", action="store_true", help="the engine alone: no database, no worker")
    reads.add_argument("--layout", choices=LAYOUTS, default="columns", help="of the engine alone")
    reads.add_argument("--edition", choices=EDITIONS, default="court", help="of the service's bundle")
    reads.add_argument("--turns", action="store_true", help="a small bundle while the large one is printed, too")
    reads.add_argument("--json", action="store_true")
    asked = reads.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if asked.engine:
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
            found = engine(story(Path(folder), *PRESETS[asked.preset], asked.layout), Path(folder))
    else:
        found = live(asked.preset, asked.edition, with_turns=asked.turns)
    if asked.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    elif asked.engine:
        told(found)
    else:
        told_live(found)


if __name__ == "__main__":
    main()
