"""Later time stamps: over a bundle and all that lies beside it, before the authority's certificate ends.

The last stamp in a bundle can be checked until the certificate of whoever gave it ends. A new one inside the file would
give the bundle another digest than the one that was approved and sent. So it lies beside: a text in the form of
`sha256sum`, with every file of the bundle and every stamp before, and a token over that text. Decision 0073.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import connection
from django.utils import timezone

from audit.actions import record
from audit.models import Action
from bundles.models import Bundle, BundleFile
from bundles.seals.accompanying import Beside, forget_beside
from bundles.seals.certificates import service_sealer
from bundles.seals.signing import BadMessage
from bundles.seals.stamping import check, signer_of
from jobs.actions import ask
from jobs.working import JobFailed, Work
from nsvcs.storage import file_store

Kind = BundleFile.Kind
SOON = timedelta(days=365)
WORTH_IT = timedelta(days=30)  # a new stamp that ends as early as the old one gains nothing
BLOCK = 1024 * 1024
MOST_TOKEN_BYTES = 100_000
NAMES = {
    Kind.LIST: "manifest.json", Kind.TABLE: "manifest.csv", Kind.LIST_STAMP: "manifest.tsr",
    Kind.HEAD_STAMP: "log.tsr", Kind.PACK: "pack.zip",
}  # fmt: skip


def look_at_stamps(work: Work) -> None:
    """Ask for later stamps over the bundles whose newest one ends within a year, where today's authority lasts longer.

    Raises:
        bundles.seals.stamping.TimestampUnreachable: the authority gives none just now.
    """
    until = min(timezone.now() + SOON, _lasts_until() - WORTH_IT)
    with work.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM newest_stamps()")
        found: list[tuple[UUID, UUID, str]] = cursor.fetchall()
    month = f"{timezone.localdate():%Y-%m}"
    for bundle_id, case_id, name in found:
        ends = _ends(name)
        if ends is not None and ends < until:
            with work.acting():
                key = f"stamp_again:{bundle_id}:{month}"
                ask(name="stamp_again", key=key, object_id=bundle_id, case_id=case_id, by=None)


def _lasts_until() -> datetime:
    """Until when a stamp given today can be checked."""
    sealer, asked = service_sealer(), b"how long does it last"
    stamp = check(sealer.stamp(asked), hashlib.sha256(asked).digest(), sealer.time_roots)
    return stamp.signer.not_valid_after_utc


def _ends(name: str) -> datetime | None:
    try:
        with file_store().open(name) as file:
            return signer_of(file.read(MOST_TOKEN_BYTES)).not_valid_after_utc
    except (FileNotFoundError, BadMessage):
        return None  # of a bundle whose case is gone, or a file that was damaged: the nightly look at originals says so


def stamp_again(work: Work) -> None:
    """Stamp one bundle and what lies beside it once more. Audited.

    Raises:
        JobFailed: `file_missing` or `file_changed`: what would be stamped is not what was sealed.
        bundles.seals.stamping.TimestampUnreachable: the authority gives none just now.
    """
    with work.acting():
        bundle = Bundle.objects.get(pk=work.object_id)
        rows = list(BundleFile.objects.filter(bundle=bundle).order_by("made_at", "kind", "number"))
    lines = [f"{sha256}  {name}\n" for name, sha256 in _checked(work, bundle, rows)]
    text = "".join(lines).encode()
    token = service_sealer().stamp(text)
    number = 1 + sum(row.kind == Kind.LATER for row in rows)
    store = file_store()
    kept = [Beside(kind, number, store.store(BytesIO(data))) for kind, data in
            ((Kind.LATER, text), (Kind.LATER_STAMP, token))]  # fmt: skip
    try:
        _write(work, bundle, kept)
    except BaseException:
        forget_beside(kept, store)
        raise


def _write(work: Work, bundle: Bundle, kept: list[Beside]) -> None:
    now = datetime.now(UTC)
    with work.acting():
        BundleFile.objects.bulk_create(
            BundleFile(
                bundle=bundle, case_id=bundle.case_id, kind=each.kind, number=each.number, made_at=now,
                storage_name=each.stored.name, sha256=each.stored.sha256, size_bytes=each.stored.size_bytes,
            )
            for each in kept
        )  # fmt: skip
        detail = {"sha256": bundle.sha256, "number": kept[0].number}
        record(Action.BUNDLE_STAMPED_AGAIN, target=bundle, case_ids=[bundle.case_id], detail=detail)
        work.finish()


def _checked(work: Work, bundle: Bundle, rows: list[BundleFile]) -> Iterator[tuple[str, str]]:
    """Each file's name and digest, once it was read and is what its row says."""
    files = [("bundle.pdf", bundle.storage_name, bundle.sha256)]
    files += [(name_of_file(row), row.storage_name, row.sha256) for row in rows]
    for done, (name, storage_name, sha256) in enumerate(files):
        work.progress("checking", done, len(files))
        if _digest(storage_name, name) != sha256:
            raise JobFailed("file_changed", name)
        yield name, sha256


def _digest(storage_name: str, name: str) -> str:
    total = hashlib.sha256()
    try:
        with file_store().open(storage_name) as file:
            while block := file.read(BLOCK):
                total.update(block)
    except FileNotFoundError:
        raise JobFailed("file_missing", name) from None
    return total.hexdigest()


def name_of_file(row: BundleFile) -> str:
    """What a file beside a bundle is called in a list of digests."""
    if row.kind == Kind.VOLUME:
        return f"bundle-{row.number}.pdf"
    if row.kind in {Kind.LATER, Kind.LATER_STAMP}:
        return f"later-{row.number}.{'txt' if row.kind == Kind.LATER else 'tsr'}"
    return NAMES[Kind(row.kind)]
