"""Build bundles of two sizes and print times, memory and the ratio to reading, hashing and writing the same bytes.

python -m bench.bundle [small|large]
"""

import hashlib
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from bundles.assembling import Built, build
from bundles.contents import Contents
from bundles.parts import tool_versions
from bundles.verifying import verify
from tests.bundles.world import KEY, TRUSTED, contents, long_entry, make_pdf, pdf_exhibit, picture_exhibit

# Entries, pictures, documents of three pages, width of a picture in pixels.
PRESETS = {"small": (40, 14, 6, 1600), "large": (500, 200, 0, 2100)}


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "small"
    with tempfile.TemporaryDirectory() as folder:
        run(name, Path(folder))


def run(name: str, folder: Path) -> None:
    frozen = story(folder, *PRESETS[name])
    sizes = sum(exhibit.size_bytes for exhibit in frozen.exhibits)
    print(f"{name}: {len(frozen.entries)} entries, {len(frozen.exhibits)} exhibits, originals {sizes / 1e6:.1f} MB")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {tool_versions()}"
    )
    floor = floor_seconds([Path(exhibit.original_path) for exhibit in frozen.exhibits], folder)
    first, seconds, cpu = timed(frozen, folder / "first.pdf", folder / "work")
    print(f"first build   {seconds:6.1f} s wall {cpu:6.1f} s CPU, {first.pages} pages, {first.bytes / 1e6:.1f} MB")
    print(
        f"              largest child {first.peak_child_rss_bytes / 1e6:.0f} MB, this process {peak_self_mb():.0f} MB"
    )
    print(f"              floor (read, hash, write, sync) {floor:.2f} s, ratio {seconds / floor:.0f}")
    again, seconds, cpu = timed(frozen, folder / "again.pdf", folder / "work")
    print(f"kept parts    {seconds:6.1f} s wall {cpu:6.1f} s CPU, same pages: {again.page_map == first.page_map}")
    began = time.monotonic()
    verdict = verify(first.path, TRUSTED)
    print(f"verify        {time.monotonic() - began:6.1f} s wall, problems: {verdict.problems}")


def timed(frozen: Contents, out: Path, work: Path) -> tuple[Built, float, float]:
    began, before = time.monotonic(), os.times()
    built = build(frozen, out, work, key=KEY)
    after = os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return built, time.monotonic() - began, cpu


def floor_seconds(paths: list[Path], folder: Path) -> float:
    began = time.monotonic()
    with open(folder / "floor", "wb") as out:
        for path in paths:
            data = path.read_bytes()
            hashlib.sha256(data).digest()
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return time.monotonic() - began


def peak_self_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def story(folder: Path, entries: int, pictures: int, documents: int, width: int) -> Contents:
    marks: dict[int, list[str]] = {}
    exhibits = []
    for number in range(1, pictures + documents + 1):
        entry_number = 1 + (number * 7) % entries
        mark = f"KP/{number}"
        marks.setdefault(entry_number, []).append(mark)
        if number <= pictures:
            size = (width, width * 3 // 4) if number % 2 else (width * 3 // 4, width)
            exhibits.append(picture_exhibit(folder, mark, entry_number, size=size))
        else:
            path = folder / f"document-{number}.pdf"
            make_pdf(path, 3, words=f"Document {number}").close()
            exhibits.append(pdf_exhibit(path, mark, entry_number))
    rows = [long_entry(number, tuple(marks.get(number, ()))) for number in range(1, entries + 1)]
    return contents(*rows, exhibits=tuple(exhibits))


if __name__ == "__main__":
    main()
