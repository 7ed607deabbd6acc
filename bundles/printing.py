"""What runs in the child process: pages of HTML to PDF, pictures onto their pages.

Called through `jobs.child` only. It never opens an address: not a web page, not a file, not data.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from jobs.child import Refused

POINTS_PER_PIXEL = 0.75
# Deep layout needs a deep stack; the child's memory limit holds what this one does not.
RECURSION_LIMIT = 5000


def render(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Print `html` to `out`.

    Args:
        payload: `html`, `css` and `out` are paths; `fonts_conf` is the fontconfig file; `pictures` is a list of
            place name and JPEG path, put on the page where that place is.

    Returns:
        `pages`, and `places`: page index and height in points by place name.
    """
    import os
    import sys

    os.environ["FONTCONFIG_FILE"] = payload["fonts_conf"]  # before anything loads fontconfig
    sys.setrecursionlimit(RECURSION_LIMIT)
    document = _lay_out(Path(payload["html"]).read_text("utf-8"), Path(payload["css"]).read_text("utf-8"))
    places = dict(_places(document))
    document.write_pdf(payload["out"])
    if payload.get("pictures"):
        _place_pictures(payload["out"], payload["pictures"], places)
    return {"pages": len(document.pages), "places": places}


def _lay_out(html: str, css: str) -> Any:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):
        """Fetches nothing at all."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
            raise ValueError("nothing is fetched for a printed page")

    fetcher, fonts = Nothing(allowed_protocols=()), FontConfiguration()
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    style = weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=fonts)
    document = page.render(stylesheets=[style], font_config=fonts)
    _check_nothing_lost(page.etree_element, document)
    return document


def _check_nothing_lost(tree: Any, document: Any) -> None:
    """Every letter of the page's text is on a page: text in, text out."""
    body = tree.find("body")
    wanted = Counter("".join("".join(body.itertext()).split()))
    printed: Counter[str] = Counter()
    for page in document.pages:
        for text in _texts(page._page_box):
            printed.update("".join(text.split()))
    if wanted != printed:
        raise Refused("text_lost")


def _texts(box: Any) -> Iterator[str]:
    waiting = [box]
    while waiting:
        box = waiting.pop()
        text = getattr(box, "text", None)
        if isinstance(text, str):
            yield text
        waiting.extend(getattr(box, "children", ()))


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
