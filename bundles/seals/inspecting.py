"""What runs in the child process to look a bundle over with nothing but the file: its pages, links and pictures."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pikepdf

from bundles.engine import archival
from bundles.engine.finished import MANIFEST, ManifestError, page_labels, pages_of, read_list

PAGE_WORDS = re.compile(r", page ([A-Z]*\d+)$")


def inspect(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Walk through the file at `path`.

    Returns:
        `problems`, codes of what is not as it should be, and `manifest`.
    """
    try:
        with pikepdf.open(payload["path"], access_mode=pikepdf.AccessMode.stream) as pdf:
            listed = _manifest(pdf)
            if listed is None:
                # Of a file that had to be mended to be read at all, more may be missing than the list.
                return {"problems": ["unreadable" if pdf.get_warnings() else "no_manifest"], "manifest": None}
            return {"problems": _all_problems(pdf, listed), "manifest": listed}
    except pikepdf.PdfError:
        return {"problems": ["unreadable"], "manifest": None}


def _all_problems(pdf: Any, listed: Mapping[str, Any]) -> list[str]:
    found: set[str] = set()
    try:
        for problem in _problems(pdf, listed):
            found.add(problem)
    except (LookupError, AttributeError, TypeError, ValueError, RuntimeError):
        found.add("unlike")  # a file of ours has everything where it is looked for
    return sorted(found)


def _manifest(pdf: Any) -> dict[str, Any] | None:
    if list(pdf.attachments) != [MANIFEST]:
        return None
    try:
        return read_list(pdf.attachments[MANIFEST].get_file().read_bytes())
    except ManifestError:
        return None


def _problems(pdf: Any, listed: Mapping[str, Any]) -> Iterator[str]:
    numbers = pages_of(pdf)
    first, last = _span(listed)
    if len(pdf.pages) != last - first + 1:
        yield "page_count"
    labels = _labels(listed)
    yield from _document_problems(pdf, numbers, labels)
    yield from _link_problems(pdf, numbers, listed)
    yield from _picture_problems(pdf, listed)
    if listed.get("archival", {}).get("claims") and archival.faults(pdf):
        yield "archival"
    yield from _bookmark_problems(pdf.Root.get("/Outlines"), numbers, printed_labels(labels, last - first + 1))


def _span(listed: Mapping[str, Any]) -> tuple[int, int]:
    """The first and last page of the bundle, from 1, that this file has: it may be one volume of several."""
    volumes = listed["page_map"].get("volumes", [[1, listed["pages"]]])
    first, last = volumes[listed.get("volume", 1) - 1]
    return first, last


def _labels(listed: Mapping[str, Any]) -> list[tuple[int, str, int]]:
    """How the file's pages are to be numbered: from which on, the letter before, the first number."""
    runs = [(start - 1, letter) for start, letter in listed["page_map"].get("labels", [[1, ""]])]
    first, last = _span(listed)
    return list(page_labels(runs, first - 1, last - first + 1))


def printed_labels(labels: Sequence[tuple[int, str, int]], pages: int) -> list[str]:
    """The number printed on each page of a file."""
    ends = [start for start, _, _ in labels[1:]] + [pages]
    told = zip(labels, ends, strict=True)
    return [f"{letter}{number + at}" for (start, letter, number), end in told for at in range(end - start)]


def _document_problems(
    pdf: Any, numbers: Mapping[tuple[int, int], int], labels: Sequence[tuple[int, str, int]]
) -> Iterator[str]:
    root = pdf.Root
    found = list(root.get("/PageLabels", {}).get("/Nums", []))
    told = [
        (int(start), str(run.get("/P", "")), int(run.get("/St", 1)))
        for start, run in zip(found[::2], found[1::2], strict=True)
        if run.get("/S") == "/D"
    ]
    if told != list(labels):
        yield "page_labels"
    opening = root.get("/OpenAction", [])
    if len(opening) != 5 or numbers.get(opening[0].objgen) != 0 or opening[4] != 1:
        yield "opening_view"
    fields = root.get("/AcroForm", {}).get("/Fields", [])
    has_form = "/XFA" in root.get("/AcroForm", {}) or not all(_is_of_the_seal(field) for field in fields)
    if has_form or "/AA" in root or "/JavaScript" in root.get("/Names", {}):
        yield "active_content"


def _link_problems(pdf: Any, numbers: Mapping[tuple[int, int], int], listed: Mapping[str, Any]) -> Iterator[str]:
    """Every link leads to a page of this file; the index leads to every exhibit's first page."""
    reached: set[int] = set()
    first, last = _span(listed)
    index = listed["page_map"]["index"] - first
    after_index = min(listed["page_map"]["entries"].values(), default=listed["pages"] + 1) - first
    for number, page in enumerate(pdf.pages):
        if "/AA" in page:
            yield "active_content"
        for annotation in page.get("/Annots", []):
            if number == 0 and _is_of_the_seal(annotation):
                continue
            target = _target(annotation, numbers)
            if target is None:
                yield "link"
            elif index <= number < after_index:
                reached.add(target + first)
    wanted = {page for exhibit in listed["exhibits"] if first <= (page := exhibit["first_page"]) <= last}
    if index >= 0 and not wanted <= reached:
        yield "index"


def _picture_problems(pdf: Any, listed: Mapping[str, Any]) -> Iterator[str]:
    """Every picture's page shows that picture and no other."""
    first, last = _span(listed)
    for exhibit in listed["exhibits"]:
        wanted = exhibit.get("picture_sha256")
        if wanted and first <= exhibit["last_page"] <= last:
            image = pdf.pages[exhibit["last_page"] - first].resources.get("/XObject", {}).get("/Picture")
            if image is None or hashlib.sha256(image.get_raw_stream_buffer()).hexdigest() != wanted:
                yield "picture"


def _is_of_the_seal(field: Any) -> bool:
    """A seal or time stamp stands in a field that nobody sees, and that does nothing."""
    does = any(key in field for key in ("/A", "/AA", "/AP", "/Kids"))
    return field.get("/FT") == "/Sig" and not does and all(side == 0 for side in field.get("/Rect", [1]))


def _target(annotation: Any, numbers: Mapping[tuple[int, int], int]) -> int | None:
    destination = annotation.get("/Dest")
    if annotation.get("/Subtype") != "/Link" or "/A" in annotation or not destination:
        return None
    return numbers.get(destination[0].objgen)


def _bookmark_problems(node: Any, numbers: Mapping[tuple[int, int], int], labels: Sequence[str]) -> Iterator[str]:
    """Every bookmark names the page that it leads to: those beneath a node, and theirs."""
    seen: set[tuple[int, int]] = set()
    waiting = [node.get("/First")] if node is not None else []
    while waiting:
        item = waiting.pop()
        if item is None:
            continue
        if item.objgen in seen:
            yield "bookmark"
            return
        seen.add(item.objgen)
        waiting += [item.get("/Next"), item.get("/First")]
        words = PAGE_WORDS.search(str(item.get("/Title", "")))
        page = numbers.get(item.Dest[0].objgen) if "/Dest" in item else None
        if not words or page is None or "/A" in item or labels[page] != words[1]:
            yield "bookmark"
