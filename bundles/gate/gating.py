"""What the worker does before a bundle may leave: has it looked over, has its pictures read, writes what was found."""

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.building.folders import work_folders
from bundles.building.turns import one_huge_at_a_time
from bundles.disclosure.withheld import hidden_kinds, mac_of, told_terms
from bundles.engine.parts import AT_ONCE
from bundles.gate import looking
from bundles.gate.picture_words import Row, known, read_at_arrival, read_missing, remember
from bundles.models import Bundle, BundleCheck, BundleFile, BundleItem, Colour, GateRun
from jobs import child
from jobs.working import JobFailed, Work
from logs.models import Evidence, Rendition
from nsvcs.storage import file_store

LOOK_MB, LOOK_SECONDS = 1024, 600
PAGES_A_CHILD = 300
MOST_FINDS = 200  # of one check: more say no more


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
        with one_huge_at_a_time(bundle.page_count), ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=work_folders())))
            paths = [stack.enter_context(file_store().path_or_copy(name)) for name in names]
            looked, found = _looked_over(work, paths, bundle, terms)
            pictures = [
                row | {"file": str(path)} for path, told in zip(paths, looked, strict=True) for row in told["pictures"]
            ]
            read = _words_of_pictures(work, bundle, pictures, folder)
            found += _found_in(read, terms, hidden_kinds(bundle))
    except FileNotFoundError:
        raise JobFailed("file_missing") from None
    except child.ChildFailed as failed:
        raise JobFailed(failed.code.removeprefix("refused:")[:60]) from None
    unread = [_place(row) | {"what": "unread", "colour": Colour.YELLOW} for row in read if row["words"] is None]
    _keep(work, bundle, terms, sum(told["pages"] for told in looked), [*found, *unread])


def _looked_over(
    work: Work, paths: Sequence[Path], bundle: Bundle, terms: list[dict[str, Any]]
) -> tuple[list[Row], list[Row]]:
    """Have the files looked over, and their pages' text searched some hundred pages at a time, a child a core.

    Returns:
        what was told of each file; all finds, each once, in the order of the files and their pages.
    """
    asked = {"pages": bundle.page_count, "terms": terms, "hidden": hidden_kinds(bundle)}
    orders = [(looking.LOOK, asked | {"path": str(path)}) for path in paths]
    orders += [
        (looking.SEARCH, asked | {"path": str(path), "first": first, "last": last})
        for path in paths
        for first, last in _stretches(bundle.page_count)
    ]
    told = _each(work, orders)
    finds = {repr(sorted(find.items(), key=str)): find for each in told for find in each["finds"]}
    return told[: len(paths)], list(finds.values())


def _each(work: Work, orders: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What each child told, in the order of the orders; where one fails the others are ended."""
    over = Event()
    work.progress("looking", 0, len(orders))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            running = [pool.submit(_child, target, payload, over) for target, payload in orders]
            for done, each in enumerate(as_completed(running), 1):
                each.result()
                work.progress("looking", done, len(orders))
            return [each.result() for each in running]
        except BaseException:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _stretches(pages: int) -> list[tuple[int, int | None]]:
    """Pages whose text one child searches; the last stretch to the end of the file, however many it has."""
    firsts = list(range(1, pages + 1, PAGES_A_CHILD)) or [1]
    return [(first, first + PAGES_A_CHILD - 1) for first in firsts[:-1]] + [(firsts[-1], None)]


def _child(target: str, payload: dict[str, Any], over: Event | None = None) -> dict[str, Any]:
    return child.run(target, payload, memory_mb=LOOK_MB, seconds=LOOK_SECONDS, stop=over).result


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
    finds: list[Row] = _child(looking.WORDS, asked)["finds"]
    return finds


def _place(row: Row) -> Row:
    return {"code": "pictures", "page": row["page"], "item": row["item"], "picture": row["sha256"]}


# --- words in pictures --------------------------------------------------------------------------------------------


def _words_of_pictures(work: Work, bundle: Bundle, places: Sequence[Row], folder: Path) -> list[Row]:
    """Each page with pictures and the words in them; None where they could not be read."""
    with work.acting():
        before = known(bundle.case_id, {row["sha256"] for row in places})
        single = {row["item"]: row["sha256"] for row in places if row["is_one"] and row["sha256"] not in before}
        arrived = dict(_pictures_at_arrival(bundle, single))
        remember(bundle.case_id, arrived)
    words = read_missing(work, bundle.case_id, places, before | arrived, folder)
    return [row | {"words": words[row["sha256"]]} for row in places]


def _pictures_at_arrival(bundle: Bundle, wanted: dict[str, str]) -> Iterable[tuple[str, str | None]]:
    """Of pictures that stand in the bundle bit for bit as their page copies: the words read off the copies."""
    numbers = {int(mark[1:]): mark for mark in wanted if re.fullmatch(r"E\d+", mark)}
    items = BundleItem.objects.filter(bundle=bundle, kind=BundleItem.Kind.EVIDENCE).printed().values("object_id")
    files = Evidence.objects.filter(pk__in=items, exhibit_number__in=numbers).prefetch_related("renditions")
    for file in files:
        pages = [each for each in file.renditions.all() if each.kind == Rendition.Kind.PAGE]
        sha256 = wanted[numbers[file.exhibit_number]]
        if [each.sha256 for each in pages] == [sha256] and (read := read_at_arrival(file)):
            yield sha256, read[0]


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
