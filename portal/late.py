"""Words that arrive after a sign-in has lapsed: kept as an unfinished note of hers, never shown, never a finished note.

Staff who write on somebody's behalf are treated alike: their words become their own draft of that case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, QueryDict

from accounts.models import User
from cases.models import Case
from logs.actions import DraftUsed, save_draft
from logs.actions.late_files import keep_late_files
from logs.drafting import INPUTS, STEPS, WORDS, content_of, is_blank, merged, would_lose
from logs.models import Draft, Evidence, Incident
from logs.views.entries import OWN_BOXES as STAFF_BOXES
from nsvcs.access import CASEWORK, Role
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.addresses import draft_at
from portal.keeping import APART, OF_AN_ASK, words_in
from portal.queries import cases_to_write_in
from portal.views.writing import NAMES, draft_id_of


def _key(sent: QueryDict) -> UUID:
    try:
        return UUID(sent.get("key", ""))
    except ValueError:
        return uuid7()


@dataclass(frozen=True)
class Sent:
    """What a page handed in: its boxes, its files, and what stood in its address."""

    boxes: QueryDict
    files: "list[UploadedFile[Any]]"
    address: dict[str, Any]


Keep = Callable[[Sent, User], Draft | None]


def _of_note(sent: Sent, user: User) -> Draft | None:
    """A page of the note form."""
    return _kept(sent, draft_id_of(sent.boxes), STEPS.get(sent.boxes.get("boxes", ""), NAMES), user)


def _of_check(sent: Sent, user: User) -> Draft | None:
    """The last look at a note: its words are kept already, only files may be new."""
    try:
        draft = draft_at(user, sent.address["letters"])
    except Http404:
        return None
    return _save(draft.pk, content_of(draft), user, None) if sent.files and not draft.used_at else None


def _of_words(box: str) -> Keep:
    """A page that adds words to something else: they become a note of their own."""

    def keep(sent: Sent, user: User) -> Draft | None:
        case, words = _case(user, sent), sent.boxes.get(box, "")
        if not (words.strip() or sent.files) or (case is None and "case_id" in sent.address):
            return None
        return _save(uuid5(_key(sent.boxes), APART), {"what_happened": words} if words else {}, user, case)

    return keep


def _of_staff(sent: Sent, user: User) -> Draft | None:
    """The form of an entry on somebody's behalf."""
    case = _case(user, sent)
    return _kept(sent, _key(sent.boxes), (*INPUTS, *STAFF_BOXES), user, case) if case else None


def _of_typed(sent: Sent, user: User) -> Draft | None:
    """What is said about a file, or what a page saves by itself: all its words, as a note of its own."""
    case, words = _case(user, sent), words_in(sent.boxes)
    if not words or (case is None and "case_id" in sent.address):
        return None
    return _save(uuid5(_key(sent.boxes), APART), {"what_happened": words}, user, case)


def _of_photos(sent: Sent, user: User) -> Draft | None:
    """Files chosen before any note: they wait for one, as an unfinished note without words."""
    return _save(draft_id_of(sent.boxes), {}, user, None) if sent.files else None


# Which pages hand in words, by the role whose pages they are.
HERS: dict[str, Keep] = {
    **dict.fromkeys(("portal:new", "portal:draft", "portal:step", "portal:autosave"), _of_note),
    "portal:check": _of_check,
    "portal:photos": _of_photos,
    "portal:entry_add": _of_words("text"),
    "portal:entry_wrong": _of_words("reason"),
    "portal:entry_file_said": _of_words("text"),
    "portal:entry_file_about": _of_typed,
    "portal:messages": _of_words("text"),
    "portal:details_change": _of_words("text"),
    "portal:ask_new": _of_typed,
    "portal:keep": _of_typed,
}
STAFFS: dict[str, Keep] = {
    **dict.fromkeys(("logs:new", "logs:autosave"), _of_staff),
    "logs:about": _of_typed,
    "logs:amend": _of_words("text"),
    "logs:withdraw": _of_words("text"),
}
AUTOSAVES = frozenset({"portal:autosave", "portal:keep", "logs:autosave"})


def hands_in_words(name: str) -> bool:
    """Whether words are sent to the page of this name, by anybody."""
    return name in HERS or name in STAFFS


def writing_page(user: User, name: str) -> Keep | None:
    """How words sent to the page of this name are kept for this person; none if it is no such page of theirs."""
    if user.role == Role.VICTIM:
        return HERS.get(name)
    return STAFFS.get(name) if user.role in CASEWORK and user.has_second_factor else None


def words_of(request: HttpRequest) -> str:
    """The writer's own words in what was sent, to be copied by hand where they cannot be kept."""
    boxes = (*WORDS, "text", "reason", "shows", "taken_by_words", *OF_AN_ASK)
    return "\n\n".join(word for name in boxes if (word := request.POST.get(name, "").strip()))


def _case(user: User, sent: Sent) -> Case | None:
    case_id = sent.address.get("case_id")
    return Case.objects.visible_to(user).filter(pk=case_id).first() if case_id else None


def sent_in(request: HttpRequest, address: dict[str, Any]) -> Sent:
    """What a request hands in."""
    return Sent(request.POST, request.FILES.getlist("uploads"), address)


def keep_files(sent: Sent, draft: Draft, user: User) -> bool:
    """Keep what files came, for the note that was saved; returns whether all are. Call it outside a transaction."""
    if not sent.files:
        return True
    with acting_as(user.pk):
        case = _case(user, sent)
        cases = [case] if case else cases_to_write_in(user)
    return keep_late_files(entry_key=draft.pk, files=sent.files, cases=cases, by=user, case_id=draft.case_ref)


def _kept(sent: Sent, draft_id: UUID, boxes: tuple[str, ...], user: User, case: Case | None = None) -> Draft | None:
    """Save what was sent under its key, or beside it where that would overwrite words; none where nothing is new."""
    before = Draft.objects.visible_to(user).filter(pk=draft_id).first()
    typed = merged(content_of(before) if before else {}, sent.boxes, boxes)
    entry = Incident.objects.visible_to(user).filter(pk=draft_id).first()
    if entry is not None or (before and before.used_at):
        typed = merged({}, sent.boxes, boxes)
        if entry is not None and _says(entry, typed) and _has(entry, sent):
            return None
        draft_id = uuid5(draft_id, APART)
    elif before and _is_behind(sent.boxes, before, typed):
        draft_id = uuid5(draft_id, APART)
    if before is None and is_blank(typed) and not sent.files:
        return None
    return _save(draft_id, typed, user, case)


def _is_behind(sent: QueryDict, before: Draft, typed: dict[str, Any]) -> bool:
    """Whether words were saved that the sending page has never seen, and does not hold."""
    return sent.get("revision", "") not in {"", str(before.revision)} and would_lose(content_of(before), typed)


def _says(entry: Incident, typed: dict[str, Any]) -> bool:
    """Whether a kept note holds all these words: it was sent twice, and the first arrived in time."""
    names = ("place", "what_happened", "evidence_words", "police_response", "police_reference", "impact")
    whole = [getattr(entry, name) for name in (*names, "changes_made", "impact_on_others", "when_words")]
    words = [str(typed.get(name, "")).strip() for name in WORDS if name != "at"]
    return all(any(word in text for text in whole) for word in words)


def _has(entry: Incident, sent: Sent) -> bool:
    """Whether a kept note has all these files."""
    there = set(Evidence.objects.filter(incident=entry).values_list("sha256", flat=True)) if sent.files else set()
    return all(getattr(file, "sha256", "") in there for file in sent.files)


def _save(draft_id: UUID, content: dict[str, Any], user: User, case: Case | None) -> Draft:
    kept: dict[str, Any] = {"content": content, "by": user, "case_id": case.pk if case else None, "is_late": True}
    try:
        return save_draft(draft_id=draft_id, **kept)
    except DraftUsed:  # it was finished just now, or the key is somebody else's
        return save_draft(draft_id=uuid7(), **kept)
