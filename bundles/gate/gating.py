"""What the worker does before a bundle may leave: has it looked over, has its pictures read, writes what was found."""

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.building.folders import work_folders
from bundles.disclosure.withheld import hidden_kinds, mac_of, told_terms
from bundles.gate import looking
from bundles.models import Bundle, BundleCheck, BundleFile, BundleItem, Colour, GateRun, PictureWords
from jobs import child
from jobs.working import JobFailed, Work
from logs import reading, sheets
from logs.making.recipes import recipe_of
from logs.models import Evidence, Rendition
from nsvcs.storage import file_store

LOOK_MB, LOOK_SECONDS = 2048, 600
DRAW_MB, DRAW_SECONDS = 1024, 120
READ_MB, READ_SECONDS = 512, 300
AT_ONCE, READING_DOTS = 8, 200
MOST_CHARACTERS = 20_000
MOST_FINDS = 200  # of one check: more say no more
READER = "reader-1"
Row = dict[str, Any]


def check_bundle(work: Work) -> None:
    """Look one finished bundle over, with the rights its requester has now.

    Raises:
        JobFailed: it cannot be looked at; without a finished look nothing leaves.
        Superseded: another worker has it in hand.
    """
    with work.acting():
        bundle, terms = _begin(work)
        names = files_of(bundle)
    work_folders().mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=work_folders())))
            paths = [stack.enter_context(file_store().path_or_copy(name)) for name in names]
            looked = [_look(work, path, bundle, terms) for path in paths]
            pictures = [
                row | {"file": str(path)} for path, told in zip(paths, looked, strict=True) for row in told["pictures"]
            ]
            read = _words_of_pictures(work, bundle, pictures, folder)
            found = _found_in(read, terms, hidden_kinds(bundle))
    except FileNotFoundError:
        raise JobFailed("file_missing") from None
    except child.ChildFailed as failed:
        raise JobFailed(failed.code.removeprefix("refused:")[:60]) from None
    finds = [find for told in looked for find in told["finds"]]
    unread = [_place(row) | {"what": "unread", "colour": Colour.YELLOW} for row in read if row["words"] is None]
    _keep(work, bundle, terms, sum(told["pages"] for told in looked), [*finds, *found, *unread])


def _look(work: Work, path: Path, bundle: Bundle, terms: list[dict[str, Any]]) -> dict[str, Any]:
    work.progress("looking")
    asked = {"path": str(path), "pages": bundle.page_count, "terms": terms, "hidden": hidden_kinds(bundle)}
    return child.run(looking.LOOK, asked, memory_mb=LOOK_MB, seconds=LOOK_SECONDS).result


def files_of(bundle: Bundle) -> list[str]:
    """Where the bundle's pages are kept: the names of its volumes' files, in their order."""
    further = BundleFile.objects.filter(bundle=bundle, kind=BundleFile.Kind.VOLUME).order_by("number")
    return [bundle.storage_name, *further.values_list("storage_name", flat=True)]


def _begin(work: Work) -> tuple[Bundle, list[dict[str, Any]]]:
    by = User.objects.filter(pk=work.job.requester_id, is_active=True).first()
    rows = Bundle.objects.visible_to(by).select_related("case__victim") if by else Bundle.objects.none()
    bundle = rows.filter(pk=work.object_id, state=Bundle.State.READY).first()
    if by is None or bundle is None:
        raise JobFailed("not_allowed")
    return bundle, told_terms(bundle, by)


def _found_in(read: Sequence[Row], terms: list[dict[str, Any]], hidden: list[str]) -> list[Row]:
    if not (terms or hidden) or not any(row["words"] for row in read):
        return []
    asked = {"read": read, "terms": terms, "hidden": hidden}
    finds: list[Row] = child.run(looking.WORDS, asked, memory_mb=LOOK_MB, seconds=LOOK_SECONDS).result["finds"]
    return finds


def _place(row: Row) -> Row:
    return {"code": "pictures", "page": row["page"], "item": row["item"], "picture": row["sha256"]}


# --- words in pictures --------------------------------------------------------------------------------------------


def _words_of_pictures(work: Work, bundle: Bundle, places: Sequence[Row], folder: Path) -> list[Row]:
    """Each page with pictures and the words in them; None where they could not be read."""
    with work.acting():
        known = _known(bundle, places)
    left = list({row["sha256"]: row for row in places if row["sha256"] not in known}.values())
    start = 0
    while start < len(left):
        work.progress("reading", start, len(left))
        some = [row for row in left[start : start + AT_ONCE] if row["file"] == left[start]["file"]]
        words = _read(some, folder)
        with work.acting():
            _remember(bundle, some, words)
        known |= {row["sha256"]: text for row, text in zip(some, words, strict=True)}
        start += len(some)
    return [row | {"words": known[row["sha256"]]} for row in places]


def _known(bundle: Bundle, places: Sequence[Row]) -> dict[str, str | None]:
    """What was read before: at an earlier look, or when the picture arrived."""
    digests = {row["sha256"] for row in places}
    rows = PictureWords.objects.filter(case=bundle.case_id, sha256__in=digests, reader=READER)
    known = {row.sha256: row.words if row.state == PictureWords.State.READ else None for row in rows}
    single = {row["item"]: row["sha256"] for row in places if row["is_one"] and row["sha256"] not in known}
    arrived = list(_read_at_arrival(bundle, single))
    _remember(bundle, [{"sha256": sha256} for sha256, _ in arrived], [text for _, text in arrived])
    return known | dict(arrived)


def _read_at_arrival(bundle: Bundle, wanted: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Of pictures that stand in the bundle bit for bit as their page copies: the words read off the copies."""
    numbers = {int(mark[1:]): mark for mark in wanted if re.fullmatch(r"E\d+", mark)}
    items = BundleItem.objects.filter(bundle=bundle, kind=BundleItem.Kind.EVIDENCE).printed().values("object_id")
    files = Evidence.objects.filter(pk__in=items, exhibit_number__in=numbers).prefetch_related("renditions")
    for file in files:
        pages = [each for each in file.renditions.all() if each.kind == Rendition.Kind.PAGE]
        texts = [each for each in file.renditions.all() if each.kind == Rendition.Kind.TEXT]
        sha256 = wanted[numbers[file.exhibit_number]]
        newest = max(texts, key=lambda each: each.made_at, default=None)
        if newest and [each.sha256 for each in pages] == [sha256] and _is_read(newest):
            yield sha256, _text_of(newest)


def _is_read(text: Rendition) -> bool:
    is_todays = text.recipe == recipe_of(Rendition.Kind.TEXT) and text.state == Rendition.State.OK
    return is_todays and "by_machine" in text.notes


def _text_of(text: Rendition) -> str:
    if not text.storage_name:
        return ""
    with file_store().open(text.storage_name) as file:
        return file.read(4 * MOST_CHARACTERS).decode("utf-8", "replace")[:MOST_CHARACTERS]


def _read(some: Sequence[Row], folder: Path) -> list[str | None]:
    """Draw pages as they are seen and read them; where that takes too much, each by itself."""
    try:
        numbers = [row["local"] for row in some]
        drawn = {"path": some[0]["file"], "numbers": numbers, "folder": str(folder), "dots": READING_DOTS}
        child.run(sheets.DRAW, drawn, memory_mb=DRAW_MB, seconds=DRAW_SECONDS)
        pictures = [folder / f"{number}.jpg" for number in numbers]
        asked = reading.payload(pictures, MOST_CHARACTERS, Path(settings.MEDIA_ROOT).parent)
        texts: list[str | None] = child.run(reading.READ, asked, memory_mb=READ_MB, seconds=READ_SECONDS).result[
            "texts"
        ]
        return texts
    except child.ChildFailed:
        return [None] if len(some) == 1 else [_read([row], folder)[0] for row in some]
    finally:
        for drawn_page in folder.iterdir():
            drawn_page.unlink()


def _remember(bundle: Bundle, some: Sequence[Row], words: Sequence[str | None]) -> None:
    now = timezone.now()
    state = PictureWords.State
    rows = [
        PictureWords(
            case_id=bundle.case_id, sha256=row["sha256"], reader=READER, words=text or "", at=now,
            state=state.UNREAD if text is None else state.READ,
        )
        for row, text in zip(some, words, strict=True)
        if text is not None  # tried once more at the next look
    ]  # fmt: skip
    PictureWords.objects.bulk_create(rows, ignore_conflicts=True)


# --- what is kept -------------------------------------------------------------------------------------------------


def _keep(work: Work, bundle: Bundle, terms: list[dict[str, Any]], pages: int, finds: Sequence[Row]) -> None:
    now = timezone.now()
    with work.acting():
        run = GateRun(
            bundle=bundle, case_id=bundle.case_id, sha256=bundle.sha256, terms_mac=mac_of(terms), pages=pages, at=now
        )
        run.save(force_insert=True)
        rows = [_row(run, code, find) for code in looking.CHECKS for find in _of(code, finds)]
        BundleCheck.objects.bulk_create(rows)
        red = sum(row.colour == Colour.RED for row in rows)
        detail = {"run": str(run.pk), "sha256": bundle.sha256, "red": red}
        record(Action.BUNDLE_CHECKED, target=bundle, case_ids=[bundle.case_id], detail=detail)
        work.finish()


def _of(code: str, finds: Sequence[Row]) -> list[Row]:
    """The finds of one check; one green row where there is none."""
    return [find for find in finds if find["code"] == code][:MOST_FINDS] or [{"colour": Colour.GREEN}]


def _row(run: GateRun, code: str, find: Row) -> BundleCheck:
    return BundleCheck(
        run=run, bundle_id=run.bundle_id, case_id=run.case_id, code=code, colour=find.get("colour") or Colour.RED,
        page=find.get("page"), item=str(find.get("item") or "")[:60], what=str(find.get("what") or "")[:60],
        term=str(find.get("term") or "")[:80], is_soft=bool(find.get("is_soft")), picture=find.get("picture") or "",
    )  # fmt: skip
