"""Where a find of the gate is mended: a page to redact, an entry, a file to leave out, what may be shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from bundles.disclosure import pieces
from bundles.disclosure.near_forms import ALWAYS
from bundles.gate.words import WORDS_IN
from bundles.models import Bundle, BundleCheck, BundleTerm, Colour, Shown
from bundles.seals.listed import listed_beside
from cases.models import ProtectedTerm
from logs.models import Evidence

MARK = re.compile(r"E(\d+)")


@dataclass(frozen=True)
class Mend:
    """One way to mend a find.

    Attributes:
        way: `page`, `file`, `entry`, `cover`, `leave`, `shown`, `words` or `check`.
        words: on its button.
    """

    way: str
    words: str


class Mending:
    """What the finds of one look can be mended by. As many queries for one find as for two hundred."""

    def __init__(self, bundle: Bundle, rows: Sequence[BundleCheck], by: User) -> None:
        """Look up what the red finds that are still open stand in; nothing where there is none."""
        self.bundle, self.by = bundle, by
        self.rows = [row for row in rows if row.colour == Colour.RED and not hasattr(row, "false_alarm")]

    def all(self) -> dict[UUID, list[Mend]]:
        """The ways of each find, the nearest first."""
        return {row.pk: list(self.of(row)) for row in self.rows}

    def of(self, row: BundleCheck) -> list[Mend]:
        """The ways of one find. One leads to the whole choice, where nothing nearer is known."""
        found = []
        if row.term and self._frozen_terms and row.term not in self._frozen_terms:
            found.append(Mend("check", _("Make it again: the word is protected since then")))
        if row.code in WORDS_IN:
            found += self._of_words(row)
        elif self.file_of(row):
            found.append(self._leave(row))
        return found or [Mend("check", _("Make it again"))]

    def _of_words(self, row: BundleCheck) -> list[Mend]:
        file, number = self.file_of(row), self.page_in_file(row)
        found = []
        if file and number and (copy := pieces.copy_to_redact(file)) and number <= pieces.pages_of(copy):
            told = {"mark": row.item, "number": number}
            found.append(Mend("page", _("Hide a part of %(mark)s, page %(number)s") % told))
        elif file:
            found.append(Mend("file", _("Take it out of the words about %(mark)s") % {"mark": row.item}))
        elif entries := self.entries_of(row):
            found.append(Mend("entry", _("Take it out of entry %(number)s") % {"number": entries[0]}))
        elif row.page:
            found.append(Mend("cover", _("Change what stands on the cover")))
        if file:
            found.append(self._leave(row))
        if row.what in Shown.values:
            kind = str(Shown(row.what).label)
            found.append(Mend("shown", _("Let this recipient see: %(kind)s") % {"kind": kind}))
        if row.term in self._typed_terms or row.what == ALWAYS:
            found.append(Mend("words", _("Look at the protected words")))
        return found

    @staticmethod
    def _leave(row: BundleCheck) -> Mend:
        return Mend("leave", _("Leave %(mark)s out") % {"mark": row.item})

    # --- where it stands ----------------------------------------------------------------------------------------------

    def file_of(self, row: BundleCheck) -> Evidence | None:
        """The file of the exhibit that a find is in."""
        return self._files.get(row.item)

    def page_in_file(self, row: BundleCheck) -> int:
        """Which page of the file's copy a page of the bundle shows; none of the page before it, which names it.

        A picture by itself stands on the page that names it.
        """
        first, last = self._page_map["exhibits"].get(row.item, (0, 0))
        if row.code == "pictures" and row.page == first:
            return 1
        return row.page - first if row.page and first < row.page <= last else 0

    def entries_of(self, row: BundleCheck) -> list[int]:
        """The numbers of the entries that may stand on a page: those that begin there, else the last before it."""
        if not row.page or row.item:
            return []
        begun = [(page, number) for page, number in self._entries if page <= row.page]
        here = [number for page, number in begun if page == row.page]
        is_within = begun and row.page <= self._last_page_of_entries
        return here or ([begun[-1][1]] if is_within else [])

    @cached_property
    def _files(self) -> Mapping[str, Evidence]:
        numbers = {int(found[1]) for row in self.rows if (found := MARK.fullmatch(row.item))}
        if not numbers:
            return {}
        rows = Evidence.objects.visible_to(self.by).filter(case=self.bundle.case_id, exhibit_number__in=numbers)
        return {f"E{row.exhibit_number}": row for row in rows.with_copies().with_beside()}

    @cached_property
    def _page_map(self) -> Mapping[str, Any]:
        """By the list beside the bundle; empty where it has none."""
        return {"exhibits": {}, "entries": {}} | dict(listed_beside(self.bundle, self.by).get("page_map", {}))

    @cached_property
    def _entries(self) -> list[tuple[int, int]]:
        return sorted((page, int(number)) for number, page in self._page_map["entries"].items())

    @property
    def _last_page_of_entries(self) -> int:
        """The last page on which an entry begins, and one on which it may go on."""
        return self._entries[-1][0] + 1 if self._entries else 0

    @cached_property
    def _frozen_terms(self) -> frozenset[str]:
        rows = BundleTerm.objects.visible_to(self.by).filter(bundle=self.bundle)
        return frozenset(rows.values_list("name", flat=True))

    @cached_property
    def _typed_terms(self) -> frozenset[str]:
        rows = ProtectedTerm.objects.current().visible_to(self.by).filter(case=self.bundle.case_id)
        return frozenset(str(pk) for pk in rows.values_list("pk", flat=True))
