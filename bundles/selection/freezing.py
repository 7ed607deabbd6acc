"""From frozen rows to what is printed: the engine's `Contents`, with withheld words already taken out."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from bundles.disclosure import redacting
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.protected import bundle_terms
from bundles.disclosure.withholding import Withholder, withhold
from bundles.models import Bundle, Shown
from bundles.selection.beside import NO_COPY, as_engine_takes_it, what_was_said
from bundles.selection.choice import Area, Section
from bundles.selection.commitments import commitment, commitment_of, may_have_digests
from bundles.selection.contents import Amendment as Note
from bundles.selection.contents import Contents, ContentsError, Entry, Exhibit, Translation, WrittenOffline
from bundles.selection.counting import pattern_pages
from bundles.selection.fetching import fetch_entries, fetch_files, place_in
from bundles.selection.frozen import frozen, left_out
from bundles.selection.telling import cover_of, custody_of, listed_of, news_of, police_of, rules_of
from logs.models import Evidence, Incident
from logs.models import Translation as Translated
from logs.models.incidents import PoliceContact, Source
from logs.sources import entries_of
from nsvcs.access import Role
from nsvcs.storage import file_store

# A field's name in the engine, and the field of the log it comes from.
TEXTS = {
    "place": "place",
    "what_happened": "what_happened",
    "evidence_words": "evidence_words",
    "impact": "impact",
    "changes": "changes_made",
    "children_others": "impact_on_others",
}

# A text of the log that can be translated, and the field of the engine that prints it.
TRANSLATED = {field: name for name, field in TEXTS.items()} | {
    "when_words": "occurred_words", "police_response": "police_words"
}  # fmt: skip


def withholder_for(bundle: Bundle) -> Withholder:
    """What this bundle's recipient is not to see; from her, what she asked to be left out of her copy."""
    hidden = frozenset(str(kind) for kind in Shown if kind not in bundle.shown)
    terms = tuple(term for term in bundle_terms(bundle) if not (bundle.is_hers and term.kind == ALWAYS))
    return Withholder(hidden, terms, redacting.marks() | {_("[not disclosed]")})


def contents_of(bundle: Bundle, by: User) -> Contents:
    """The frozen selection as the engine takes it, but for its files: those are still names in the store.

    It is put together as it was written, but for what stays out as a whole; then all its texts are gone through once.
    """
    withholder = withholder_for(bundle)
    with _uncollected():
        whole = _whole(bundle, by, withholder.of_columns())
    return withhold(whole, withholder)  # the rows are let go before


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: a quarter of the time goes into it, and rows of tables make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _whole(bundle: Bundle, by: User, withholder: Withholder) -> Contents:
    """As it was written; `withholder` takes out whole columns alone."""
    chosen = frozen(bundle, by)
    rows = fetch_entries(bundle, chosen, by)
    files = fetch_files(chosen, rows, by)
    listed = sorted(Incident.objects.visible_to(by).filter(pk__in=chosen.listed), key=place_in(chosen.listed))
    pages = redacting.take_out(bundle.pk, [*rows, *listed], files, by)
    entries, exhibits = printed(bundle, withholder, rows, files)
    areas = redacting.areas_of(pages, files)
    exhibits = tuple(_with_areas(exhibit, areas.get(UUID(exhibit.evidence_id), ())) for exhibit in exhibits)
    return Contents(
        bundle_id=str(bundle.pk),
        reference=bundle.case.reference,
        made_at=bundle.asked_at,
        title=_("Log of incidents and evidence"),
        profile=bundle.recipient,
        purpose=bundle.purpose,
        recipient=bundle.recipient_words,
        prepared_by_role=str(bundle.asked_by.get_role_display()),
        entries=entries,
        exhibits=exhibits,
        date_from=bundle.date_from,
        date_to=bundle.date_to,
        left_out=tuple(left_out(bundle, chosen, by)),
        withheld_kinds=tuple(str(kind.label) for kind in Shown if kind not in bundle.shown),
        preset=rules_of(bundle),
        cover=cover_of(bundle),
        sections=tuple(bundle.sections) or Section.ALL,
        police=police_of(rows, entries),
        patterns=pattern_pages(rows, bundle.frozen_at),
        listed=listed_of(listed, withholder),
        news=news_of(bundle, chosen, {file.pk: mark_of(file) for file in files}, by),
    )


def _with_areas(exhibit: Exhibit, areas: tuple[Area, ...]) -> Exhibit:
    if not areas:
        return exhibit
    note = " ".join(part for part in (exhibit.copy_note, redacting.note_of(areas)) if part)
    return replace(exhibit, areas=areas, copy_note=note)


def printed(
    bundle: Bundle, withholder: Withholder, entries: Iterable[Incident], files: Sequence[Evidence]
) -> tuple[tuple[Entry, ...], tuple[Exhibit, ...]]:
    """Entries and files as the engine takes them, each entry with the marks of its files."""
    rows = [_entry(entry, bundle, withholder) for entry in entries]
    numbers: dict[object, int] = {entry.id: entry.number for entry in rows}
    exhibits = tuple(_exhibit(file, numbers, bundle, withholder) for file in files)
    marks = _marks(files, numbers)
    told = (replace(entry, exhibits=marks[entry.number]) if entry.number in marks else entry for entry in rows)
    return tuple(told), exhibits


def _marks(files: Sequence[Evidence], numbers: Mapping[object, int]) -> dict[int, tuple[str, ...]]:
    """For each entry of the bundle the marks of its files, and of the file it was brought in from."""
    marks: dict[int, tuple[str, ...]] = {}
    found = entries_of(files)
    for file in files:
        for number in sorted(numbers[str(pk)] for pk in found[file.pk] if str(pk) in numbers):
            marks[number] = (*marks.get(number, ()), mark_of(file))
    return marks


def with_files(contents: Contents, stack: ExitStack) -> Contents:
    """The same with paths that can be read for as long as `stack` lasts; call it with no transaction open.

    Raises:
        ContentsError: naming the exhibit whose original is not in the store.
    """
    return replace(contents, exhibits=tuple(_ready(exhibit, stack) for exhibit in contents.exhibits))


def _ready(exhibit: Exhibit, stack: ExitStack) -> Exhibit:
    return redacting.with_areas_out(_with_files(exhibit, stack), stack)


def _with_files(exhibit: Exhibit, stack: ExitStack) -> Exhibit:
    if not exhibit.original_path:
        return exhibit
    store = file_store()
    try:
        original = stack.enter_context(store.path_or_copy(exhibit.original_path))
    except FileNotFoundError:
        raise ContentsError(exhibit.mark, "original_missing") from None
    if exhibit.copy_path is None:
        return replace(exhibit, original_path=str(original))
    try:
        copy = stack.enter_context(store.path_or_copy(exhibit.copy_path))
    except FileNotFoundError:
        reason = str(NO_COPY) if exhibit.kind == "image" else None  # a document's pages are made anew
        return replace(exhibit, original_path=str(original), copy_path=None, placeholder_reason=reason)
    return replace(exhibit, original_path=str(original), copy_path=str(copy))


def _entry(row: Incident, bundle: Bundle, withholder: Withholder) -> Entry:
    texts = {name: _text(row, field, withholder) for name, field in TEXTS.items()}
    later = sorted(row.amendments.all(), key=lambda each: each.recorded_at)
    told = sorted(row.translations.all(), key=lambda each: each.recorded_at)  # once: most entries have none
    return Entry(
        number=row.number,
        id=str(row.pk),
        occurred_words=withholder.clean(row.when),
        occurred_sort=row.occurred_at,
        recorded_at=row.recorded_at,
        police_words=_police(row, withholder),
        source_words=_source(row, withholder),
        language=row.language,
        digest=row.digest if _is_whole(row, withholder) else "",
        commitment=commitment(row.pk, row.digest),
        written_offline=_offline(row),
        amendments=tuple(
            Note(
                kind="withdrawal" if each.kind == "withdrawal" else "addition",
                text=withholder.clean(each.text),
                by_role=_role(each.recorded_by),
                recorded_at=each.recorded_at,
                translations=_translations(row, told, bundle, withholder, str(each.pk)),
            )
            for each in later
            if each.recorded_at <= bundle.frozen_at
        ),
        place=texts["place"],
        what_happened=texts["what_happened"],
        evidence_words=texts["evidence_words"],
        impact=texts["impact"],
        changes=texts["changes"],
        children_others=texts["children_others"],
        translations=tuple(
            each for field in TRANSLATED for each in _translations(row, told, bundle, withholder, field)
        ),
    )


def _is_whole(row: Incident, withholder: Withholder) -> bool:
    """Whether nothing of it is kept out: else its digest would let somebody try what was."""
    kept_out = any(getattr(row, field, "") for field in row.never_disclose)
    if kept_out or getattr(row, "is_cut", False):
        return False
    return not (row.helped_by and withholder.hides(Shown.THIRD_PARTIES))


def _offline(row: Incident) -> WrittenOffline | None:
    told = getattr(row, "written_offline", None)
    return told and WrittenOffline(told.device_written_at, told.device_zone, told.received_at)


def _translations(
    row: Incident, found: Sequence[Translated], bundle: Bundle, withholder: Withholder, piece: str
) -> tuple[Translation, ...]:
    """Translations of one text, as many as there were when the choice was frozen; none of a text that stays out."""
    return tuple(
        Translation(
            field=TRANSLATED.get(piece, ""), language=each.language_to, text=withholder.clean(each.text),
            by_words=", ".join(part for part in (each.get_translator_role_display(), _named(each, withholder)) if part),
            translated_on=each.translated_on,
        )
        for each in found
        if each.piece == piece and each.recorded_at <= bundle.frozen_at and piece not in row.never_disclose
    )  # fmt: skip


def _named(row: Translated, withholder: Withholder) -> str:
    return withholder.column(Shown.THIRD_PARTIES, row.translator_name)


def _text(row: Incident, field: str, withholder: Withholder) -> str:
    words = getattr(row, field)
    if not words:
        return ""
    if field in row.never_disclose:
        return _("[not disclosed]")
    return withholder.clean(words)


def _police(row: Incident, withholder: Withholder) -> str:
    # What the police did may be written without a tick at yes or no: every word of it counts.
    response, reference = (_text(row, field, withholder) for field in ("police_response", "police_reference"))
    line = _("Reference: %(reference)s") % {"reference": reference} if reference else ""
    contacted = _contact_words(row.police_contacted, get_language()) if row.police_contacted else ""
    return "\n".join(part for part in (contacted, response, line) if part)


@lru_cache(maxsize=64)
def _contact_words(code: str, _language: str | None) -> str:
    return str(PoliceContact(code).label)


@lru_cache(maxsize=64)
def _source_words(code: str, _language: str | None) -> str:
    return _("Written by the victim") if code == Source.PORTAL else str(Source(code).label)


def _role(user: User) -> str:
    return _("the victim") if user.role == Role.VICTIM else str(user.get_role_display()).lower()


def _source(row: Incident, withholder: Withholder) -> str:
    """How it came to be written, and with whose help."""
    source = _source_words(row.source, get_language())
    helped = row.helped_by
    if "helped_by" not in row.never_disclose:
        helped = withholder.column(Shown.THIRD_PARTIES, helped)
    elif helped:
        helped = _("[not disclosed]")
    if not helped:
        return source
    told = _("%(source)s, with the help of: %(who)s") if row.source == Source.PORTAL else _("%(source)s (%(who)s)")
    return told % {"source": source, "who": helped}


def _exhibit(row: Evidence, numbers: dict[object, int], bundle: Bundle, withholder: Withholder) -> Exhibit:
    described = _described(row)
    told = Exhibit(
        mark=mark_of(row),
        evidence_id=str(row.pk),
        entry_number=numbers[str(row.incident_id)] if row.incident_id else None,
        **{"description": described} | what_was_said(row, bundle, withholder),
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        received_at=row.arrived_at,
        original_path=row.storage_name,
        file_label=withholder.clean(row.file_label) if Shown.FILE_NAMES in bundle.shown else None,
        kind_words=row.kind_words,
        custody=custody_of(row, bundle),
        commitment=_commitment(row, bundle),
        **as_engine_takes_it(row, bundle, withholder),
    )
    if not row.standing.is_locked:
        return told
    # Not opened at all, not even to be hashed; and nothing that somebody said of what it shows.
    hidden = {"original_path": "", "file_label": None, "taken_words": "", "description": described}
    hidden |= {"described_by": "", "taken_said": "", "taken_by": ""}
    return replace(told, **hidden)  # type: ignore[arg-type]


def _commitment(row: Evidence, bundle: Bundle) -> str:
    if may_have_digests(bundle.edition or bundle.recipient):
        return ""
    return commitment_of(evidence_id=row.pk, size_bytes=row.size_bytes, sha256=row.sha256)


def _described(row: Evidence) -> str:
    """What an exhibit is, where nobody said: an index without a word beside the mark helps no reader."""
    day = row.incident.occurred_on if row.incident else None
    return _of_entry(row.kind_words, day, get_language())


@lru_cache(maxsize=1024)
def _of_entry(kind_words: str, day: date | None, _language: str | None) -> str:
    """The same for all files of a kind and a day, in the language of the page."""
    if day is None:
        return _("%(kind)s, the whole file that entries were brought in from") % {"kind": kind_words}
    return _("%(kind)s, with the entry of %(day)s") % {"kind": kind_words, "day": format_date(day, "j F Y")}


def mark_of(row: Evidence) -> str:
    """The exhibit mark: given to the file when it arrived, never used again."""
    return f"E{row.exhibit_number}"
