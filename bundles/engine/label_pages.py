"""The page before each exhibit, and the pages that pictures are put on, as plain values for `setting`."""

from collections.abc import Iterable, Iterator
from typing import Any

from bundles.engine import documents
from bundles.engine.fitting import Fitter
from bundles.engine.rendering import Sheet, entry_place, exhibit_place, frame_place, kind_words, size_words
from bundles.engine.tables import number_width
from bundles.selection.choice import Preset
from bundles.selection.contents import Exhibit, london
from nsvcs.typesetting import Typesetter

LONGEST_ON_A_PICTURE, LONGEST_FACTS = 180, 330  # letters on a picture's page: its caption, what is said of it
SHEET_WORDS = {
    "index": "Index", "page": "page", "cannot": "This exhibit cannot be shown on a page.",
    "kept": "The file itself is kept unchanged by the service under this mark and can be asked for.",
    "custody": "Custody", "heard": "What is said in it",
}  # fmt: skip


def sheets(
    rows: Iterable[Sheet], setter: Typesetter, preset: Preset | None = None, producer: str = ""
) -> dict[str, Any]:
    """The page before each exhibit, and the pages that pictures are put on."""
    fitter = Fitter(setter, 10.5)
    data = {
        "wide": number_width(preset),
        "said": {name: fitter.may_repeat(words) for name, words in SHEET_WORDS.items()},
    }
    data["sheets"] = [_sheet(row, fitter, producer) for row in rows]
    return {"layout": "sheets", "data": data, **fitter.counted()}


def _sheet(row: Sheet, fitter: Fitter, producer: str) -> dict[str, Any]:
    exhibit = row.exhibit
    custody = [(each.words, london(each.at), each.by_role) for each in exhibit.custody]
    short = _short_facts(row, custody, producer)
    # A long caption has a page of its own, so that the picture's place on its page is always the same.
    is_long = exhibit.description.count("\n") > 1 or len(exhibit.description) > LONGEST_ON_A_PICTURE
    labelled = (
        not row.picture or is_long or len(short) > LONGEST_FACTS or bool(exhibit.transcript or exhibit.described_by)
    )
    number = exhibit.entry_number
    width, height, _ = row.picture or (0, 0, "")
    digest_of, digest = digest_words(exhibit)
    told: dict[str, Any] = {
        "a": exhibit_place(exhibit.mark),
        "frame": frame_place(exhibit.mark),
        "labelled": labelled,
        "pictured": bool(row.picture),
        "wide": width > height,
        "mark": fitter.words(f"Exhibit {exhibit.mark}", 60),
        "entry": "" if number is None else f"Entry {number}",
        "entry-at": "" if number is None else entry_place(number),
        "description": fitter.lines(exhibit.description, 168),
        "digest-of": digest_of,
        "digest": digest,
    }
    if labelled:
        told |= _label(row, fitter, _long_facts(row, producer), custody)
        fitter.say(f"{digest_of} {digest}")
    if row.picture:
        told |= {"note": fitter.words(exhibit.copy_note), "short": fitter.words(short), "labelled": labelled}
        fitter.say(f"{digest_of} {digest}")
    for _ in range(labelled + bool(row.picture)):
        fitter.say(f"Index · {told['entry']}, page" if told["entry"] else "Index")
    if labelled and row.picture:
        fitter.words(f"Exhibit {exhibit.mark}", 60)
    return told


def _label(
    row: Sheet, fitter: Fitter, facts: list[tuple[str, str]], custody: list[tuple[str, str, str]]
) -> dict[str, Any]:
    exhibit = row.exhibit
    return {
        "reason": fitter.lines(row.reason, 155),
        "says": [{"w": fitter.words(words), "strong": is_strong} for words, is_strong in _of_document(row)],
        "facts": [[fitter.say(name), fitter.lines(words, 118)] for name, words in facts],
        "custody": [[fitter.words(words, 65), fitter.words(at, 50), fitter.words(by, 40)] for words, at, by in custody],
        "transcript": fitter.lines(exhibit.transcript, 168),
        "transcript-note": fitter.words(exhibit.transcript_note) if exhibit.transcript.strip() else "",
    }


def _long_facts(row: Sheet, producer: str) -> list[tuple[str, str]]:
    exhibit = row.exhibit
    facts = [
        ("Produced by", producer),
        ("What it is and when it was taken", exhibit.described_by),
        ("Taken", exhibit.taken_said),
        ("Taken by", exhibit.taken_by),
        ("Kind", kind_words(exhibit)),
        ("Size of the original", size_words(exhibit.size_bytes)),
        ("Received", london(exhibit.received_at)),
        ("Taken, as the file says", exhibit.taken_words),
        ("File name", exhibit.file_label or ""),
        ("Same file as", f"Exhibit {row.twin}" if row.twin else ""),
    ]
    return [(name, words) for name, words in facts if words]


def _short_facts(row: Sheet, custody: list[tuple[str, str, str]], producer: str) -> str:
    exhibit = row.exhibit
    parts = ["View copy", f"received {london(exhibit.received_at)}", size_words(exhibit.size_bytes)]
    parts += [f"produced by {producer}"] if producer else []
    parts += [f"taken, as the file says {exhibit.taken_words}"] if exhibit.taken_words else []
    parts += [f"file name {exhibit.file_label}"] if exhibit.file_label else []
    parts += [f"same file as Exhibit {row.twin}"] if row.twin else []
    parts += [f"{words} {at}{f' by {by}' if by else ''}" for words, at, by in custody]
    return " · ".join(parts)


def digest_words(exhibit: Exhibit) -> tuple[str, str]:
    """What stands for the file: its digest, or where that would give a small file away, a commitment to it."""
    if exhibit.commitment:
        return "Salted commitment to the original", exhibit.commitment
    return "SHA-256 of the original", exhibit.sha256


def _of_document(row: Sheet) -> Iterator[tuple[str, bool]]:
    """What is said of a document's pages before them, and whether it is said loudly."""
    hidden = [number for number in row.pictured if number not in row.details.get("failed", ())]
    # Of a copy that falls short in any way its own note says how.
    is_mended, is_whole = "mended" in row.details, not (row.pictured or row.exhibit.copy_note)
    what = "document" if row.exhibit.media_type == "application/pdf" else "file"
    follows = documents.follows(row.document_pages, is_mended=is_mended, is_whole=is_whole, what=what)
    if follows:
        yield follows, False
        if pictured := documents.pictured(hidden, row.document_pages):
            yield pictured, True
        if row.exhibit.copy_note:
            yield row.exhibit.copy_note, True
    for sentence in documents.beside(row.details):
        yield sentence, False
