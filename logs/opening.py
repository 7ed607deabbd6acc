"""What runs in the child process to open a PDF that may be locked with a password."""

from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from jobs.child import Refused

OPENS = "logs.opening:opens"


def opened(path: str, password: str = "") -> pikepdf.Pdf:
    """The document, opened as it is or with the password.

    Raises:
        Refused: `password`: it needs another one, or one at all.
        pikepdf.PdfError: it is damaged.
    """
    for each in _spellings(password):
        try:
            return pikepdf.open(path, password=each)
        except pikepdf.PasswordError:
            continue
    raise Refused("password")


def opens(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Whether `password` opens the document at `path`: nothing else is done with it.

    Raises:
        Refused: `password`: it does not.
    """
    with opened(payload["path"], payload["password"]):
        return {}


def _spellings(password: str) -> Iterator[str | bytes]:
    """The password as typed, without what a phone's keyboard puts behind it, and as older programs wrote it."""
    yield password
    if (bare := password.strip()) != password:
        yield bare
    if not password.isascii():
        yield bare.encode("cp1252", "replace")
