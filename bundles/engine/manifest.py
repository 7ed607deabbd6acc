"""The list embedded in a bundle: every original, every entry, and the page each is on."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from bundles.engine.finished import FORMAT
from bundles.engine.parts import tool_versions
from bundles.engine.rendering import Sheet
from bundles.selection.commitments import commitment
from bundles.selection.contents import Contents, Entry, Exhibit, digest

VERSION = 2
FULL = {"victim", "police"}  # whose copies tell everything
SAFE = "safe"  # the edition that the accused's side may read
COLUMNS = (
    "item",
    "number",
    "mark",
    "entry_number",
    "name",
    "page",
    "first_page",
    "last_page",
    "media_type",
    "size_bytes",
    "sha256",
    "commitment",
    "recorded_at",
    "received_at",
    "shown_as",
    "original",
    "label",
)


def make(
    contents: Contents,
    page_map: Mapping[str, Any],
    sheets: Mapping[str, Sheet],
    copies: Mapping[str, str],
    seal: Mapping[str, Any],
    *,
    volume: int = 1,
) -> dict[str, Any]:
    """The list as plain values. It names no file and no person.

    Args:
        contents: what the bundle holds.
        page_map: printed page numbers.
        sheets: how each exhibit is shown, by mark.
        copies: SHA-256 of each picture as it stands in the file, by mark.
        seal: what is said of the seal that the file is to get.
        volume: which volume the list stands in; it is of all of them.
    """
    is_full = tells_all(contents)
    told = {
        "format": FORMAT,
        "version": VERSION,
        "bundle_id": contents.bundle_id,
        "reference": contents.reference,
        "made_at": _time(contents.made_at),
        "profile": contents.profile,
        "pages": page_map["pages"],
        "counts": {"entries": len(contents.entries), "exhibits": len(contents.exhibits)},
        "entries": [_entry(entry, page_map, is_full) for entry in contents.entries],
        "exhibits": [
            _exhibit(exhibit, page_map, sheets[exhibit.mark], copies.get(exhibit.mark), is_full)
            for exhibit in contents.exhibits
        ],
        "page_map": dict(page_map),
        "volume": volume,
        "tools": tool_versions(),
        "seal": dict(seal),
    }
    return told | ({"contents_sha256": digest(contents)} if is_full else {})


def tells_all(contents: Contents) -> bool:
    """Whether its reader may have everything there is to check with: ids, and digests of whole entries and files.

    To everybody else a digest of what was withheld from them, or of a few words, is a way to guess it.
    """
    return contents.profile.lower() in FULL and (contents.preset is None or contents.preset.key != SAFE)


def table(listed: Mapping[str, Any]) -> str:
    """The same list as a table: a row for each file, entry and exhibit."""
    out = StringIO()
    rows = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    rows.writeheader()
    rows.writerows({"item": "file", "number": number} | each for number, each in enumerate(listed.get("files", ()), 1))
    rows.writerows({"item": "entry"} | each for each in listed["entries"])
    rows.writerows({"item": "exhibit"} | each for each in listed["exhibits"])
    return out.getvalue()


def _entry(entry: Entry, page_map: Mapping[str, Any], is_full: bool) -> dict[str, Any]:
    told = {
        "number": entry.number,
        "recorded_at": _time(entry.recorded_at),
        "page": page_map["entries"][str(entry.number)],
    }
    if is_full:
        known = {"sha256": entry.digest} if entry.digest else {"commitment": entry.commitment}
        return told | {"id": entry.id} | known
    return told | {"commitment": entry.commitment or commitment(entry.id, entry.digest)}


def _exhibit(
    exhibit: Exhibit, page_map: Mapping[str, Any], sheet: Sheet, copy: str | None, is_full: bool
) -> dict[str, Any]:
    first, last = page_map["exhibits"][exhibit.mark]
    shown = "placeholder" if sheet.reason else exhibit.kind
    listed = {
        "mark": exhibit.mark,
        "entry_number": exhibit.entry_number,
        "media_type": exhibit.media_type,
        "size_bytes": exhibit.size_bytes,
        "received_at": _time(exhibit.received_at),
        "first_page": first,
        "last_page": last,
        "shown_as": shown,
    }
    listed |= {"evidence_id": exhibit.evidence_id} if is_full else {}
    listed |= {"commitment": exhibit.commitment} if exhibit.commitment else {"sha256": exhibit.sha256}
    repaired = {"is_repaired_view": True} if "mended" in sheet.details and not sheet.reason else {}
    return listed | repaired | ({"picture_sha256": copy} if copy else {})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
