"""The files that leave with a bundle: its volumes, and for the police what lies beside it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from bundles.models import Bundle, BundleFile

Kind = BundleFile.Kind
ZIP, PDF, PLAIN = "application/zip", "application/pdf", "application/octet-stream"
TYPES = {Kind.VOLUME: PDF, Kind.PACK: ZIP}
FIRST = "first"
LATER = frozenset({Kind.LATER, Kind.LATER_STAMP})


@dataclass(frozen=True)
class GivenFile:
    """One file.

    Attributes:
        key: names it on a page: `first`, or the id of its row.
    """

    key: str
    name: str
    storage_name: str
    media_type: str
    size_bytes: int
    sha256: str


def given_files(bundle: Bundle, by: User) -> list[GivenFile]:
    """All files of a bundle that its recipient gets, the bundle itself first.

    Only the police edition has more than its volumes: the list, the time stamps, and the pack with the originals. What
    the accused's side may read has not, whoever it is given to.
    """
    rows = list(BundleFile.objects.visible_to(by).filter(bundle=bundle).order_by("kind", "number"))
    rows.sort(key=lambda row: row.number if row.kind in LATER else 0)
    volumes = [row for row in rows if row.kind == Kind.VOLUME]
    beside = (
        [row for row in rows if row.kind != Kind.VOLUME] if (bundle.edition or bundle.recipient) == "police" else []
    )
    name = _("The bundle, volume 1") if volumes else _("The bundle")
    first = GivenFile(FIRST, name, bundle.storage_name, PDF, bundle.size_bytes, bundle.sha256)
    return [first, *(_given(row) for row in [*volumes, *beside])]


def _given(row: BundleFile) -> GivenFile:
    name = str(row.get_kind_display())
    if row.kind == Kind.VOLUME:
        name = _("The bundle, volume %(number)s") % {"number": row.number}
    elif row.kind in LATER:
        name = f"{name} {row.number}"
    media_type = TYPES.get(Kind(row.kind), PLAIN)
    return GivenFile(str(row.pk), name, row.storage_name, media_type, row.size_bytes, row.sha256)


def given_file(bundle: Bundle, key: str, by: User) -> GivenFile | None:
    """The file that a key names; none where it is no file of this bundle that its recipient gets."""
    return next((file for file in given_files(bundle, by) if file.key == key), None)
