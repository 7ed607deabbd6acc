"""What runs in the child process for the long tables: plain values to pages, by Typst and our own layouts.

Called through `jobs.child` only. What people wrote reaches a layout as values, never as mark-up; nothing is fetched,
and no font but ours is looked for. Every letter that went in is looked for in the finished pages.
"""

import importlib
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jobs.child import Refused
from nsvcs.fonts import FAMILIES, OTHER_WEIGHTS

LAYOUTS = Path(__file__).with_name("layouts")
# A hyphen at the end of a line, as the reader of pages gives it back.
LINE_HYPHENS = {ord("\x02"): "-", ord("\ufffe"): "-"}
VARIATIONS = range(0xFE00, 0xFE10)


def warm() -> None:
    """Load what `set_pages` needs, before there is anything to set."""
    ours = ("archival", "links", "pictures", "vowels")
    for name in ("typst", "pypdfium2", "pikepdf", *(f"bundles.engine.{each}" for each in ours)):
        importlib.import_module(name)


def set_pages(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Set `data` by `layout` and write it to `out`.

    Args:
        payload: `layout` names a file in `layouts`; `data` is what it takes; `letters` how often each letter must be
            on the pages, as `letters_of` counts; `repeated` those that a page may show again, such as headings of a
            table; `doubled` those a reader may give back more than once, because they are drawn in several pieces;
            `turns` says that some of it is written from right to left (`bundles.engine.vowels`);
            `pictures` is a list of place name, width and height in pixels, and colours: room for each is made on the
            page where that place is, and its bytes come when the file is written (`bundles.engine.splicing`).

    Returns:
        `pages`; `places`: page index and height in points by place name; `faults`, as `archival.page_faults` tells.

    Raises:
        Refused: `text_lost`, when a letter that went in is on no page, or one is on them that did not.
    """
    import typst

    sheet = typst.Compiler(
        str(LAYOUTS / f"{payload['layout']}.typ"), root=str(LAYOUTS), font_paths=_fonts(), ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(payload["data"])},
    )  # fmt: skip
    out = payload["out"]
    sheet.compile(output=out, format="pdf", timestamp=0, pdf_tags=False)
    if payload.get("turns"):
        _mend(out)
    pages = _check_nothing_lost(out, payload)
    places, faults = _finished(out, payload.get("pictures", ()))
    return {"pages": pages, "places": places, "faults": faults}


def letters_of(text: str) -> Counter[str]:
    """How often each letter is in a text, whatever way it is written: what has no shape of its own is not counted."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    counted: Counter[str] = Counter()
    for letter, count in Counter(plain).items():
        for told in _as_read(letter):
            counted[told] += count
    return counted


def _as_read(letter: str) -> str:
    """A letter as it is counted.

    The reader turns what stands from right to left: brackets look the other way then, and the halves in which it holds
    letters beyond the first 65,536 change places. So all brackets are one, and each half counts for itself.
    """
    if letter.isspace() or unicodedata.category(letter) == "Cf" or ord(letter) in VARIATIONS:
        return ""
    if unicodedata.mirrored(letter):
        return "("
    if ord(letter) < 0x10000:
        return letter
    halves = letter.encode("utf-16-be")
    return chr(int.from_bytes(halves[:2], "big")) + chr(int.from_bytes(halves[2:], "big"))


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    folders = sorted({str(file.parent) for file in (*FAMILIES.values(), *OTHER_WEIGHTS)})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _check_nothing_lost(path: str, payload: Mapping[str, Any]) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        pages = len(pdf)
        printed = letters_of("".join(_texts(pdf)).translate(LINE_HYPHENS))
    wanted, repeated = Counter(payload["letters"]), Counter(payload["repeated"])
    more = printed - wanted
    # A table's headings stand on each of its pages, so often at most; what is drawn in pieces may count for several.
    unexpected = any(
        count > repeated[letter] * (pages + 1) and letter not in payload["doubled"] for letter, count in more.items()
    )
    if wanted - printed or unexpected:
        raise Refused("text_lost")
    return pages


def _texts(pdf: Any) -> Iterator[str]:
    for page in pdf:
        text = page.get_textpage()
        yield text.get_text_bounded(errors="surrogatepass")  # what lies beyond the edge of the paper does not count
        text.close()
        page.close()


def _mend(out: str) -> None:
    import pikepdf

    from bundles.engine import vowels

    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        vowels.mend(pdf)
        pdf.save(out, deterministic_id=True)


def _finished(out: str, pictures: Any) -> tuple[dict[str, tuple[int, float]], list[str]]:
    """Put pictures where they belong and links on one note a page; tell where everything is, and what archives mind.

    What the engine says of itself is taken out. All this is done once for a part that is kept, and beside other parts.
    """
    import pikepdf

    from bundles.engine import archival, links
    from bundles.engine.pictures import Picture, place

    with pikepdf.open(out) as pdf:
        places = dict(_places(pdf))
        for name, width, height, colours in pictures:
            place(pdf, pdf.pages[places[name][0]], Picture(width, height, colours, b"-"))
        for key in ("/Names", "/Outlines", "/Metadata"):
            if key in pdf.Root:
                del pdf.Root[key]
        links.note(pdf)
        if pictures:
            pdf.remove_unreferenced_resources()
        faults = archival.page_faults(pdf)
        pdf.save(out + ".placed", deterministic_id=True)
    os.replace(out + ".placed", out)
    return places, faults


def _places(pdf: Any) -> Iterator[tuple[str, tuple[int, float]]]:
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    waiting = [pdf.Root.get("/Names", {}).get("/Dests", {})]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.get("/Kids", ()))
        rows = list(node.get("/Names", ()))
        for name, target in zip(rows[::2], rows[1::2], strict=True):
            yield str(name), (numbers[target[0].objgen], round(float(target[3]), 2))
