"""What the reader of pictures knows of letters: English, from a package, unpacked once beside the stored files."""

import gzip
import os
import uuid
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKED = Path(__file__).resolve().parent.parent / "node_modules" / "@tesseract.js-data" / "eng" / "4.0.0_best_int"
NAME = "eng.traineddata"


def is_here() -> bool:
    """Whether the library and what it knows are installed."""
    return has_library() and (PACKED / f"{NAME}.gz").is_file()


@cache
def has_library() -> bool:
    """Whether the library is installed: looked for once, since a bundle asks for each of its files."""
    return find_spec("tesserocr") is not None


def unpacked(folder: Path) -> Path:
    """Its folder below `folder`; unpacked at the first call, whole or not at all."""
    target = folder / "tessdata"
    if not (target / NAME).is_file():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target / f"{uuid.uuid4().hex}.part"
        part.write_bytes(gzip.decompress((PACKED / f"{NAME}.gz").read_bytes()))
        os.replace(part, target / NAME)
    return target
