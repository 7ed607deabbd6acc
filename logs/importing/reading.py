"""One door to all readers: tell what a file is, look at its first records, read it, fetch an attachment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from logs.importing import booklet, calls, mail, smsxml, whatsapp
from logs.importing.items import Guess, Options, Record, SourceKind, Unreadable
from logs.importing.sources import entries, is_zip, member_bytes


@dataclass(frozen=True)
class Reader:
    """What each kind of source brings along.

    Args:
        is_mine: whether a file looks like this kind, by its content.
        guess: how it would read it.
        read: its records, streamed.
        media_bytes: the bytes of one attachment, in pieces; None where the kind has none.
    """

    is_mine: Callable[[Path], bool]
    guess: Callable[[Path], Guess]
    read: Callable[[Path, Options], Iterator[Record]]
    media_bytes: Callable[[Path, str], Iterator[bytes]] | None = None


def _booklet(
    kind: SourceKind, is_mine: Callable[[Path], bool], fetch: Callable[[Path, str], Iterator[bytes]] | None = None
) -> Reader:
    return Reader(
        is_mine, lambda path: booklet.guess(path, kind), lambda path, options: booklet.read(path, kind, options), fetch
    )


READERS: dict[SourceKind, Reader] = {
    "booklet_docx": _booklet("booklet_docx", booklet.is_word, member_bytes),
    "booklet_xlsx": _booklet("booklet_xlsx", booklet.is_excel),
    "whatsapp": Reader(whatsapp.is_mine, whatsapp.guess, whatsapp.read, member_bytes),
    "email": Reader(mail.is_mine, mail.guess, mail.read, mail.media_bytes),
    "sms_xml": Reader(smsxml.is_mine, smsxml.guess, smsxml.read, smsxml.media_bytes),
    "booklet_csv": _booklet("booklet_csv", booklet.is_csv),
    "calls_csv": Reader(calls.is_mine, calls.guess, calls.read),
}


def sniff(path: Path) -> SourceKind | None:
    """Which reader a file is for, by its content and never by its name; None when it is for none.

    Raises:
        Unreadable: the file is empty, or an archive that must not be opened.
    """
    if path.stat().st_size == 0:
        raise Unreadable("empty")
    if is_zip(path):
        entries(path)
    return next((kind for kind, reader in READERS.items() if reader.is_mine(path)), None)


def guess(path: Path, kind: SourceKind) -> Guess:
    """How a source would be read: options to confirm, the first items, names and headings seen.

    Raises:
        Unreadable: nothing in the file can be read as this kind.
    """
    return _reader(kind).guess(path)


def read(path: Path, kind: SourceKind, options: Options) -> Iterator[Record]:
    """Every record of a source in its order, streamed; memory does not grow with the file.

    Raises:
        Unreadable: the file as a whole cannot be read. What breaks half way is a last `Reject` instead.
    """
    return _reader(kind).read(path, options)


def media_bytes(path: Path, kind: SourceKind, member: str) -> Iterator[bytes]:
    """The bytes of one attachment, named by `Media.member`, in pieces.

    Raises:
        Unreadable: there is no such attachment, or it is damaged.
    """
    fetch = _reader(kind).media_bytes
    if fetch is None or not member:
        raise Unreadable("no_member")
    return fetch(path, member)


def _reader(kind: SourceKind) -> Reader:
    if kind not in READERS:
        raise Unreadable("unknown")
    return READERS[kind]
