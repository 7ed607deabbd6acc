"""Backups of "SMS Backup & Restore": text messages, picture messages with their parts, and lists of calls.

Source: the fields as the app's maker describes them; `docs/decisions/0049` for what is not XML in them.
"""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from logs.importing.items import EXAMPLES, Guess, Item, Media, Options, Record, Reject, Skip, Unreadable
from logs.importing.sources import CHUNK_BYTES, Broken, Source, head, short, shown
from logs.importing.xmltags import Tag, Tags, Utf8

RECORDS = frozenset({"sms", "mms", "call"})
# Tags that hold others, in every version of the app.
HOLDERS = frozenset({"smses", "calls", "allsms", "parts", "addrs"})
MAX_PARTS = 500
_LOOKED_AT = 300
_MAX_NAMES = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 4_102_444_800_000  # the year 2100
_SECONDS_BELOW = 100_000_000_000
_OURS = re.compile(r"<(smses|calls|allsms|sms|mms|call)[\s/>]")
_NO_NAMES = frozenset({"", "null", "(unknown)", "unknown"})
_OUTGOING = {"1": False, "2": True, "4": True, "5": True, "6": True}
_CALLS = {"1": False, "2": True, "3": False, "4": False, "5": False, "6": False, "7": False}
_CALL_MARKS = {"3": "missed", "4": "voicemail", "5": "rejected", "6": "blocked"}
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_FROM, _TO = "137", {"151", "130", "129"}


@dataclass
class _Element:
    """A record and what stands inside it."""

    tag: Tag
    parts: list[Tag] = field(default_factory=list)
    addresses: list[Tag] = field(default_factory=list)
    odd: list[Tag] = field(default_factory=list)
    is_closed: bool = True


def is_mine(path: Path) -> bool:
    """Whether this is such a backup."""
    try:
        text = head(Source(path))
    except Broken:
        return False
    return text.lstrip().startswith("<") and bool(_OURS.search(text))


def guess(path: Path) -> Guess:
    """Its first messages and calls, and whom they were with. Dates are instants: there is nothing to ask."""
    names: dict[str, None] = {}
    examples: list[Item] = []
    for looked_at, record in enumerate(read(path, Options()), 1):
        if isinstance(record, Item):
            if len(examples) < EXAMPLES:
                examples.append(record)
            names.update(dict.fromkeys(name for name in (record.sender, *record.recipients) if name))
        if looked_at >= _LOOKED_AT or len(names) > _MAX_NAMES:
            break
    return Guess("sms_xml", Options(), examples=tuple(examples), names=tuple(names)[:_MAX_NAMES])


def read(path: Path, options: Options) -> Iterator[Record]:
    """Every message and call of a backup, streamed.

    Raises:
        Unreadable: it declares a document type, or holds no record at all.
    """
    number = 0
    try:
        with Source(path).opened() as file:
            for found in _elements(Tags(Utf8(file))):
                number += 1
                yield _record(found, number, options)
    except Broken:
        yield Reject(number=number + 1, place_kind="element", place_number=number + 1, code="damaged_from_here")
        return
    if not number:
        raise Unreadable("no_records")


def media_bytes(path: Path, member: str) -> Iterator[bytes]:
    """The bytes of one part, decoded piece by piece.

    Raises:
        Unreadable: the file has no such place.
    """
    found = re.fullmatch(r"(\d{1,15}):(\d{1,12})", member)
    if not found:
        raise Unreadable("no_member")
    try:
        with Source(path).opened() as file:
            yield from _decoded(Utf8(file), int(found[1]), int(found[2]))
    except (Broken, binascii.Error) as error:
        raise Unreadable("damaged") from error


def _decoded(file: Utf8, offset: int, length: int) -> Iterator[bytes]:
    chunk, rest = file.skip(offset), b""
    while length > 0:
        chunk = (chunk or file.read(min(CHUNK_BYTES, length)))[:length]
        if not chunk:
            raise Unreadable("damaged")
        length -= len(chunk)
        # Line ends are written as references ("&#10;"): their figures must not be taken for content.
        text, rest = _without_references(rest + chunk, is_last=length <= 0)
        letters = _BASE64.sub(b"", text)
        whole = len(letters) - len(letters) % 4
        if length <= 0:
            last = letters[whole:]
            yield binascii.a2b_base64(letters[:whole] + (last + b"=" * (-len(last) % 4) if len(last) > 1 else b""))
            return
        yield binascii.a2b_base64(letters[:whole])
        rest, chunk = letters[whole:] + rest, b""


def _without_references(text: bytes, *, is_last: bool) -> tuple[bytes, bytes]:
    cut = len(text)
    if not is_last and (start := text.rfind(b"&", max(0, cut - 10))) >= 0 and b";" not in text[start:]:
        cut = start
    return re.sub(rb"&#?\w{1,8};", b"", text[:cut]), text[cut:]


def _elements(tags: Tags) -> Iterator[_Element]:
    """Records with their parts together; everything that is none stands for itself."""
    current: _Element | None = None
    is_open = False
    for tag in tags:
        if tag.name in HOLDERS:
            is_open = _is_open_after(tag, is_open)
            continue
        if current is not None and _belongs(tag, current):
            continue
        if current is not None:
            # The next record may begin before this one ended.
            current.is_closed = tag.is_closing and tag.name == "mms"
            yield from _whole(current)
        is_mms = tag.name == "mms" and not (tag.is_empty or tag.is_closing)
        current = _Element(tag) if is_mms else None
        is_open = is_open and tag.code != "ends_early"
        if not (is_mms or (tag.is_closing and tag.name in RECORDS)):
            yield _Element(tag)
    if current is not None:
        current.is_closed = False
        yield from _whole(current)
    if is_open:
        yield _Element(Tag("", {}, b"", 0, code="ends_early"))


def _is_open_after(tag: Tag, is_open: bool) -> bool:
    """Whether the file as a whole is open: one that was cut off never closes what it began with."""
    if tag.name in {"parts", "addrs"} or tag.is_empty:
        return is_open
    return not tag.is_closing


def _whole(current: _Element) -> Iterator[_Element]:
    """A record, then what stands in it and cannot be read."""
    yield current
    for tag in current.odd:
        yield _Element(tag)


def _belongs(tag: Tag, current: _Element) -> bool:
    """Whether a tag stands inside the record, and takes it in; too many of them stand for themselves."""
    kinds = {"part": current.parts, "addr": current.addresses}
    place = kinds.get(tag.name, current.odd if tag.code and tag.code != "ends_early" else None)
    if place is None or len(place) >= MAX_PARTS:
        return False
    if not tag.is_closing:
        place.append(tag)
    return True


def _record(found: _Element, number: int, options: Options) -> Record:
    tag = found.tag
    raw = short(b"\n".join(each.raw for each in (tag, *found.parts, *found.addresses)).decode("utf-8", "replace"))
    if tag.code or tag.name not in RECORDS:
        code = tag.code or "unknown_element"
        return Reject(number=number, place_kind="element", place_number=number, code=code, raw=raw)
    instant = _instant(tag.attributes.get("date", ""))
    if instant is None:
        code = "bad_date" if tag.attributes.get("date") else "no_date"
        return Reject(number=number, place_kind="element", place_number=number, code=code, raw=raw)
    if tag.attributes.get("type" if tag.name == "sms" else "msg_box") == "3" and tag.name != "call":
        return Skip(number=number, place_kind="element", place_number=number, code="draft", raw=raw)
    make = {"sms": _sms, "mms": _mms, "call": _call}[tag.name]
    item = make(found, Item(
        number=number, place_kind="element", place_number=number, kind="message", instant=instant, raw=raw,
        when_words=_known(tag.attributes.get("readable_date")) or tag.attributes["date"].strip(),
        marks=frozenset(() if found.is_closed else {"damaged"}),
    ))  # fmt: skip
    return _with_sides(item, found, options)


def _instant(written: str) -> datetime | None:
    """An instant from milliseconds since 1970; some versions write seconds for picture messages."""
    with suppress(ValueError, OverflowError):
        number = int(written.strip()[:20])
        if 0 < number < _SECONDS_BELOW:
            number *= 1000
        if 0 < number < _LATEST_MS:
            return _EPOCH + timedelta(milliseconds=number)
    return None


def _known(value: str | None) -> str:
    value = (value or "").strip()
    return "" if value.casefold() in _NO_NAMES else shown(value)[0][:200]


def _person(name: str | None, number: str | None) -> str:
    """A name with its number: in evidence the number counts."""
    called, dialled = _known(name), _known(number)
    return f"{called} ({dialled})" if called and dialled and called != dialled else called or dialled


def _with_sides(item: Item, found: _Element, options: Options) -> Item:
    """Who wrote or called, and whom: the owner of the phone has the name she gave, or none."""
    written = found.tag.attributes
    is_call = found.tag.name == "call"
    person = _person(written.get("contact_name"), written.get("number" if is_call else "address"))
    directions = _CALLS if is_call else _OUTGOING
    is_outgoing = directions.get(written.get("msg_box" if found.tag.name == "mms" else "type", ""))
    froms = _addresses(found, {_FROM})
    others = _addresses(found, _TO)
    if is_outgoing:
        people = others if len(others) > 1 else (person,) if person else ()
        return replace(item, sender=options.own_name, recipients=people, is_outgoing=True)
    if is_outgoing is False and froms and len(others) > 1:
        # In a group the record names everybody; who wrote stands among the addresses alone.
        return replace(item, sender=froms[0], recipients=others, is_outgoing=False)
    mine = (options.own_name,) if options.own_name and is_outgoing is False else ()
    return replace(item, sender=person, recipients=mine, is_outgoing=is_outgoing)


def _addresses(found: _Element, kinds: set[str]) -> tuple[str, ...]:
    written = (
        _known(each.attributes.get("address")) for each in found.addresses if each.attributes.get("type") in kinds
    )
    return tuple(each for each in written if each and each != "insert-address-token")


def _sms(found: _Element, item: Item) -> Item:
    written = found.tag.attributes
    text, marks = shown(_text(written.get("body")))
    if written.get("type") == "5":
        marks |= {"failed"}
    return replace(item, text=text, subject=_known(written.get("subject")), marks=item.marks | marks)


def _text(value: str | None) -> str:
    return "" if value is None or value == "null" else value


def _mms(found: _Element, item: Item) -> Item:
    texts: list[str] = []
    media: list[Media] = []
    for part in found.parts:
        kind = part.attributes.get("ct", "").lower()
        if kind == "text/plain" and part.data is None:
            texts.append(_text(part.attributes.get("text")))
        elif kind != "application/smil":
            media.append(_part(part, kind, len(media) + 1))
    text, marks = shown("\n".join(each for each in texts if each))
    subject = _known(found.tag.attributes.get("sub"))
    return replace(item, text=text, subject=subject, media=tuple(media), marks=item.marks | marks)


def _part(part: Tag, kind: str, number: int) -> Media:
    names = (_known(part.attributes.get(key)) for key in ("cl", "fn", "name"))
    name = next((name for name in names if name), f"{number}")
    if part.data is None or not part.data[1]:
        return Media(name, media_type=kind)
    offset, length = part.data
    return Media(name, f"{offset}:{length}", kind, length * 3 // 4)


def _call(found: _Element, item: Item) -> Item:
    written = found.tag.attributes
    seconds = written.get("duration", "")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) < 8
    mark = _CALL_MARKS.get(written.get("type", ""))
    return replace(
        item, kind="call", duration_seconds=int(seconds) if is_number else None,
        marks=item.marks | ({mark} if mark else frozenset()),
    )  # fmt: skip
