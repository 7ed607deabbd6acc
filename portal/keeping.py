"""Words typed for something other than a new note, kept while she types them.

A message, something to add to a note, why a note is wrong, what is said in a recording or about a file, what to change
in her details, what she asks to borrow:
"Exit this page" may come before any of them is sent. They become an unfinished note of hers, as they do when they
arrive after her sign-in has lapsed, and under the same key; the page that takes them says that they are done with.
"""

from contextlib import suppress
from uuid import UUID, uuid5

from django.http import QueryDict

from accounts.models import User
from logs.actions import DraftUsed, begin_draft, discard_draft, save_draft, use_draft
from logs.models import Draft

# Made of the key of a page's form where the key itself is taken by what the page sends.
APART = "handed in late"
BOXES = ("text", "reason")
OF_AN_ASK = ("risk_words", "where_words", "way_words")
OF_A_FILE = ("shows", "on_day", "on_month", "on_year", "at", "taken_by_words")


def key_of(sent: QueryDict) -> UUID | None:
    """Under which key these words are kept; none for a form without one."""
    try:
        return uuid5(UUID(sent.get("key", "")), APART)
    except ValueError:
        return None


def words_in(sent: QueryDict) -> str:
    """What was typed, as it stands; of what has several boxes all of it, a line for each."""
    found = next((words for box in BOXES if (words := sent.get(box, "")).strip()), "")
    return found or "\n".join(words for box in (*OF_A_FILE, *OF_AN_ASK) if (words := sent.get(box, "")).strip())


def keep_words(*, sent: QueryDict, by: User) -> None:
    """Keep what is typed so far; where everything was taken out again, nothing is left of it.

    Raises:
        DraftUsed: the page has sent its words already.
    """
    key, words = key_of(sent), words_in(sent)
    if key is None:
        return
    if words:
        save_draft(draft_id=key, content={"what_happened": words}, by=by)
    elif (begun := Draft.objects.open_for(by).filter(pk=key).first()) is not None:
        discard_draft(draft=begun, by=by)


def done_with(*, sent: QueryDict, by: User) -> None:
    """These words were sent: what was kept of them goes, also what is still on its way from the page."""
    key = key_of(sent)
    if key is None:
        return
    with suppress(DraftUsed):
        begin_draft(draft_id=key, by=by)
    use_draft(draft_id=key, by=by)
