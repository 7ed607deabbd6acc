"""Receiving what is sent: whole or not at all; files streamed to disk, hashed on the way, stopped when too big."""

import errno
import hashlib
import io
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
TOO_MUCH = (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent)


class WholeBody:
    """The body of a request, in which a cut line is an error: servers and Django take it for the end of a shorter one.

    Args:
        stream: where the server gives the body.
        length: how many bytes the browser said it would send.
    """

    def __init__(self, stream: BinaryIO, length: int) -> None:
        """Nothing is read yet."""
        self._stream = stream
        self._left = length

    def read(self, size: int = -1) -> bytes:
        """Exactly `size` bytes, or all that are left.

        Raises:
            ConnectionAbortedError: the line was cut before all had come.
        """
        wanted = self._left if size < 0 else min(size, self._left)
        pieces = []
        while wanted:
            piece = self._stream.read(wanted)
            if not piece:
                raise ConnectionAbortedError("the request was cut short")
            pieces.append(piece)
            wanted -= len(piece)
            self._left -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        """A line; nothing here reads by lines, but the interface asks for it."""
        line = self._stream.readline(self._left if size < 0 else min(size, self._left))
        if not line and self._left:
            raise ConnectionAbortedError("the request was cut short")
        self._left -= len(line)
        return line


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that never sees half of what was sent as if it were all of it."""

    def checked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return checked


class UploadTooLarge(RequestDataTooBig):
    """More bytes of files than `UPLOAD_MAX_BYTES` in one request; `bad_request` answers it with 413."""


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes each file to the disk as it comes and leaves its SHA-256, in hex, as `file.sha256`.

    Raises UploadTooLarge at the first byte over `settings.UPLOAD_MAX_BYTES`, counted over all files of the request:
    before anything is read if the browser says the length, else while reading. What was written so far is removed.

    With no room on the disk the words of the form are still read: the file arrives empty and marked `is_lost`, and its
    field says so.
    """

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *args: Any) -> None:
        self.received = 0
        text = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0  # the other fields of the form come on top
        if content_length > settings.UPLOAD_MAX_BYTES + text:
            raise UploadTooLarge("The request is longer than any file may be.")
        os.makedirs(str(settings.FILE_UPLOAD_TEMP_DIR), exist_ok=True)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.is_lost = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            self.upload_interrupted()
            raise UploadTooLarge("The files are bigger than the limit.")
        self.digest.update(raw_data)
        try:
            if not self.is_lost:
                super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        if error.errno not in DISK_IS_FULL:
            raise error
        self.is_lost = True
        with suppress(OSError):  # closing removes it, and may itself find no room for the last bytes
            self.file.close()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        file = None
        try:
            if not self.is_lost:
                file = super().file_complete(file_size)
        except OSError as error:  # the last bytes were still on their way to the disk
            self._lose(error)
        if self.is_lost:
            lost = UploadedFile(io.BytesIO(), self.file_name, self.content_type, file_size)
            lost.is_lost = True  # type: ignore[attr-defined]
            return lost
        if file is not None:
            file.sha256 = self.digest.hexdigest()  # type: ignore[attr-defined]
        return file


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The site's 400 page (`handler400`): a request with too much in it is 413 and says the limit."""
    if isinstance(exception, TOO_MUCH):
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        return HttpResponse(render_to_string("413.html", {"limit": limit}, request=request), status=413)
    return HttpResponse(render_to_string("400.html", request=request), status=400)
