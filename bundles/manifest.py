"""The list embedded in a bundle: every original, every entry, and the page each is on."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bundles.contents import Contents, Entry, Exhibit, digest
from bundles.parts import tool_versions
from bundles.rendering import Sheet

FORMAT = "nsvcs-bundle"
VERSION = 1
REQUIRED = {"format", "version", "bundle_id", "made_at", "pages", "counts", "entries", "exhibits", "page_map", "seal"}


class ManifestError(ValueError):
    """This is not a list we made."""


def make(
    contents: Contents,
    page_map: Mapping[str, Any],
    sheets: Mapping[str, Sheet],
    copies: Mapping[str, str],
    seal: Mapping[str, Any],
) -> dict[str, Any]:
    """The list as plain values. It names no file and no person.

    Args:
        contents: what the bundle holds.
        page_map: printed page numbers.
        sheets: how each exhibit is shown, by mark.
        copies: SHA-256 of each picture as it stands in the file, by mark.
        seal: what is said of the seal that the file is to get.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "bundle_id": contents.bundle_id,
        "reference": contents.reference,
        "made_at": _time(contents.made_at),
        "profile": contents.profile,
        "contents_sha256": digest(contents),
        "pages": page_map["pages"],
        "counts": {"entries": len(contents.entries), "exhibits": len(contents.exhibits)},
        "entries": [_entry(entry, page_map) for entry in contents.entries],
        "exhibits": [
            _exhibit(exhibit, page_map, sheets[exhibit.mark], copies.get(exhibit.mark)) for exhibit in contents.exhibits
        ],
        "page_map": dict(page_map),
        "tools": tool_versions(),
        "seal": dict(seal),
    }


def text(listed: Mapping[str, Any]) -> str:
    return json.dumps(listed, sort_keys=True, indent=1)


def read(data: bytes) -> dict[str, Any]:
    """The list from a file's attachment.

    Raises:
        ManifestError: it is not JSON, or not of our making.
    """
    try:
        listed = json.loads(data)
    except ValueError:
        raise ManifestError("not JSON") from None
    if not isinstance(listed, dict) or not listed.keys() >= REQUIRED or listed["format"] != FORMAT:
        raise ManifestError("not a list of ours")
    return listed


def _entry(entry: Entry, page_map: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": entry.number,
        "id": entry.id,
        "sha256": entry.digest,
        "recorded_at": _time(entry.recorded_at),
        "page": page_map["entries"][str(entry.number)],
    }


def _exhibit(exhibit: Exhibit, page_map: Mapping[str, Any], sheet: Sheet, copy: str | None) -> dict[str, Any]:
    first, last = page_map["exhibits"][exhibit.mark]
    shown = "placeholder" if sheet.reason else exhibit.kind
    listed = {
        "mark": exhibit.mark,
        "evidence_id": exhibit.evidence_id,
        "entry_number": exhibit.entry_number,
        "media_type": exhibit.media_type,
        "size_bytes": exhibit.size_bytes,
        "sha256": exhibit.sha256,
        "received_at": _time(exhibit.received_at),
        "first_page": first,
        "last_page": last,
        "shown_as": shown,
    }
    repaired = {"is_repaired_view": True} if "mended" in sheet.details and not sheet.reason else {}
    return listed | repaired | ({"picture_sha256": copy} if copy else {})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
