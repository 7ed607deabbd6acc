"""Sentences with a number that only the browser knows: all the forms a language has, for a script to choose among.

A browser names the forms as the Unicode project does (`Intl.PluralRules`: zero, one, two, few, many, other), gettext
counts them. For each name a number is looked for that takes it, and gettext is asked with that number.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language, ngettext

from nsvcs.days import LOCALES

ENOUGH = 200  # every form that a whole number takes in any language here turns up below it
SENTENCES: Mapping[str, Callable[[int], str]] = {
    "letters_left": lambda n: ngettext(
        "You have %(count)s character remaining", "You have %(count)s characters remaining", n
    ),
    "letters_over": lambda n: ngettext(
        "You have %(count)s character too many", "You have %(count)s characters too many", n
    ),
    "files_chosen": lambda n: ngettext("%(count)s file chosen", "%(count)s files chosen", n),
    "minutes_left": lambda n: ngettext("About %(count)s minute left.", "About %(count)s minutes left.", n),
    "sending_minutes": lambda n: ngettext("about %(count)s minute", "about %(count)s minutes", n),
    "notes_sent": lambda n: ngettext(
        "%(count)s note from this phone was sent.", "%(count)s notes from this phone were sent.", n
    ),
    "notes_waiting": lambda n: ngettext(
        "%(count)s note is locked on this phone. It is sent when there is signal.",
        "%(count)s notes are locked on this phone. They are sent when there is signal.",
        n,
    ),
    "notes_sign_in": lambda n: ngettext("Sign in to send %(count)s note.", "Sign in to send %(count)s notes.", n),
    "notes_losing": lambda n: ngettext(
        "%(count)s note is not sent yet. Press again to delete it.",
        "%(count)s notes are not sent yet. Press again to delete them.",
        n,
    ),
}


def forms(name: str, place: str = "%s") -> dict[str, str]:
    """The forms of a sentence in the language of the page, by the browser's names, with `place` for the number."""
    language = get_language() or "en"
    ask = SENTENCES[name]
    return {kind: ask(number).replace("%(count)s", place) for kind, number in _examples(language.split("-")[0]).items()}


@lru_cache
def _examples(language: str) -> dict[str, int]:
    """A number for each form; `other` is what a browser falls back to, so there is always one."""
    rule = Locale.parse(LOCALES.get(language, language)).plural_form
    found: dict[str, int] = {}
    for number in range(ENOUGH):
        found.setdefault(rule(number), number)
    return {"other": found.get("many", found["few"]), **found} if "other" not in found else found
