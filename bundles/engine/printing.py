"""What runs in the child process for the designed pages: HTML to PDF.

Called through `jobs.child` only.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobs import layout
from jobs.layout import laid_out

CSS = Path(__file__).with_name("print.css")
POINTS_PER_PIXEL = 0.75


def warm() -> None:
    """Load what `render` needs, before there is anything to render."""
    layout.load()


def render(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Print `html` to `out`.

    Args:
        payload: `html` is the page; `out` is a path, and so is `css`, where it has another style than a bundle;
            `fonts_conf` is the fontconfig file.

    Returns:
        `pages`, and `places`: page index and height in points by place name.
    """
    style = Path(payload.get("css", CSS)).read_text("utf-8")
    document = laid_out(payload["html"], style, payload["fonts_conf"])
    document.write_pdf(payload["out"])
    return {"pages": len(document.pages), "places": dict(_places(document))}


def _places(document: Any) -> Iterator[tuple[str, tuple[int, float]]]:
    seen: set[str] = set()
    for number, page in enumerate(document.pages):
        for name, anchor in page.anchors.items():
            if name not in seen:
                seen.add(name)
                yield name, (number, round((page.height - anchor[1]) * POINTS_PER_PIXEL, 2))
