"""Which files are source: what `.gitignore` leaves, tracked or not, with or without git on the machine."""

import os
from pathlib import Path

from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parent.parent.parent


def ignored() -> GitIgnoreSpec:
    """What `.gitignore` leaves out."""
    return GitIgnoreSpec.from_lines((ROOT / ".gitignore").read_text().splitlines())


def sources() -> list[str]:
    """The path of every source file from the root, sorted."""
    left_out, found = ignored(), list[str]()
    for folder, below, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        below[:] = [
            name for name in below if name != ".git" and not left_out.match_file(f"{(here / name).as_posix()}/")
        ]
        found += [(here / name).as_posix() for name in names]
    return sorted(name for name in found if name != ".git" and not left_out.match_file(name))
