"""How a line of the log is written: where something broke and of which kind, never what it said.

What an error says is not ours: a database quotes the row it refused, a mail server the address, a parser the text.
"""

import copy
import logging
import traceback
from collections.abc import Mapping
from typing import Any

NO_PAGE = "an address that is no page"
KEY = "token"  # in an address: it opens something together with a passcode
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"


class LineFormatter(logging.Formatter):
    """Lines without what an error says, and without an address somebody made up: it may hold anything."""

    def __init__(self) -> None:
        """One form of line for all parts."""
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        """One record as it goes into the log; the record itself stays as it is for others."""
        line = copy.copy(record)
        line.exc_text = None  # another handler may have kept the error's words there
        line.args = _harmless(record)
        return super().format(line)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """The way to the error and its kind, the error it came from first."""
        parts: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + _kind_of(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nled to\n".join(reversed(parts))


def _kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _harmless(record: logging.LogRecord) -> Any:
    """What is put into a line: of Django's an address only if it is one of ours, of Celery's no error's words."""
    request, args = getattr(record, "request", None), record.args
    if isinstance(args, Mapping) and "exc" in args:
        return {**args, "exc": "see the error's kind", "traceback": ""}
    if request is None or not isinstance(args, tuple):
        return args
    path = getattr(request, "path", None)
    return tuple(_address(request) if value == path else value for value in args)


def _address(request: Any) -> str:
    """One of our addresses, without the half of a key that some end with."""
    page = getattr(request, "resolver_match", None)
    if not page:
        return NO_PAGE
    return str(request.path.replace(page.kwargs[KEY], "…") if KEY in page.kwargs else request.path)
