"""Files that are text, told apart: an email, a table, XML data, a web page, or just text."""

import csv
import re
from pathlib import Path

HEAD_BYTES = 64 * 1024
ENTITY_MARKS = tuple("<!ENTITY".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):")
_MAIL_HEADERS = {"date", "subject", "received", "message-id", "to", "mime-version", "delivered-to", "return-path"}
_CHAT_LINE = re.compile(r"\[?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? .{4,14}(\]| -) ")
_WEB_PAGE = re.compile(r"<!doctype\s+html|<(html|head|body|script|iframe|meta|link|style)[\s>/]", re.IGNORECASE)
_TAG = re.compile(r"<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w.:-]*[\s/>])")
_DRAWING = re.compile(r"<([\w-]+:)?svg[\s>]", re.IGNORECASE)
_SAMPLE_ROWS = 20


def is_text(media_type: str) -> bool:
    """Whether libmagic's answer means that the file is text of some kind."""
    if media_type == "text/rtf":
        return False
    return media_type.startswith(("text/", "message/")) or media_type in _TEXT_TYPES


_TEXT_TYPES = {"application/json", "application/x-ndjson", "application/xml", "image/svg+xml", "application/mbox"}


def judge(path: Path, media_type: str) -> str:
    """A kind that is kept (`EML`, `XML`, `CSV`, `TXT`) or the code of a refusal (`web_page`, `drawing`)."""
    with path.open("rb") as file:
        head = _decode(file.read(HEAD_BYTES))
    stripped = head.lstrip("\ufeff \t\r\n")
    if _looks_like_mail(stripped):
        return "web_page" if "snapshot-content-location:" in stripped.lower() else "EML"
    if stripped.startswith("<") or media_type in {"text/html", "image/svg+xml"}:
        return _markup(stripped, media_type)
    return "CSV" if _looks_like_table(stripped) else "TXT"


def _markup(text: str, media_type: str) -> str:
    if media_type == "image/svg+xml" or _DRAWING.search(text):
        return "drawing"
    if media_type == "text/html" or _WEB_PAGE.search(text):
        return "web_page"
    return "XML" if _TAG.match(text) else "TXT"


def _decode(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        # Only the last letter may be cut in half; anything earlier means another encoding.
        return head.decode("utf-8" if error.start > len(head) - 4 else "cp1252", errors="replace")


def _looks_like_mail(text: str) -> bool:
    names = set()
    for line in text.splitlines():
        if not line:
            break
        if line[0] in " \t":
            continue
        header = _HEADER.match(line)
        if not header:
            return False
        names.add(header[1].lower())
    return "from" in names and bool(names & _MAIL_HEADERS)


def _looks_like_table(text: str) -> bool:
    lines = [line for line in text.splitlines()[: _SAMPLE_ROWS + 1] if line.strip()]
    if sum(bool(_CHAT_LINE.match(line.lstrip("\u200e"))) for line in lines) * 2 >= len(lines):
        return False
    return any(_is_regular(text, delimiter) for delimiter in ",;\t")


def _is_regular(text: str, delimiter: str) -> bool:
    """Whether the first rows all have the same number of columns; two columns with ", " between are a sentence."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        return False
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) != 1 or widths == {1}:
        return False
    return widths != {2} or not all(row[1].startswith(" ") for row in rows)
