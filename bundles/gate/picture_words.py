"""Words that a machine reads in pictures: kept by the digest of the pictures of a page, so that none is read twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from bundles.models import PictureWords
from jobs import child
from jobs.working import Work
from logs import reading, sheets
from logs.making.recipes import OPENED, recipe_of
from logs.models import Evidence, Rendition
from nsvcs.storage import file_store

DRAW_MB, DRAW_SECONDS = 1024, 120
READ_MB, READ_SECONDS = 512, 300
AT_ONCE, READING_DOTS = 8, 200
MOST_CHARACTERS = 20_000
READER = "reader-1"
Row = dict[str, Any]
Words = dict[str, str | None]  # by digest; none where they could not be read
Reads = Callable[[Sequence[Row], Path], list[str | None]]


def known(case_id: UUID, digests: Collection[str]) -> Words:
    """What was read before."""
    rows = PictureWords.objects.filter(case=case_id, sha256__in=digests, reader=READER)
    return {row.sha256: row.words if row.state == PictureWords.State.READ else None for row in rows}


def remember(case_id: UUID, words: Mapping[str, str | None]) -> None:
    """Keep what was read; what could not be is tried once more at the next look."""
    now, state = timezone.now(), PictureWords.State.READ
    rows = [
        PictureWords(case_id=case_id, sha256=sha256, reader=READER, words=text, at=now, state=state)
        for sha256, text in words.items()
        if text is not None
    ]
    PictureWords.objects.bulk_create(rows, ignore_conflicts=True)


def read_missing(work: Work, case_id: UUID, places: Sequence[Row], before: Words, folder: Path) -> Words:
    """Read what is not known yet, some pages at a time, each lot kept before the next: a killed worker loses one.

    Args:
        work: the job, with no transaction open.
        case_id: whose pictures they are.
        places: pages that show pictures: `sha256` over these, `file` they are in, and `local`, their number there.
        before: what is known.
        folder: where pictures of pages are drawn.
    """
    words = dict(before)
    left = list({row["sha256"]: row for row in places if row["sha256"] not in words}.values())
    start = 0
    while start < len(left):
        work.progress("reading", start, len(left))
        some = [row for row in left[start : start + AT_ONCE] if row["file"] == left[start]["file"]]
        found = {row["sha256"]: text for row, text in zip(some, _read(some, folder), strict=True)}
        with work.acting():
            remember(case_id, found)
        words |= found
        start += len(some)
    return words


def _read(some: Sequence[Row], folder: Path) -> list[str | None]:
    """Draw pages as they are seen and read them; where that takes too much, each by itself."""
    try:
        return read_pictures(_drawn(some, folder))
    except child.ChildFailed:
        return [None] if len(some) == 1 else [_read([row], folder)[0] for row in some]
    finally:
        for drawn in folder.iterdir():
            drawn.unlink()


def _drawn(some: Sequence[Row], folder: Path) -> list[Path]:
    if "local" not in some[0]:  # a picture by itself
        return [Path(row["file"]) for row in some]
    numbers = [row["local"] for row in some]
    asked = {"path": some[0]["file"], "numbers": numbers, "folder": str(folder), "dots": READING_DOTS}
    child.run(sheets.DRAW, asked, memory_mb=DRAW_MB, seconds=DRAW_SECONDS)
    return [folder / f"{number}.jpg" for number in numbers]


def read_pictures(pictures: Sequence[Path]) -> list[str | None]:
    """What stands in each.

    Raises:
        jobs.child.ChildFailed: they could not be read.
    """
    asked = reading.payload(pictures, MOST_CHARACTERS, Path(settings.MEDIA_ROOT).parent)
    texts: list[str | None] = child.run(reading.READ, asked, memory_mb=READ_MB, seconds=READ_SECONDS).result["texts"]
    return texts


# --- what was read when a file arrived --------------------------------------------------------------------------------


def read_at_arrival(file: Evidence, since: datetime | None = None) -> list[str | None]:
    """The words of each page of a file as they were read then; none of a page that was not read off a picture.

    Args:
        file: comes with its `renditions`.
        since: words that were read before are not told.
    """
    texts = [each for each in file.renditions.all() if each.kind == Rendition.Kind.TEXT]
    newest = max(texts, key=lambda each: each.made_at, default=None)
    if newest is None or not _is_read(newest) or (since and newest.made_at < since):
        return []
    pages = _text_of(newest).split(sheets.PAGE_END)
    if file.is_image:
        return [page[:MOST_CHARACTERS] for page in pages]
    read, is_cut = set(newest.details.get("read", ())), "cut" in newest.notes
    return [] if is_cut else [page[:MOST_CHARACTERS] if at in read else None for at, page in enumerate(pages, 1)]


def _is_read(text: Rendition) -> bool:
    todays = recipe_of(Rendition.Kind.TEXT)
    is_todays = text.recipe in {todays, todays + OPENED} and text.state == Rendition.State.OK
    return is_todays and "by_machine" in text.notes


def _text_of(text: Rendition) -> str:
    if not text.storage_name:
        return ""
    with file_store().open(text.storage_name) as file:
        return file.read().decode("utf-8", "replace")
