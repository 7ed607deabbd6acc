"""What a mail says, as plain text: headers decoded, HTML reduced to its words, attachments named.

Only text leaves here, so there is nothing to make safe; pictures and everything else from elsewhere is never fetched.
"""

import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from functools import partial
from urllib.parse import unquote

from logs.importing.items import Media
from logs.importing.letters import Letter, safely
from nsvcs.text import readable

MAX_HEADER = 8_000
MAX_HTML = 1_000_000
MAX_DEPTH = 30
MAX_PARTS = 500

# Tried on nested tags: a sanitiser that builds a tree takes minutes over one megabyte; this passes over it once.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<hidden>script|style|head|template)\b.*?(?:</(?P=hidden)\s*>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][\w-]*+)[^<>]*+>|<[!?/][^<>]*+>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_SHOWN = re.compile(r"\bsrc\s{0,9}=\s{0,9}[\"']?cid:([^\"'<>\s\]]{1,200})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# These are no encodings of letters, or take time that grows with the square of the length.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})


def headers_of(message: Message) -> dict[str, str]:
    """Each header's first value as written, by its name in small letters."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), str(value)[:MAX_HEADER])
    return found


def decoded(value: str) -> str:
    """A header's words: encoded ones decoded, bytes that nobody declared taken for UTF-8 or the old Windows letters."""
    plain = _letters(value.encode("utf-8", "surrogateescape"), "utf-8").replace("\r", "").replace("\n", " ")
    if "=?" not in plain:
        return readable(plain).strip()
    pieces = safely(lambda: decode_header(plain), [(plain, None)])
    words = (piece if isinstance(piece, str) else _letters(piece, charset or "utf-8") for piece, charset in pieces)
    return readable("".join(words)).strip()


def people(*values: str) -> tuple[str, ...]:
    """Names with their addresses, in the order written, each once."""
    # Addresses are told apart first: an encoded name may hold a comma.
    none: list[tuple[str, str]] = []
    pairs = safely(lambda: getaddresses([value.replace("\n", " ") for value in values if value]), none)
    named = (
        f"{name} <{address}>" if name else address for name, address in ((decoded(n), decoded(a)) for n, a in pairs)
    )
    found = tuple(dict.fromkeys(each for each in named if each.strip()))
    return found or tuple(decoded(value) for value in values if value.strip())


def text_of(letter: Letter, *, marks_places: bool = False) -> str:
    """The words of a mail: of several versions of one text the plain one, else the HTML without its markup.

    Args:
        letter: the mail.
        marks_places: say where HTML shows a picture that is enclosed, as mail programs do in plain text: `[cid:…]`.
    """
    read = partial(without_markup, marks_places=marks_places)
    return "\n\n".join(text for text in _texts(letter.message, letter, 0, read) if text.strip())


def attachments(letter: Letter, prefix: str) -> Iterator[Media]:
    """What is enclosed, each with the way to it below `prefix`."""
    for count, (way, part) in enumerate(_enclosed(letter.message, (), 0)):
        if count >= MAX_PARTS:
            return
        content = _as_written(part)
        size = letter.length(content) if content is not None else None
        if size is not None and _encoding(part) == "base64":
            size = size * 3 // 4
        called = headers_of(part).get("content-id", "").strip().strip("<>")[:200]
        yield Media(_name(part), f"{prefix}:{'.'.join(map(str, way))}", _kind(part), size, called)


def part_at(letter: Letter, way: list[int]) -> Message | None:
    """The part that a way of `attachments` leads to."""
    message = letter.message
    for place in way:
        parts = _parts(message)
        if place >= len(parts):
            return None
        message = parts[place]
    return message


def content_of(part: Message, letter: Letter) -> bytes | None:
    """The bytes of a part; of an enclosed mail, that mail."""
    if _kind(part) == "message/rfc822" and (inner := _parts(part)):
        mail = safely(inner[0].as_bytes, None)
        return None if mail is None else letter.whole(mail.decode("ascii", "surrogateescape"))
    content = _as_written(part)
    if content is None:
        return None
    whole = letter.whole(content)
    if _encoding(part) == "base64":
        return safely(lambda: binascii.a2b_base64(whole), None)
    if len(whole) != len(content):
        part.set_payload(whole.decode("ascii", "surrogateescape"))
    decoded_content = safely(lambda: part.get_payload(decode=True), None)
    return decoded_content if isinstance(decoded_content, bytes) else None


def _as_written(part: Message) -> str | None:
    """A part's content, bytes beyond ASCII as surrogates; the library's own question would decode them by guess."""
    content = part._payload  # type: ignore[attr-defined]
    return content if isinstance(content, str) else None


def _encoding(part: Message) -> str:
    return headers_of(part).get("content-transfer-encoding", "").strip().lower()


def _kind(part: Message) -> str:
    return safely(part.get_content_type, "application/octet-stream")


def _parts(part: Message) -> list[Message]:
    content = part.get_payload()
    return [each for each in content if isinstance(each, Message)] if isinstance(content, list) else []


def _name(part: Message) -> str:
    if _kind(part) == "message/rfc822" and (inner := _parts(part)):
        return (decoded(headers_of(inner[0]).get("subject", "")) or "mail")[:120] + ".eml"
    return decoded(safely(lambda: part.get_filename() or "", ""))[:200] or _kind(part).replace("/", ".")


def _is_text(part: Message) -> bool:
    if _kind(part) not in {"text/plain", "text/html"} and not (
        _kind(part).startswith("multipart/") and not _parts(part)
    ):
        return False
    return safely(part.get_content_disposition, None) != "attachment" and not safely(part.get_filename, None)


def _texts(part: Message, letter: Letter, depth: int, read: Callable[[str], str]) -> Iterator[str]:
    if depth > MAX_DEPTH or _kind(part) == "message/rfc822":
        return
    parts = _parts(part)
    if not parts:
        if _is_text(part):
            text = _own_text(part, letter)
            yield read(text) if _kind(part) == "text/html" else text
        return
    if _kind(part) == "multipart/alternative":
        # The same words several times: the first version with any, plain text before HTML.
        versions = (
            "\n\n".join(_texts(each, letter, depth + 1, read))
            for each in sorted(parts, key=lambda each: _rank(_kind(each)))
        )
        yield next((text for text in versions if text.strip()), "")
        return
    for each in parts:
        yield from _texts(each, letter, depth + 1, read)


def _rank(kind: str) -> int:
    return {"text/plain": 0, "text/html": 2}.get(kind, 1)


def _own_text(part: Message, letter: Letter) -> str:
    content = _as_written(part)
    if content is not None:
        part.set_payload(letter.without_gaps(content))
    words = safely(lambda: part.get_payload(decode=True), None)
    return _letters(words if isinstance(words, bytes) else b"", safely(lambda: part.get_content_charset() or "", ""))


def _enclosed(part: Message, way: tuple[int, ...], depth: int) -> Iterator[tuple[tuple[int, ...], Message]]:
    parts = [] if _kind(part) == "message/rfc822" else _parts(part)
    if not parts:
        if not _is_text(part):
            yield way, part
        return
    if depth <= MAX_DEPTH:
        for place, each in enumerate(parts):
            yield from _enclosed(each, (*way, place), depth + 1)


def _letters(content: bytes, charset: str) -> str:
    """Bytes as text: by the encoding named, where it is one; else UTF-8, else the old Windows letters."""
    name = safely(lambda: codecs.lookup(charset).name if charset else "", "")
    if name and name not in _NO_CHARSETS and name not in {"utf-8", "ascii"}:
        text = safely(lambda: content.decode(name, "replace"), None)
        if text is not None:
            return text
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("utf-8" if name == "utf-8" else "cp1252", "replace")


def without_markup(text: str, *, marks_places: bool = False) -> str:
    """The words of HTML, in lines where it had blocks; nothing it points to is fetched."""
    pieces = []
    place = 0
    text = text[:MAX_HTML]
    for found in _MARKUP.finditer(text):
        pieces.append(_SPACES.sub(" ", text[place : found.start()]))
        name = (found["name"] or "").lower()
        if marks_places and name == "img" and (shown := _SHOWN.search(found[0])):
            pieces.append(f"\n[cid:{unquote(shown[1])}]\n")
        pieces.append("\n" if name in _BLOCKS else "\t" if name in {"td", "th"} and found["end"] else "")
        place = found.end()
    pieces.append(_SPACES.sub(" ", text[place:]))
    lines = (line.strip() for line in html.unescape("".join(pieces)).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
