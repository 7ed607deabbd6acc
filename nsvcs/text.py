"""What people write, made safe to keep without changing a word of it."""

import re
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MAX_CHARACTERS = 20_000

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85]")
# Everything Unicode calls a control character but tab and newline, and halves of surrogate pairs, which no text holds.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Characters that turn the direction of what follows; letters written from right to left do not need them.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def is_english() -> bool:
    """Whether the page speaks English, which writes times its own way."""
    return (get_language() or "en").startswith("en")


@dataclass(frozen=True)
class Cleaned:
    """Text as it will be kept.

    Args:
        text: the text, never shortened.
        notices: sentences about what was taken out.
        error: a sentence when the text is too long to keep, else empty.
    """

    text: str
    notices: tuple[str, ...] = ()
    error: str = ""


def clean_text(value: str, limit: int = MAX_CHARACTERS) -> Cleaned:
    """Text with its line ends made newlines and characters nobody can see or type taken out; nothing else changes.

    Args:
        value: what was typed.
        limit: how many characters (code points, a line end counting one) may be kept.
    """
    text = _LINE_BREAKS.sub("\n", value)
    text, control_count = _CONTROLS.subn("", text)
    text, direction_count = _DIRECTION.subn("", text)
    notices = []
    if control_count:
        notices.append(
            ngettext(
                "We took out %(count)s invisible control character. Your words have not changed.",
                "We took out %(count)s invisible control characters. Your words have not changed.",
                control_count,
            )
            % {"count": control_count}
        )
    if direction_count:
        notices.append(
            ngettext(
                "We took out %(count)s hidden mark that changes the direction of text. Your words have not changed.",
                "We took out %(count)s hidden marks that change the direction of text. Your words have not changed.",
                direction_count,
            )
            % {"count": direction_count}
        )
    return Cleaned(text, tuple(notices), _length_error(len(text), limit))


def readable(value: str) -> str:
    """The same text without what nobody can see, as `clean_text`, for text that other programs wrote: no notices."""
    return _DIRECTION.sub("", _CONTROLS.sub("", _LINE_BREAKS.sub("\n", value)))


def _length_error(length: int, limit: int) -> str:
    if length <= limit:
        return ""
    return _(
        "This is %(length)s characters long. The most that fits here is %(limit)s. "
        "Take out %(over)s characters, or write the rest in a second note."
    ) % {"length": f"{length:,}", "limit": f"{limit:,}", "over": f"{length - limit:,}"}
