"""What runs in the child process: pages of HTML to PDF, pictures onto their pages.

Called through `jobs.child` only.
"""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobs import layout
from jobs.layout import laid_out

POINTS_PER_PIXEL = 0.75


def warm() -> None:
    """Load what `render` needs, before there is anything to render."""
    layout.load()
    importlib.import_module("pikepdf")


def render(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Print `html` to `out`.

    Args:
        payload: `html`, `css` and `out` are paths; `fonts_conf` is the fontconfig file; `pictures` is a list of
            place name and JPEG path, put on the page where that place is.

    Returns:
        `pages`, and `places`: page index and height in points by place name.
    """
    html, css = (Path(payload[name]).read_text("utf-8") for name in ("html", "css"))
    document = laid_out(html, css, payload["fonts_conf"])
    places = dict(_places(document))
    document.write_pdf(payload["out"])
    if payload.get("pictures"):
        _place_pictures(payload["out"], payload["pictures"], places)
    return {"pages": len(document.pages), "places": places}


def _places(document: Any) -> Iterator[tuple[str, tuple[int, float]]]:
    seen: set[str] = set()
    for number, page in enumerate(document.pages):
        for name, anchor in page.anchors.items():
            if name not in seen:
                seen.add(name)
                yield name, (number, round((page.height - anchor[1]) * POINTS_PER_PIXEL, 2))


def _place_pictures(out: str, pictures: list[tuple[str, str]], places: Mapping[str, tuple[int, float]]) -> None:
    import pikepdf

    from bundles.pictures import place, read

    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        for name, path in pictures:
            place(pdf, pdf.pages[places[name][0]], read(path))
        pdf.save(out, deterministic_id=True)
