"""Pictures of ours laid on A4 pages of one document: for a file of several pictures. For child processes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf

from logs.cleaning import A4, BOTTOM, SIDE, TOP

LAY = "logs.picturepages:lay"
LARGEST_SCALE = 72 / 96  # a small picture is not blown up: a pixel of it is never larger than on a screen


def lay(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write a page for each of the JPEGs at `pictures` to `out`; their bytes are placed as they are.

    Args:
        payload: `out`, and `pictures`: path, width and height of each.

    Returns:
        `pages`.
    """
    with pikepdf.new() as document:
        for path, width, height in payload["pictures"]:
            _lay(document, Path(path).read_bytes(), width, height)
        document.save(payload["out"], deterministic_id=True)
        return {"pages": len(document.pages)}


def _lay(document: pikepdf.Pdf, content: bytes, width: int, height: int) -> None:
    size = A4 if width <= height else A4[::-1]
    image = pikepdf.Stream(
        document, content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    across, down = size[0] - 2 * SIDE, size[1] - TOP - BOTTOM
    scale = min(across / width, down / height, LARGEST_SCALE)
    left = SIDE + (across - width * scale) / 2
    bottom = BOTTOM + down - height * scale
    page = document.add_blank_page(page_size=size)
    name = page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Picture)
    page.contents_add(f"q {width * scale:.3f} 0 0 {height * scale:.3f} {left:.3f} {bottom:.3f} cm {name} Do Q".encode())
