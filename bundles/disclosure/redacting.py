"""Taking pieces out by hand: of texts before anything else is done to them, of pages before the engine has them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import User
from bundles.disclosure.painting import REDACT
from bundles.engine.parts import file_digest
from bundles.models import Redaction
from bundles.models.redactions import RedactionReason
from bundles.selection.choice import Area
from bundles.selection.contents import ContentsError, Exhibit
from jobs import child
from logs.models import Evidence, Incident

Target = Redaction.Target
# The texts of each that pieces can be taken out of.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Target.ENTRY: (
        "what_happened", "place", "evidence_words", "police_response", "police_reference", "impact", "changes_made",
        "impact_on_others", "when_words", "helped_by",
    ),
    Target.AMENDMENT: ("text",),
    Target.TRANSLATION: ("text",),
    Target.CAPTION: ("shows", "when_words", "taken_by_words"),
    Target.TRANSCRIPT: ("text",),
}  # fmt: skip
MEMORY_MB, SECONDS = 700, 120
Places = dict[tuple[str, UUID, str], list[Redaction]]


def digest_of(text: str) -> str:
    """SHA-256 of a text as it is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def mark_of(reason: str) -> str:
    """What stands where a piece was taken out."""
    return f"[redacted: {RedactionReason(reason).label}]"


def marks() -> frozenset[str]:
    """All that may stand there."""
    return frozenset(mark_of(reason) for reason in RedactionReason.values)


def cut(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """A text without some pieces, each with its reason. Those that touch or lie over each other are one."""
    kept, end = [], 0
    for start, until, reason in joined(pieces):
        kept += [text[end:start], mark_of(reason)]
        end = until
    return "".join([*kept, text[end:]])


def joined(pieces: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Pieces in their order; those that touch or lie over each other as one, for the first one's reason."""
    found: list[tuple[int, int, str]] = []
    for start, end, reason in sorted(pieces):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end), found[-1][2])
        else:
            found.append((start, end, reason))
    return found


def take_out(choice_id: UUID, entries: Sequence[Incident], files: Sequence[Evidence], by: User) -> list[Redaction]:
    """Take what was chosen out of rows that were fetched to be printed. Nothing is saved: the log stays as it is.

    Returns:
        The redactions of pages, for `areas_of`.

    Raises:
        ContentsError: `redaction_stale`: a text is no longer the one that a piece was chosen in.
    """
    rows = list(Redaction.objects.visible_to(by).of_choice(choice_id)) if choice_id else []
    places: Places = {}
    for row in rows:
        places.setdefault((row.target, row.object_id, row.field), []).append(row)
    if places:
        for entry in entries:
            _of_entry(entry, places)
        for file in files:
            for caption in file.captions.all():
                _cut(caption, Target.CAPTION, places, f"E{file.exhibit_number}")
            for typed in file.transcripts.all():
                _cut(typed, Target.TRANSCRIPT, places, f"E{file.exhibit_number}")
    return [row for row in rows if row.target == Target.PAGE]


def _of_entry(entry: Incident, places: Places) -> None:
    item = f"entry {entry.number}"
    is_cut = _cut(entry, Target.ENTRY, places, item)
    for note in entry.amendments.all():
        _cut(note, Target.AMENDMENT, places, item)
    for translation in entry.translations.all():
        _cut(translation, Target.TRANSLATION, places, item)
    entry.is_cut = is_cut  # type: ignore[attr-defined]  # its digest is of the whole entry


def _cut(row: models.Model, target: str, places: Places, item: str) -> bool:
    is_cut = False
    for field in FIELDS[target]:
        found = places.get((target, row.pk, field), [])
        if not found:
            continue
        text: str = getattr(row, field)
        if any(each.digest != digest_of(text) or each.end > len(text) for each in found):
            raise ContentsError(item, "redaction_stale")
        setattr(row, field, cut(text, ((each.start, each.end, each.reason) for each in found)))
        is_cut = True
    return is_cut


# --- pages --------------------------------------------------------------------------------------------------------


def areas_of(rows: Iterable[Redaction], files: Sequence[Evidence]) -> dict[UUID, tuple[Area, ...]]:
    """For each file what is taken out of its pages: of a file that is there twice, out of both."""
    digests = {file.pk: file.sha256 for file in files}
    found: dict[str, list[Area]] = {}
    for row in rows:
        if row.object_id in digests:
            area = Area(row.page, tuple(row.boxes), mark_of(row.reason)[1:-1], row.digest)
            found.setdefault(digests[row.object_id], []).append(area)
    return {file.pk: tuple(found[file.sha256]) for file in files if file.sha256 in found}


def note_of(areas: Sequence[Area]) -> str:
    """What a reader is told of the pages that something was taken out of."""
    pages = sorted({area.page for area in areas})
    named = ", ".join(map(str, pages))
    which = f"page {named}" if len(pages) == 1 else f"pages {named}"
    reasons = ", ".join(sorted({area.label.partition(": ")[2] for area in areas}))
    return f"Areas of {which} of this copy were taken out ({reasons}); those pages are pictures without text."


def with_areas_out(exhibit: Exhibit, stack: ExitStack) -> Exhibit:
    """An exhibit whose copy is the redacted one, for as long as `stack` lasts. Its other copy is not passed on.

    Raises:
        ContentsError: `redaction_stale`: the copy is another than the one the areas were chosen on; or
            `redaction_failed`.
    """
    if not exhibit.areas or exhibit.placeholder_reason or not exhibit.original_path:
        return exhibit
    path = exhibit.copy_path
    if path is None or any(area.digest != file_digest(path) for area in exhibit.areas):
        raise ContentsError(exhibit.mark, "redaction_stale")
    out = Path(stack.enter_context(TemporaryDirectory(prefix="redacted-"))) / "copy"
    try:
        told = child.run(REDACT, payload(path, out, exhibit.kind == "image", exhibit.areas), memory_mb=MEMORY_MB,
                         seconds=SECONDS).result  # fmt: skip
    except child.ChildFailed as failed:
        code = failed.code.removeprefix("refused:")
        raise ContentsError(exhibit.mark, code if code in {"disk", "memory"} else "redaction_failed") from None
    pages = {"copy_pages": told["pages"]} if exhibit.kind != "image" else {}
    return replace(exhibit, copy_path=str(out), copy_sha256=file_digest(out), **pages)


def payload(path: str | Path, out: Path, is_picture: bool, areas: Iterable[Area]) -> dict[str, Any]:
    """What the painting process is told."""
    told = [[area.page, list(area.boxes), area.label] for area in areas]
    return {"path": str(path), "out": str(out), "is_picture": is_picture, "areas": told}
