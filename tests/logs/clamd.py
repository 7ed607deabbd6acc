"""A small scanner that speaks clamd's INSTREAM: it looks for the test virus, inside packed files and e-mail too.

The test virus is put together from two halves when this is run, so that no scanner trips over this repository.
"""

import email
import io
import socketserver
import struct
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

VIRUS = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"))
NAME = "Eicar-Signature"
DEEPEST = 8


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """The server; its attributes are what a test may change while it runs."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address: Any = ("127.0.0.1", 0)) -> None:
        super().__init__(address, _Talk)
        self.stream_bytes = 100_000_000
        self.seconds = 0.0  # before it answers
        self.says = ""  # instead of what it found
        self.version = "ClamAV 1.4.6/27830/Wed Nov 25 08:22:11 2026"
        self.commands: list[str] = []
        self.is_hanging_up = False

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class UnixClamd(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The same on a unix socket."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Talk)
        self.stream_bytes, self.seconds, self.says, self.version = 100_000_000, 0.0, "", "ClamAV 1.4.6"
        self.commands: list[str] = []
        self.is_hanging_up = False
        self.url = f"unix://{path}"


class _Talk(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        command = self._until_nul()
        self.server.commands.append(command)
        if self.server.is_hanging_up:
            return
        if command == "zINSTREAM":
            self._scan()
        elif command == "zPING":
            self.request.sendall(b"PONG\0")
        elif command == "zVERSION":
            self.request.sendall(self.server.version.encode() + b"\0")

    def _until_nul(self) -> str:
        told = b""
        while not told.endswith(b"\0"):
            piece = self.request.recv(1)
            if not piece:
                return ""
            told += piece
        return told[:-1].decode()

    def _exactly(self, size: int) -> bytes:
        told = b""
        while len(told) < size and (piece := self.request.recv(size - len(told))):
            told += piece
        return told

    def _scan(self) -> None:
        content = io.BytesIO()
        while size := struct.unpack("!L", self._exactly(4) or b"\0\0\0\0")[0]:
            content.write(self._exactly(size))
            if content.tell() > self.server.stream_bytes:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        time.sleep(self.server.seconds)
        said = self.server.says or found_in(content.getvalue())
        try:
            self.request.sendall(f"stream: {said}\0".encode())
        except OSError:  # whoever asked has given up
            return


def found_in(content: bytes, depth: int = 0) -> str:
    """What this scanner says of some bytes."""
    if depth > DEEPEST:
        return "Heuristics.Limits.Exceeded.MaxRecursion FOUND"
    if VIRUS in content:
        return f"{NAME} FOUND"
    inside = [found_in(each, depth + 1) for each in _parts(content)]
    return next((said for said in inside if said != "OK"), "OK")


def _parts(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield packed.read(name)
    elif b"\nMIME-Version:" in content[:4096] or b"\nContent-Type:" in content[:4096]:
        for part in email.message_from_bytes(content).walk():
            if not part.is_multipart():
                yield bytes(part.get_payload(decode=True) or b"")


@contextmanager
def running(server: Any = None) -> Iterator[Any]:
    """A scanner that answers for as long as the context lasts."""
    server = server or Clamd()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(content: bytes, name: str = "inside.txt") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return packed.getvalue()


def as_document(content: bytes) -> bytes:
    """A Word document with something in its media folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        file.writestr("word/document.xml", "<document/>")
        file.writestr("word/media/one.bin", content)
    return packed.getvalue()


def as_mail(content: bytes) -> bytes:
    """An e-mail with something attached, in base64."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "hello"
    mail["Date"] = "Wed, 03 Jun 2026 19:00:00 +0100"
    mail.set_content("See what I found.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="one.bin")
    return mail.as_bytes()
