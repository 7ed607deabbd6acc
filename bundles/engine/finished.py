"""What is read in a finished file, by whoever checks it: little is loaded for that, since each check is a process."""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

MANIFEST = "manifest.json"
FORMAT = "nsvcs-bundle"
REQUIRED = {"format", "version", "bundle_id", "made_at", "pages", "counts", "entries", "exhibits", "page_map", "seal"}


class ManifestError(ValueError):
    """This is not a list we made."""


def read_list(data: bytes) -> dict[str, Any]:
    """The list from a file's attachment.

    Raises:
        ManifestError: it is not JSON, or not of our making.
    """
    try:
        listed = json.loads(data)
    except ValueError:
        raise ManifestError("not JSON") from None
    if not isinstance(listed, dict) or not listed.keys() >= REQUIRED or listed["format"] != FORMAT:
        raise ManifestError("not a list of ours")
    return listed


def page_labels(runs: Sequence[tuple[int, str]], first: int, pages: int) -> Iterator[tuple[int, str, int]]:
    """How the pages of a volume are numbered: from which of its pages on, the letter before it, the first number."""
    for number, (start, letter) in enumerate(runs):
        end = runs[number + 1][0] if number + 1 < len(runs) else first + pages
        if start < first + pages and end > first:
            yield max(start - first, 0), letter, max(first - start, 0) + 1


def pages_of(pdf: "pikepdf.Pdf") -> dict[tuple[int, int], int]:
    """Page index by the page's own object number: where a destination leads."""
    return {page.obj.objgen: number for number, page in zip(count(), pdf.pages, strict=False)}
