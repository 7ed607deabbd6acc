"""Words that arrive after a sign-in has lapsed: kept as an unfinished note of hers, never shown, never a finished note.

Staff who write on somebody's behalf are treated alike: their words become their own draft of that case.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest, QueryDict

from accounts.models import User
from cases.models import Case
from logs.actions import DraftUsed, save_draft
from logs.drafting import INPUTS, STEPS, WORDS, content_of, is_blank, merged, would_lose
from logs.models import Draft, Incident
from logs.views.entries import OWN_BOXES as STAFF_BOXES
from nsvcs.access import CASEWORK, Role
from nsvcs.ids import uuid7
from portal.views.writing import NAMES, draft_id_of

# Made of a draft's key where its own words must be left alone: the same again for the same page.
APART = "handed in late"


def _key(sent: QueryDict) -> UUID:
    try:
        return UUID(sent.get("key", ""))
    except ValueError:
        return uuid7()


def _of_note(sent: QueryDict, user: User, kwargs: dict[str, Any]) -> Draft | None:
    """A page of the note form."""
    return _kept(sent, draft_id_of(sent), STEPS.get(sent.get("boxes", ""), NAMES), user)


def _of_words(box: str) -> Callable[[QueryDict, User, dict[str, Any]], Draft | None]:
    """A page that adds words to something else: they become a note of their own."""

    def keep(sent: QueryDict, user: User, kwargs: dict[str, Any]) -> Draft | None:
        case = _case(user, kwargs)
        if not sent.get(box, "").strip() or (case is None and "case_id" in kwargs):
            return None
        return _save(uuid5(_key(sent), APART), {"what_happened": sent[box]}, user, case)

    return keep


def _of_staff(sent: QueryDict, user: User, kwargs: dict[str, Any]) -> Draft | None:
    """The form of an entry on somebody's behalf."""
    case = _case(user, kwargs)
    return _kept(sent, _key(sent), (*INPUTS, *STAFF_BOXES), user, case) if case else None


Keep = Callable[[QueryDict, User, dict[str, Any]], Draft | None]
# Which pages hand in words, by the role whose pages they are.
HERS: dict[str, Keep] = {
    **dict.fromkeys(("portal:new", "portal:draft", "portal:step", "portal:check", "portal:autosave"), _of_note),
    "portal:entry_add": _of_words("text"),
    "portal:entry_wrong": _of_words("reason"),
    "portal:messages": _of_words("text"),
    "portal:details_change": _of_words("text"),
}
STAFFS: dict[str, Keep] = {
    **dict.fromkeys(("logs:new", "logs:autosave"), _of_staff),
    "logs:amend": _of_words("text"),
    "logs:withdraw": _of_words("text"),
}
AUTOSAVES = frozenset({"portal:autosave", "logs:autosave"})


def writing_page(user: User, name: str) -> Keep | None:
    """How words sent to the page of this name are kept for this person; none if it is no such page of theirs."""
    if user.role == Role.VICTIM:
        return HERS.get(name)
    return STAFFS.get(name) if user.role in CASEWORK and user.has_second_factor else None


def words_of(request: HttpRequest) -> str:
    """The writer's own words in what was sent, to be copied by hand where they cannot be kept."""
    boxes = (*WORDS, "text", "reason")
    return "\n\n".join(word for name in boxes if (word := request.POST.get(name, "").strip()))


def _case(user: User, kwargs: dict[str, Any]) -> Case | None:
    return Case.objects.visible_to(user).filter(pk=kwargs["case_id"]).first() if "case_id" in kwargs else None


def _kept(
    sent: QueryDict, draft_id: UUID, boxes: tuple[str, ...], user: User, case: Case | None = None
) -> Draft | None:
    """Save what was sent under its key, or beside it where that would overwrite words; none where nothing is new."""
    before = Draft.objects.visible_to(user).filter(pk=draft_id).first()
    typed = merged(content_of(before) if before else {}, sent, boxes)
    entry = Incident.objects.visible_to(user).filter(pk=draft_id).first()
    if entry is not None or (before and before.used_at):
        typed = merged({}, sent, boxes)
        if entry is not None and _says(entry, typed):
            return None
        draft_id = uuid5(draft_id, APART)
    elif before and _is_behind(sent, before, typed):
        draft_id = uuid5(draft_id, APART)
    if before is None and is_blank(typed):
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


def _save(draft_id: UUID, content: dict[str, Any], user: User, case: Case | None) -> Draft:
    kept: dict[str, Any] = {"content": content, "by": user, "case_id": case.pk if case else None, "is_late": True}
    try:
        return save_draft(draft_id=draft_id, **kept)
    except DraftUsed:  # it was finished just now, or the key is somebody else's
        return save_draft(draft_id=uuid7(), **kept)
