"""Chats as WhatsApp exports them: a text, or a ZIP of that text with its pictures and recordings.

Source: `docs/decisions/0049`: what an export looks like, and what decides where it is ambiguous.
"""

import mimetypes
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from logs.importing.chatlines import Header, Survey, header, split_name, survey
from logs.importing.chatwords import Said, call_of, is_sent_by_the_app, notice_code, understand
from logs.importing.dates import day_of
from logs.importing.items import (
    EXAMPLES,
    MAX_RAW,
    MAX_TEXT,
    DateOrder,
    Guess,
    Item,
    Media,
    Options,
    Record,
    Reject,
    Skip,
    Unreadable,
)
from logs.importing.sources import Broken, Line, Source, encoding_of, entries, head, is_zip, lines, short, shown
from logs.rules import Precision


@dataclass
class _Chat:
    """Where a chat is, and what lies beside it."""

    source: Source
    place_in: str = ""
    members: dict[str, list[tuple[int, zipfile.ZipInfo]]] = field(default_factory=dict)
    unmentioned: dict[int, str] = field(default_factory=dict)


@dataclass
class _Open:
    """A record whose lines are still coming in."""

    number: int
    line: int
    found: Header | None = None
    code: str = ""
    text: list[str] = field(default_factory=list)
    text_length: int = 0
    raw: list[str] = field(default_factory=list)
    raw_length: int = 0

    def add(self, raw: str, text: str, joins: bool) -> None:
        """Take in a line or a piece of one, as far as it is kept."""
        if self.raw_length <= MAX_RAW:
            self.raw.append("\n" + raw if joins else raw)
            self.raw_length += len(raw)
        # One more than is kept, so that the cut is noticed.
        if self.text_length <= MAX_TEXT:
            self.text.append("\n" + text if joins else text)
            self.text_length += len(text) + joins


@dataclass(frozen=True)
class _Way:
    """How a chat is read."""

    survey: Survey
    order: DateOrder
    own_name: str
    known_names: frozenset[str]


def is_mine(path: Path) -> bool:
    """Whether this is a chat, or a ZIP with one."""
    try:
        chat = _find(path)
        text = head(chat.source)
    except (Unreadable, Broken):
        return False
    first = [line for line in text.splitlines()[:200] if line.strip()]
    return any(header(line) for line in first)


def guess(path: Path) -> Guess:
    """The chat's date order, whether it is sure, who wrote, and its first messages."""
    chat = _find(path)
    found = _survey(chat.source)
    options = Options(date_order=found.order)
    examples = []
    for record in _records(chat, found, options):
        if isinstance(record, Item):
            examples.append(record)
        if len(examples) == EXAMPLES:
            break
    return Guess("whatsapp", options, found.is_order_sure, tuple(examples), found.names)


def read(path: Path, options: Options) -> Iterator[Record]:
    """Every message, notice and unreadable line of a chat; then the files beside it that no message names."""
    chat = _find(path)
    return _records(chat, _survey(chat.source), options)


def _find(path: Path) -> _Chat:
    if not is_zip(path):
        return _Chat(Source(path))
    found = [(place, entry) for place, entry in enumerate(entries(path)) if not entry.is_dir()]
    texts = [(place, entry) for place, entry in found if entry.filename.lower().endswith(".txt")]
    # "_chat.txt" or "WhatsApp Chat with ….txt"; a text that somebody sent lies beside it.
    texts.sort(key=lambda each: ("chat" not in PurePosixPath(each[1].filename).name.lower(), each[0]))
    for place, entry in texts:
        source = Source(path, place)
        if any(header(line) for line in _start(source)):
            chat = _Chat(source, entry.filename)
            for other, beside in found:
                if other != place:
                    chat.members.setdefault(PurePosixPath(beside.filename).name, []).append((other, beside))
                    chat.unmentioned[other] = beside.filename
            return chat
    raise Unreadable("no_chat")


def _start(source: Source) -> list[str]:
    try:
        return head(source).splitlines()[:200]
    except Broken:
        return []


def _survey(source: Source) -> Survey:
    try:
        found = survey(_readable_lines(source))
    except Broken as broken:
        raise Unreadable("damaged") from broken
    if found is None:
        raise Unreadable("no_records")
    return found


def _readable_lines(source: Source) -> Iterator[Line]:
    """Its lines up to where it breaks off: what was before that is still surveyed and read."""
    try:
        yield from lines(source, _encoding(source))
    except Broken:
        return


def _records(chat: _Chat, found: Survey, options: Options) -> Iterator[Record]:
    way = _Way(found, options.date_order or found.order, options.own_name.strip(), frozenset(chat.members))
    number = 0
    for opened in _opened(chat.source, found):
        number = opened.number
        yield _close(opened, way, chat)
    for place, name in list(chat.unmentioned.items()):
        number += 1
        yield Skip(
            number=number, place_kind="part", place_number=place + 1, place_in=name, code="unmentioned", raw=name
        )


def _opened(source: Source, found: Survey) -> Iterator[_Open]:
    """The lines of each record together, in order."""
    current: _Open | None = None
    number = 0
    try:
        for line in lines(source, _encoding(source)):
            start = header(line.text) if line.is_start else None
            begins = _begins(line, start, found, current)
            if begins is None:
                if current is not None:
                    current.add(line.text, line.text, joins=line.is_start)
                continue
            if current is not None:
                yield current
            number += 1
            current = replace(begins, number=number)
            current.add(line.text, current.found.rest if current.found else line.text, joins=False)
    except Broken:
        if current is not None:
            yield current
        yield _Open(number + 1, current.line if current else 1, code="damaged_from_here")
        return
    if current is not None:
        yield current


def _encoding(source: Source) -> str:
    try:
        return encoding_of(source)
    except Broken:
        return "utf-8"


def _begins(line: Line, start: Header | None, found: Survey, current: _Open | None) -> _Open | None:
    """A new record when a line begins one; None when it carries on, or says nothing before the first."""
    if start is not None and start.form == found.form:
        return _Open(0, line.number, start)
    is_junk = "\x00" in line.text or line.text.count("\ufffd") * 4 > len(line.text) > 8
    if is_junk and not (current and current.code == "not_text"):
        return _Open(0, line.number, code="not_text")
    if current is None and line.text.strip():
        return _Open(0, line.number, code="before_first")
    return None


def _close(opened: _Open, way: _Way, chat: _Chat) -> Record:
    raw = short("".join(opened.raw))
    if opened.found is None:
        return _reject(opened, chat, opened.code, raw)
    on = day_of(opened.found.parts, way.order)
    if on is None:
        return _reject(opened, chat, "bad_date", raw)
    text = "".join(opened.text)
    parts = split_name(text, way.survey.names_with_colon)
    sender, body = parts or ("", text)
    said = understand(body, way.known_names) if parts else call_of(text)
    if said is None or (parts and is_sent_by_the_app(body)):
        return Skip(
            number=opened.number, place_kind="line", place_number=opened.line, place_in=chat.place_in,
            code=notice_code(text), raw=raw,
        )  # fmt: skip
    at = opened.found.at
    clean, marks = shown(said.text)
    unclear = frozenset({"when_unclear"} if at is None else ())
    return Item(
        number=opened.number,
        place_kind="line",
        place_number=opened.line,
        place_in=chat.place_in,
        kind="call" if said.is_call else "message",
        on=on,
        at=at,
        precision=Precision.DAY if at is None else Precision.EXACT,
        when_words=opened.found.words,
        sender=sender,
        recipients=_recipients(sender, way),
        is_outgoing=_is_outgoing(sender, way),
        text=clean,
        raw=raw,
        media=_media(said, chat),
        marks=said.marks | marks | unclear,
    )


def _reject(opened: _Open, chat: _Chat, code: str, raw: str) -> Reject:
    return Reject(
        number=opened.number, place_kind="line", place_number=opened.line, place_in=chat.place_in, code=code, raw=raw
    )


def _recipients(sender: str, way: _Way) -> tuple[str, ...]:
    """The other one in a chat of two; in a group it is not written to whom."""
    names = way.survey.names
    return tuple(name for name in names if name != sender) if len(names) == 2 and sender in names else ()


def _is_outgoing(sender: str, way: _Way) -> bool | None:
    return sender.casefold() == way.own_name.casefold() if sender and way.own_name else None


def _media(said: Said, chat: _Chat) -> tuple[Media, ...]:
    found = []
    for name in said.names:
        media_type = mimetypes.guess_type(name, strict=False)[0] or ""
        held = chat.members.get(name, [])
        for place, entry in held:
            chat.unmentioned.pop(place, None)
            found.append(Media(name, str(place), media_type, entry.file_size))
        if not held:
            found.append(Media(name, media_type=media_type))
    return tuple(found)
