"""Pages of HTML laid out for printing, for child processes: nothing is fetched, and no letter is lost.

Called through `jobs.child` only. It never opens an address: not a web page, not a file, not data.
"""

import ctypes.util
import importlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from jobs.child import Refused

# Deep layout needs a deep stack; the child's memory limit holds what this one does not.
RECURSION_LIMIT = 5000


def load() -> None:
    """Load the layout library, for a process whose children will want it."""
    with _libraries_by_file_name():
        importlib.import_module("weasyprint")


def laid_out(html: str, css: str, fonts_conf: str, *, margins: str = "") -> Any:
    """A page of HTML as a document of the layout library, with our own fonts alone.

    Args:
        html: the page; nothing it names is fetched.
        css: its style.
        fonts_conf: path of the fontconfig file (`nsvcs.fonts.write_fonts_conf`).
        margins: style of what stands in the margins, such as page numbers, which is not text of the page.

    Raises:
        Refused: `text_lost`, when a letter of the page's text is on no page.
    """
    os.environ["FONTCONFIG_FILE"] = fonts_conf  # before anything loads fontconfig
    sys.setrecursionlimit(RECURSION_LIMIT)
    with _libraries_by_file_name():
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
    if not margins:
        return document
    beside = weasyprint.CSS(string=margins, url_fetcher=fetcher, font_config=fonts)
    return page.render(stylesheets=[style, beside], font_config=fonts)


def _not_looked_for(name: str) -> str | None:
    return None


@contextmanager
def _libraries_by_file_name() -> Iterator[None]:
    """Let a library be asked for by the name of its file alone.

    The layout library tries several names for each of its own, the file's among the last. For each name that is no
    file Python would start the linker's cache, a compiler and a linker: ninety processes, and half of the time that a
    child takes until it has printed a page.
    """
    kept, ctypes.util.find_library = ctypes.util.find_library, _not_looked_for
    try:
        yield
    finally:
        ctypes.util.find_library = kept


def _check_nothing_lost(tree: Any, document: Any) -> None:
    """Every letter of the page's text is on a page, and no other is: headings of a table stand on each of its pages."""
    body = tree.find("body")
    wanted = _letters(body.itertext())
    printed: Counter[str] = Counter()
    for page in document.pages:
        printed += _letters(_texts(page._page_box))
    again = _letters(text for head in body.iter("thead") for text in head.itertext())
    unexpected = any(count > again[letter] * (len(document.pages) - 1) for letter, count in (printed - wanted).items())
    if wanted - printed or unexpected:
        raise Refused("text_lost")


def _letters(texts: Iterable[str]) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


def _texts(box: Any) -> Iterator[str]:
    waiting = [box]
    while waiting:
        box = waiting.pop()
        text = getattr(box, "text", None)
        if isinstance(text, str):
            yield text
        waiting.extend(getattr(box, "children", ()))
