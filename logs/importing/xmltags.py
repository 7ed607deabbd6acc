"""The tags of an XML backup, one by one, in bounded memory, however broken the file is.

Not a general parser, on purpose. One mistake ends a general parser, and everything after it would be lost; a picture of
some megabytes is one attribute, which it holds in memory; and it knows entities, which are refused here by having none.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

from logs.importing.items import Unreadable
from logs.importing.sources import CHUNK_BYTES

MAX_TAG = 1024 * 1024
_MAX_OUTSIDE = 8 * 1024
_NAME = rb"[A-Za-z_][\w:.-]*+"
# An angle bracket inside a value is no XML: a quotation mark is missing there, and the next record begins.
_REST = rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
_TAG = re.compile(rb"<(/?)(" + _NAME + rb")(" + _REST + rb")")
_REST_OF_TAG = re.compile(_REST)
_ATTRIBUTE = re.compile(rb"\s*+([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
# A part up to the content of its `data`, which is found with a faster search than patterns have.
_PART = re.compile(rb"<part(?:\s++(?!data[\s=])[\w:.-]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+\s++data\s*+=\s*+([\"'])")
_ANY_TAG = re.compile(b"<")
_KNOWN = re.compile(rb"<(?:/?(?:smses|calls|allsms|mms|parts|addrs)|sms|call|part|addr)[\s/>]")
_COMMENT_END, _INSTRUCTION_END = re.compile(b"-->"), re.compile(rb"\?>")
_LONGEST_START = 10
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);")
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True)
class Tag:
    """One tag, or what stands where there should be one.

    Args:
        name: empty for words outside all tags and for what is broken.
        attributes: by name, references resolved.
        raw: as it stands, without the content of `data`.
        offset: where it begins, in bytes.
        is_closing: `</name>`.
        is_empty: `<name/>`.
        data: where the content of its attribute `data` begins, and how long it is, in bytes.
        code: why it has no name: `outside`, `broken`, `too_long`, `ends_early`.
    """

    name: str
    attributes: dict[str, str]
    raw: bytes
    offset: int
    is_closing: bool = False
    is_empty: bool = False
    data: tuple[int, int] | None = None
    code: str = ""


def unescaped(value: bytes) -> str:
    """An attribute's text: references resolved, halves of emoji joined; a half without its other becomes U+FFFD.

    Backups write emoji as two references to surrogates, which is no XML at all. Entities of any other name stay as they
    stand: there is nothing they could stand for.
    """
    text = value.decode("utf-8", errors="replace")
    if "&" not in text:
        return text
    text = _REFERENCE.sub(_character, text)
    text = _HALVES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _LONE.sub("\ufffd", text)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(number) if 0 < number <= 0x10FFFF else "\ufffd"


class Utf8:
    """A file as UTF-8 whatever its encoding, readable forwards; places in it are counted in UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look at the file's first bytes for its encoding."""
        start = file.read(CHUNK_BYTES)
        file.seek(0)
        self._file, self._decoder = file, None
        encoding = self._foreign(start)
        if encoding:
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    @staticmethod
    def _foreign(start: bytes) -> str:
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        declared = _ENCODING.search(start[:512])
        try:
            name = codecs.lookup(declared[1].decode()).name if declared else "utf-8"
            is_text = codecs.lookup(name)._is_text_encoding
        except LookupError:
            return ""
        # What declares two bytes a letter in a line of one byte a letter declares it wrongly.
        return "" if name in {"utf-8", "ascii"} or not is_text or name.startswith(("utf-16", "utf-32")) else name

    def read(self, size: int) -> bytes:
        """About so many bytes; none at the end."""
        if self._decoder is None:
            return self._file.read(size)
        while chunk := self._file.read(size):
            if text := self._decoder.decode(chunk):
                return text.encode("utf-8", "replace")
        return b""

    def skip(self, size: int) -> bytes:
        """Go on to the place of that number; returns what was read beyond it."""
        if self._decoder is None:
            self._file.seek(size)
            return b""
        while size > 0 and (chunk := self.read(CHUNK_BYTES)):
            size -= len(chunk)
            if size < 0:
                return chunk[size:]
        return b""


class Tags:
    """The tags of a file in their order."""

    def __init__(self, file: Utf8) -> None:
        """Begin at its beginning."""
        self._file = file
        self._window = b""
        self._base = 0
        self._place = 0
        self._is_at_end = False
        self.has_seen_record = False

    def __iter__(self) -> Iterator[Tag]:
        """Every tag, and every stretch of words between tags.

        Raises:
            Unreadable: the file declares a document type: what comes after it may mean anything.
        """
        while self._place < len(self._window) or self._more():
            is_tag = self._window[self._place : self._place + 1] == b"<"
            tag = self._tag() if is_tag else self._outside()
            if tag is not None:
                yield tag

    def _more(self) -> bool:
        """Let go of what was read, and read on; whether there was more."""
        chunk = b"" if self._is_at_end else self._file.read(CHUNK_BYTES)
        self._is_at_end = not chunk
        self._window = self._window[self._place :] + chunk
        self._base += self._place
        self._place = 0
        return bool(chunk)

    def _pass_over(self, until: re.Pattern[bytes], kept: bytes, overlap: int) -> tuple[bytes, bool]:
        """Go on to where a pattern begins, or to the end of the file.

        Returns:
            What was passed over, as far as it is kept, and whether the pattern was found.
        """
        while True:
            found = until.search(self._window, self._place)
            # What may be half of the pattern is looked at again together with the rest of it.
            end = found.start() if found else max(self._place, len(self._window) - overlap)
            kept += self._window[self._place : min(end, self._place + max(0, _MAX_OUTSIDE - len(kept)))]
            self._place = end
            if found:
                return kept, True
            if not self._more():
                kept += self._window[:_MAX_OUTSIDE]
                self._place = len(self._window)
                return kept, False

    def _outside(self) -> Tag | None:
        offset = self._base + self._place
        words, _ = self._pass_over(_ANY_TAG, b"", 0)
        bare = (words if offset else words.removeprefix(codecs.BOM_UTF8)).strip(b" \t\r\n\x00")
        return Tag("", {}, bare, offset, code="outside") if bare else None

    def _tag(self) -> Tag | None:
        if len(self._window) - self._place < _LONGEST_START:
            self._more()
        start = self._window[self._place : self._place + _LONGEST_START].upper()
        if start.startswith(b"<!--"):
            return self._aside(_COMMENT_END)
        if start.startswith(b"<?"):
            return self._aside(_INSTRUCTION_END)
        if start.startswith((b"<!DOCTYPE", b"<!ENTITY")) and not self.has_seen_record:
            raise Unreadable("entities")
        return self._named()

    def _named(self) -> Tag:
        code = ""
        while not code:
            if part := _PART.match(self._window, self._place):
                return self._part(part)
            found = _TAG.match(self._window, self._place)
            state = self._state(found) if found else "broken"
            if found and state == "whole":
                return self._whole(found)
            if state == "broken":
                code = "broken"
            elif len(self._window) - self._place > MAX_TAG:
                code = "too_long"
            elif not self._more():
                code = "ends_early"
        return self._broken(code)

    def _state(self, found: re.Match[bytes]) -> str:
        """How far a tag is seen: `whole`, `cut` or `broken`."""
        end = found.end()
        stop = self._window[end : end + 1]
        if stop == b">":
            return "whole"
        if not stop:
            return "cut"
        # An open quotation mark, or the beginning of another tag.
        return "broken" if self._window.find(b"<", end) >= 0 else "cut"

    def _aside(self, end: re.Pattern[bytes]) -> Tag | None:
        """Pass over a comment or an instruction to programs."""
        offset = self._base + self._place
        self._place += 2
        words, is_ended = self._pass_over(end, b"", 3)
        if not is_ended:
            return Tag("", {}, words, offset, code="ends_early")
        self._place = self._window.index(b">", self._place) + 1
        return None

    def _whole(self, found: re.Match[bytes]) -> Tag:
        tag = _tag_of(found, self._base + self._place)
        if tag is None:
            return self._broken("broken")
        self._place = found.end() + 1
        self.has_seen_record |= tag.name in {"sms", "mms", "call"}
        return tag

    def _broken(self, code: str, kept: bytes = b"") -> Tag:
        """Give up on this tag and go on with the next one of a known name."""
        offset = self._base + self._place
        if not kept:
            kept = self._window[self._place : self._place + 1]
            self._place += 1
        words, is_known = self._pass_over(_KNOWN, kept, _LONGEST_START)
        return Tag("", {}, words.strip(), offset, code="broken" if is_known and code == "ends_early" else code)

    def _part(self, found: re.Match[bytes]) -> Tag:
        """A part of a message: the place of its content is kept, its bytes are let go."""
        offset, front, quote = self._base + self._place, found[0], found[1]
        self._place = found.end()
        begins = self._base + self._place
        if not self._pass_over_content(quote):
            return Tag("", {}, front, offset, code="ends_early")
        if self._window[self._place : self._place + 1] == b"<":
            return Tag("", {}, front, offset, code="broken")
        length = self._base + self._place - begins
        while (rest := _REST_OF_TAG.match(self._window, self._place + 1)) and rest.end() == len(self._window):
            if rest.end() - self._place > MAX_TAG or not self._more():
                break
        end = rest.end() if rest else self._place
        whole = _TAG.match(front + self._window[self._place : end])
        tag = _tag_of(whole, offset) if whole and self._window[end : end + 1] == b">" else None
        if tag is None:
            return self._broken("broken", front)
        self._place = end + 1
        return replace(tag, data=(begins, length))

    def _pass_over_content(self, quote: bytes) -> bool:
        """Go on to the mark that ends a value, or to a tag that begins before it; whether there is either."""
        while True:
            end = self._window.find(quote, self._place)
            stop = self._window.find(b"<", self._place, len(self._window) if end < 0 else end)
            if end >= 0 or stop >= 0:
                self._place = stop if stop >= 0 else end
                return True
            self._place = len(self._window)
            if not self._more():
                return False


def _tag_of(found: re.Match[bytes], offset: int) -> Tag | None:
    """A tag from its name and attributes; None when something else stands among them."""
    body = found[3]
    is_empty = body.endswith(b"/")
    body = body.removesuffix(b"/")
    attributes: dict[str, str] = {}
    data = None
    end = 0
    while attribute := _ATTRIBUTE.match(body, end):
        end = attribute.end()
        group = 3 if attribute[2] is None else 2
        name = attribute[1].decode("ascii", "replace")
        if name == "data":
            data = offset + found.start(3) - found.start() + attribute.start(group), len(attribute[group])
        else:
            attributes[name] = unescaped(attribute[group])
    if body[end:].strip():
        return None
    raw = found[0] if data is None else re.sub(rb"(\sdata\s*=\s*[\"'])[^\"']*", rb"\1", found[0])
    return Tag(found[2].decode(), attributes, raw + b">", offset, bool(found[1]), is_empty, data)
