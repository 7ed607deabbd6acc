"""The original a job works on, and what has been made of it so far."""

import hashlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from jobs.working import JobFailed
from logs.making.recipes import OPENED, recipe_of
from logs.models import Evidence, Rendition
from nsvcs.storage import file_store

BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """One part, before it has a row. Without a path it says that there was nothing to keep."""

    kind: Rendition.Kind
    path: Path | None
    media_type: str = "image/jpeg"
    number: int = 1
    width: int = 0
    height: int = 0
    page_count: int = 1
    notes: list[str] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


class Original:
    """One original: its path, a folder to work in, and the parts that have rows.

    Attributes:
        evidence: its row.
        facts: what it says of itself, once the report has been made in this attempt.
        password: what opens it, where it is locked and somebody gave the password for this attempt.
    """

    def __init__(self, evidence: Evidence, rows: Iterable[Rendition], stack: ExitStack, *, password: str = "") -> None:
        """Keep the row and the rows of its parts; files are opened when they are asked for, until the stack closes."""
        self.evidence = evidence
        self.rows = list(rows)
        self.password = password
        self.facts: list[tuple[str, str]] = []
        self._stack = stack

    @cached_property
    def folder(self) -> Path:
        """A folder of its own; what a killed worker leaves of it is swept at night."""
        return Path(self._stack.enter_context(TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR or None)))

    @cached_property
    def path(self) -> Path:
        """The original as it lies in the store.

        Raises:
            JobFailed: it is not there, or is not the file that arrived.
        """
        try:
            path = self._stack.enter_context(file_store().path_or_copy(self.evidence.storage_name))
        except FileNotFoundError:
            raise JobFailed("original_missing") from None
        total = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                total.update(block)
        if total.hexdigest() != self.evidence.sha256:
            raise JobFailed("original_changed")
        return path

    @property
    def is_opened(self) -> bool:
        """Whether its parts are made of what a password opens: the document was made so, or is to be now."""
        opened = recipe_of(Rendition.Kind.DOCUMENT) + OPENED
        return bool(self.password) or any(row.recipe == opened and row.storage_name for row in self.rows)

    def recipe(self, kind: Rendition.Kind) -> str:
        """Today's recipe of one kind of part of this file."""
        return recipe_of(kind) + (OPENED if self.is_opened else "")

    def has_tried(self, kind: Rendition.Kind) -> bool:
        """Whether a row says what came of a part by today's recipe."""
        return any(row.kind == kind and row.recipe == self.recipe(kind) for row in self.rows)

    def pictures(self, kind: Rendition.Kind) -> list[Path]:
        """The files of all parts of one kind by today's recipe, in their order."""
        recipe = self.recipe(kind)
        found = [row for row in self.rows if row.kind == kind and row.recipe == recipe and row.storage_name]
        store = file_store()
        return [
            self._stack.enter_context(store.path_or_copy(row.storage_name))
            for row in sorted(found, key=lambda row: row.number)
        ]
