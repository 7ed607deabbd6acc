"""What is made once a bundle is sealed: its list beside it, time stamps over the list and the log, and the pack."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.utils import timezone

from audit.queries import head_of
from bundles.engine import manifest
from bundles.engine.assembling import BuildFailed, Built
from bundles.engine.lined import lines_of
from bundles.engine.planning import volume_name
from bundles.models import Bundle, BundleFile
from bundles.seals import how_to
from bundles.seals.packing import CHECKS, ORIGINALS, Bag, original_names
from bundles.seals.sealing import Sealer
from bundles.seals.stamping import TimestampUnreachable
from bundles.selection.contents import Contents, Exhibit
from jobs.child import ChildFailed
from nsvcs.finished import Finished
from nsvcs.storage import FileStore, StoredFile

Kind = BundleFile.Kind


@dataclass(frozen=True)
class Beside:
    """One file beside a bundle, kept and not yet named by a row."""

    kind: str
    number: int
    stored: StoredFile


@dataclass(frozen=True)
class _Making:
    """What all of it is made of."""

    contents: Contents
    built: Built
    sealer: Sealer
    folder: Path
    held: Collection[str]

    @property
    def volumes(self) -> list[tuple[Path, str, int]]:
        """Path, digest and length of each file of the bundle."""
        found = [(each.path, each.sha256, each.bytes) for each in getattr(self.built, "volumes", ())]
        return found or [(self.built.path, self.built.sha256, self.built.bytes)]

    @property
    def packed(self) -> list[Exhibit]:
        """The exhibits whose originals go with the pack: those that may leave."""
        exhibits = self.contents.exhibits
        return [
            each for each in exhibits if each.original_path and each.evidence_id not in self.held and not each.areas
        ]


def head_for(bundle: Bundle) -> dict[str, Any]:
    """The head of its case's chain as it is now, as a bundle names it; empty where nothing is sealed yet."""
    head = head_of(bundle.case_id)
    return {"sequence": head.sequence, "sha256": head.digest, "at": head.at.isoformat()} if head else {}


def takes_originals(bundle: Bundle) -> bool:
    """Whether a pack goes with it: the police edition, and no other, leaves with the originals."""
    return (bundle.edition or bundle.recipient) == "police"


def make_beside(
    contents: Contents,
    built: Built,
    sealer: Sealer,
    folder: Path,
    store: FileStore,
    *,
    with_pack: bool,
    held: Collection[str] = (),
) -> tuple[Beside, ...]:
    """Make and keep what goes beside a bundle; where that fails nothing of it is kept.

    Args:
        contents: what was printed, with paths that can be read.
        built: the sealed bundle.
        sealer: who sealed it.
        folder: where files may be written meanwhile.
        store: keeps what is made.
        with_pack: whether its recipient gets the originals too.
        held: ids of files that may not leave.

    Raises:
        BuildFailed: `timestamp_unreachable`: the authority gave no time stamp. `original_changed`: an original is no
            longer the file that arrived.
        nsvcs.storage.StorageError: one of them was not kept.
    """
    kept: list[Beside] = []
    try:
        _make(_Making(contents, built, sealer, folder, held), store, kept, with_pack=with_pack)
        return tuple(kept)
    except BaseException as failed:
        forget_beside(kept, store)
        if isinstance(failed, TimestampUnreachable):
            raise BuildFailed("sealing", "timestamp_unreachable") from None
        if isinstance(failed, ChildFailed):
            raise BuildFailed("pack", failed.code.removeprefix("refused:")) from None
        raise


def _make(making: _Making, store: FileStore, kept: list[Beside], *, with_pack: bool) -> None:
    files = _lists(making, with_pack=with_pack)
    for number, (path, sha256, _) in enumerate(making.volumes[1:], 2):
        kept.append(Beside(Kind.VOLUME, number, store.store(Finished(path, sha256))))
    for kind, data in files.items():
        kept.append(Beside(kind, 1, store.store(BytesIO(data))))
    if with_pack:
        kept.append(Beside(Kind.PACK, 1, store.store(Finished(_pack(making, files)))))


def forget_beside(kept: Collection[Beside], store: FileStore) -> None:
    """Remove what no row will name."""
    for each in kept:
        store.remove_orphan(each.stored.name)


def write_beside(bundle: Bundle, sha256: str, kept: Collection[Beside]) -> None:
    """Write the rows, in the transaction in which the bundle becomes ready; from then on its digest is known."""
    now = timezone.now()
    rows = [
        BundleFile(
            bundle=bundle, case_id=bundle.case_id, kind=each.kind, number=each.number, made_at=now,
            storage_name=each.stored.name, sha256=each.stored.sha256, size_bytes=each.stored.size_bytes,
        )
        for each in kept
    ]  # fmt: skip
    BundleFile.objects.bulk_create(rows)
    know(sha256, *(each.stored.sha256 for each in kept if each.kind in {Kind.VOLUME, Kind.PACK}))


def know(*digests: str) -> None:
    """Remember digests of sealed files, so that anybody may ask whether a file is ours."""
    with connection.cursor() as cursor:
        for digest in digests:
            cursor.execute("SELECT keep_sealed(%s)", [digest])


def _lists(making: _Making, *, with_pack: bool) -> dict[str, bytes]:
    listed = _listed(making, with_pack=with_pack)
    text = lines_of(listed).encode()
    files = {Kind.LIST: text, Kind.TABLE: manifest.table(listed).encode(), Kind.LIST_STAMP: making.sealer.stamp(text)}
    if head := making.sealer.head:
        files[Kind.HEAD_STAMP] = making.sealer.stamp(head_text(head))
    return {str(kind): data for kind, data in files.items()}


def head_text(head: Mapping[str, Any]) -> bytes:
    """The head of the log's chain as it is stamped: its number, its digest, and when what it seals happened."""
    return f"{head['sequence']} {head['sha256']} {head['at']}\n".encode()


def _listed(making: _Making, *, with_pack: bool) -> dict[str, Any]:
    """The list in the bundle, and what could not stand there: the digest of the bundle itself."""
    files = [
        {"name": volume_name(number), "sha256": sha256, "size_bytes": size}
        for number, (_, sha256, size) in enumerate(making.volumes, 1)
    ]
    listed = making.built.listed | {"files": files}
    if not with_pack:
        return listed
    names = original_names(making.packed)
    labels = {each.mark: {"label": each.file_label} for each in making.packed if each.file_label}
    originals = {mark: {"original": f"{ORIGINALS}/{name}"} for mark, name in names.items()}
    rows = [row | originals.get(row["mark"], {}) | labels.get(row["mark"], {}) for row in listed["exhibits"]]
    return listed | {"exhibits": rows}


def _pack(making: _Making, files: Mapping[str, bytes]) -> Path:
    path = making.folder / "pack.beside"
    path.unlink(missing_ok=True)  # a store may have taken over the one of an attempt before: it is not written into
    bag = Bag(path, making.contents.made_at)
    for number, (volume, sha256, _) in enumerate(making.volumes, 1):
        if bag.add_file(volume_name(number), volume) != sha256:
            raise BuildFailed(volume_name(number), "bundle_changed")
    for mark, name in original_names(making.packed).items():
        exhibit = next(each for each in making.packed if each.mark == mark)
        if bag.add_file(f"{ORIGINALS}/{name}", exhibit.original_path) != exhibit.sha256:
            raise BuildFailed(mark, "original_changed")
    bag.add("manifest.json", files[Kind.LIST])
    bag.add("manifest.csv", files[Kind.TABLE])
    for name, data in _checks(making, files).items():
        bag.add(name, data)
    told = {"External-Identifier": making.contents.reference or making.contents.bundle_id}
    bag.sign(making.sealer.signed(bag.finish(told)))
    return path


def _checks(making: _Making, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the pack is checked with: stamps, root certificates, and the page on how."""
    sealer = making.sealer
    root = (sealer.identity.chain or (sealer.identity.certificate,))[-1]
    found = {
        f"{CHECKS}/seal-root.pem": root.public_bytes(Encoding.PEM),
        f"{CHECKS}/time-root.pem": b"".join(each.public_bytes(Encoding.PEM) for each in sealer.time_roots),
        f"{CHECKS}/manifest.tsr": files[Kind.LIST_STAMP],
    }
    if Kind.HEAD_STAMP in files:
        found |= {f"{CHECKS}/log.tsr": files[Kind.HEAD_STAMP], f"{CHECKS}/log.txt": head_text(sealer.head)}
    text, page = how_to.make(sealer)
    return found | {"how-to-check.txt": text, "how-to-check.pdf": page}
