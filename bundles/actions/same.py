"""Whether what is asked for under a key is what was asked for under it before; and what of it is not."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models import Bundle, BundleItem
from cases.actions.once import KeyUsed

How = BundleItem.How
# What is said of a bundle, by the step it is chosen on.
FIELDS: Mapping[str, tuple[Promise, tuple[str, ...]]] = {
    "case": (_("Case"), ("case_id",)),
    "purpose": (_("Purpose"), ("purpose_kind", "purpose", "edition")),
    "recipient": (_("Who gets it"), ("recipient", "recipient_ref", "recipient_name")),
    "days": (_("Days"), ("date_from", "date_to")),
    "order": (_("Parts and their order"), ("sections", "files_by_entry")),
    "shown": (_("What is shown"), ("shown",)),
    "cover": (_("The cover"), ("producer", "crime_reference", "officer", "ring")),
}
ITEMS = _("What goes in, or why something is left out")


class OtherBundle(KeyUsed):
    """The key stands for a bundle with another choice: nothing is stored, nothing of either is lost.

    Attributes:
        kept: the bundle that was asked for first.
        differs: what is not the same, in words.
    """

    def __init__(self, kept: Bundle, differs: Sequence[str]) -> None:
        """Keep both."""
        super().__init__(kept)
        self.differs = differs


def same_bundle(kept: Bundle, asked: Bundle, items: Iterable[BundleItem], by: User) -> Bundle:
    """The bundle that has the key, where the same was asked for; its people and times are no part of that.

    Args:
        kept: the bundle that has the key.
        asked: as it would be stored now.
        items: its rows.
        by: who asks.

    Raises:
        OtherBundle: another choice.
    """
    differs = [str(words) for words, names in FIELDS.values() if _told(kept, names) != _told(asked, names)]
    rows = BundleItem.objects.visible_to(by).filter(bundle=kept)
    before = {(row.kind, row.object_id): _how(row) for row in rows}
    # What has come to the case since and is left out changes nothing of what was chosen.
    now = {(row.kind, row.object_id): _how(row) for row in items}
    if before != {key: how for key, how in now.items() if key in before or how[0] != How.OUT}:
        differs.append(str(ITEMS))
    if differs:
        raise OtherBundle(kept, differs)
    return kept


def _told(bundle: Bundle, names: Iterable[str]) -> list[object]:
    return [getattr(bundle, name) for name in names]


def _how(row: BundleItem) -> tuple[str, str, str]:
    return row.how, row.reason, row.reason_words
