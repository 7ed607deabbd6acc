"""Names of files: what the sender called them is a label to read, never a path, a type or a header."""

import re
import unicodedata

from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from logs.filetypes import Kind
from nsvcs.ids import neutral_letters

MAX_LABEL = 120
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_OURS = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")
# Invisible: controls, formats (direction, joiners aside), surrogates, private use, line separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
_KEPT_ENDING = 12


def safe_label(name: str) -> str:
    """The sender's name for a file, cleaned for reading on a page: it is shown, never used.

    Folders, invisible characters and marks that turn the direction of text are gone, spaces are single, names that
    some computers keep for themselves get an underscore, and a long name is shortened in its middle, ending kept.
    """
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    visible = "".join(each for each in last if each in _JOINERS or unicodedata.category(each) not in _INVISIBLE)
    label = " ".join(visible.split()).strip(". ")
    if not label.strip("".join(_JOINERS)):
        return str(_("file without a name"))
    if _DEVICES.fullmatch(label):
        label = f"_{label}"
    if len(label) > MAX_LABEL:
        label = f"{label[: MAX_LABEL - _KEPT_ENDING - 1]}…{label[-_KEPT_ENDING:]}"
    return label


def escaped_name(name: str, limit: int = 300) -> str:
    """The name exactly as sent with everything invisible spelled out, escaped, for staff."""
    spelled = "".join(_spelled(each) if unicodedata.category(each) in _INVISIBLE else each for each in name[:limit])
    return spelled if len(name) <= limit else f"{spelled}…"


def download_name(media_type: str) -> str:
    """A name that says nothing, for a file that leaves us: `document-`, six random letters and the type's ending."""
    endings = {kind.media_type: kind.extension for kind in Kind}
    return f"document-{neutral_letters(6)}{endings.get(media_type, '.bin')}"


def content_disposition(name: str) -> str:
    """The header value that makes a browser save a file under this name and never show it.

    A name that is not one of ours is cleaned first, so nothing in it can end the header or add another.
    """
    if not _OURS.fullmatch(name):
        name = safe_label(name)
    return str(content_disposition_header(True, name))


def _spelled(each: str) -> str:
    return f"\\u{ord(each):04x}" if ord(each) <= 0xFFFF else f"\\U{ord(each):08x}"
