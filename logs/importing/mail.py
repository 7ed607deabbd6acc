"""Mail: one message (EML) or a mailbox of them (MBOX), read one by one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_tz
from pathlib import Path

from logs.importing.items import EXAMPLES, Guess, Item, Media, Options, Record, Reject, Unreadable
from logs.importing.letters import opened, safely
from logs.importing.mailtext import attachments, content_of, decoded, headers_of, part_at, people, text_of
from logs.importing.sources import CHUNK_BYTES, MAX_LINE, Broken, Source, short, shown
from logs.rules import Precision

# Most post offices take 25 MB; in letters that is a third more.
MAX_MESSAGE = 40 * 1024 * 1024
_LOOKED_AT = 2_000
_MAX_NAMES = 500
_BETWEEN = re.compile(rb"From (?:\S+|-|\"[^\"]*\"\S*) .*\d{1,2}:\d{2}.*\d{4}|From - ")
_HEADER = re.compile(rb"[A-Za-z][\w-]{0,75}[ \t]*:|>From ")
_QUOTED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
_TELLING = frozenset({"date", "subject", "to", "message-id", "received", "return-path", "mime-version", "delivered-to"})
# What a person wants to see of the source. "Received" names machines and addresses on the way; the file keeps it.
_SHOWN = frozenset({"from", "to", "cc", "bcc", "date", "subject", "message-id", "reply-to", "in-reply-to", "sender"})
# The mail library takes a time without a zone, or with one it does not know, for Greenwich time.
_ZONE = re.compile(r"[+-]\d{4}\b|\b(GMT|UTC?|Z|[ECMP][SD]T)\b")
_WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(frozen=True)
class _Piece:
    """The bytes of one message.

    Args:
        number: counted from 1.
        offset: where they begin.
        length: how many there are in the source.
        content: as many of them as are read.
    """

    number: int
    offset: int
    length: int
    content: bytes


def is_mine(path: Path) -> bool:
    """Whether this is a mail or a mailbox."""
    with path.open("rb") as file:
        lines = file.read(64 * 1024).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    if lines and lines[0].startswith(b"From "):
        return len(lines) > 1 and bool(_HEADER.match(lines[1]))
    names = set()
    for line in lines:
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        if not _HEADER.match(line):
            return False
        names.add(line.split(b":")[0].strip().lower().decode("ascii", "replace"))
    return "from" in names and bool(names & _TELLING)


def guess(path: Path) -> Guess:
    """The first mails and who wrote; a mail's date says its zone, so there is nothing to ask but who she is."""
    names: dict[str, None] = {}
    examples: list[Item] = []
    for looked_at, record in enumerate(read(path, Options()), 1):
        if isinstance(record, Item):
            examples += [record] if len(examples) < EXAMPLES else []
            names.update(dict.fromkeys(name for name in (record.sender, *record.recipients) if name))
        if looked_at >= _LOOKED_AT or len(names) >= _MAX_NAMES:
            break
    return Guess("email", Options(), examples=tuple(examples), names=tuple(names)[:_MAX_NAMES])


def read(path: Path, options: Options) -> Iterator[Record]:
    """Every mail of a file.

    Raises:
        Unreadable: there is none in it.
    """
    number = 0
    try:
        for piece in _pieces(path):
            number = piece.number
            yield _record(piece, options)
    except Broken:
        yield Reject(number=number + 1, place_kind="message", place_number=number + 1, code="damaged_from_here")
        return
    if not number:
        raise Unreadable("no_records")


def media_bytes(path: Path, member: str) -> Iterator[bytes]:
    """The bytes of one attachment.

    Raises:
        Unreadable: there is no such attachment, or it cannot be decoded.
    """
    found = re.fullmatch(r"(\d{1,15}):(\d{1,10}):((?:\d{1,4}(?:\.\d{1,4}){0,40})?)", member)
    if not found:
        raise Unreadable("no_member")
    with path.open("rb") as file:
        file.seek(int(found[1]))
        letter = opened(file.read(min(int(found[2]), MAX_MESSAGE)))
    part = part_at(letter, [int(place) for place in found[3].split(".") if place]) if letter else None
    if letter is None or part is None or not letter.raw:
        raise Unreadable("no_member")
    content = content_of(part, letter)
    if content is None:
        raise Unreadable("damaged")
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _pieces(path: Path) -> Iterator[_Piece]:
    """The messages of a mailbox, or the one of a file that does not begin as a mailbox does."""
    kept = bytearray()
    number, offset, place = 0, 0, 0
    is_box = False
    for line, parts in _parted(path):
        if parts and (is_box or not number):
            if number:
                yield _Piece(number, offset, place - offset, bytes(kept))
            number, offset, kept, is_box = number + 1, place + len(line), bytearray(), True
        else:
            number = number or int(bool(line.strip()))
            kept += line if len(kept) < MAX_MESSAGE else b""
        place += len(line)
    if number:
        yield _Piece(number, offset, place - offset, bytes(kept))


def _parted(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Lines, and whether each parts two messages: "From … 21:15 2026" after an empty line and before a header."""
    held, is_after_blank = b"", True
    for line, is_start in _lines(path):
        if held:
            yield held, bool(_HEADER.match(line))
            held = b""
        if is_start and is_after_blank and _BETWEEN.match(line):
            held = line
        else:
            yield line, False
        is_after_blank = is_start and not line.strip()
    if held:
        yield held, False


def _lines(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Lines with their ends, very long ones in pieces, and whether each begins one."""
    is_start = True
    with Source(path).opened() as file:
        while line := file.readline(MAX_LINE):
            yield line, is_start
            is_start = line.endswith(b"\n")


def _record(piece: _Piece, options: Options) -> Record:
    letter = opened(piece.content)
    headers = headers_of(letter.message) if letter is not None else {}
    if letter is None or not {"from", "to", "subject", "date"} & headers.keys():
        raw = short(piece.content[:8_000].decode("utf-8", "replace"))
        code = "no_headers" if letter is not None else "broken"
        return Reject(number=piece.number, place_kind="message", place_number=piece.number, code=code, raw=raw)
    text, marks = shown(_QUOTED_FROM.sub(r"\1", text_of(letter, marks_places=options.marks_places)).strip("\r\n"))
    media = tuple(attachments(letter, f"{piece.offset}:{piece.length}"))
    if letter.is_cut or any(letter.shortened) or len(piece.content) < piece.length:
        marks |= {"cut"}
    item = Item(
        number=piece.number, place_kind="message", place_number=piece.number, kind="email", text=text, media=media,
        sender="; ".join(people(headers.get("from", headers.get("sender", "")))),
        recipients=people(headers.get("to", ""), headers.get("cc", ""), headers.get("bcc", "")),
        subject=shown(decoded(headers.get("subject", "")))[0], raw=_shown_lines(piece.content),
        marks=marks | _winmail(media),
    )  # fmt: skip
    return _with_sides(_dated(item, headers.get("date", "")), options)


def _winmail(media: tuple[Media, ...]) -> frozenset[str]:
    is_there = any(each.media_type in _WINMAIL or each.name.casefold() == "winmail.dat" for each in media)
    return frozenset({"winmail"} if is_there else ())


def _with_sides(item: Item, options: Options) -> Item:
    own = options.own_name.strip().casefold()
    return replace(item, is_outgoing=own in item.sender.casefold() if own and item.sender else None)


def _dated(item: Item, words: str) -> Item:
    """With its date: an instant where the zone stands there, else the local time as written."""
    words = " ".join(words.split())
    found = safely(lambda: parsedate_tz(words), None)
    item = replace(item, when_words=shown(words)[0][:200])
    try:
        year, month, day, hour, minute, second = found[:6] if found else (0, 0, 0, 0, 0, 0)
        on, at = date(year, month, day), time(hour, minute, min(second, 59))
        if found is None or found[9] is None or not _ZONE.search(words):
            return replace(item, on=on, at=at, precision=Precision.EXACT)
        instant = datetime.combine(on, at, UTC) - timedelta(seconds=found[9])
    except (ValueError, OverflowError):
        return replace(item, marks=item.marks | {"when_unclear"})
    return replace(item, instant=instant)


def _shown_lines(content: bytes) -> str:
    """The headers a person wants to see, and the beginning of what follows them, as they stand."""
    head, blank, body = content[:64_000].lstrip(b"\r\n").replace(b"\r\n", b"\n").partition(b"\n\n")
    lines, keeps = [], False
    for line in head.split(b"\n"):
        if line[:1] not in {b" ", b"\t"}:
            keeps = line.split(b":")[0].strip().lower().decode("ascii", "replace") in _SHOWN
        if keeps:
            lines.append(line)
    return short((b"\n".join(lines) + blank + body).decode("utf-8", "replace"))
