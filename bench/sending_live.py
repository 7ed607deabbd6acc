"""A long film sent in pieces to a service that runs, as a browser sends it: bit for bit, and memory of its processes.

    PORT=8111 bin/start            (in another window)
    .venv/bin/python -m bench.sending_live 2000 [http://localhost:8111]

It signs in as a person of the demo, sends a film of that many MB for a new note, waits until the service says that it
is safe, takes the file back, and compares what lay in the store with what was sent.
"""

import base64
import hashlib
import http.client
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.sending import MB, PIECE, ROOT, floor
from demo.browser import Browser
from demo.check import signed_in
from nsvcs.ids import uuid7

PERSON, PATIENCE = "hannah", 1800
VAR = ROOT / "var"


def pieces(megabytes: int) -> Iterator[bytes]:
    """A film: it begins as an MP4 does, the rest is a box that players skip, no two pieces alike."""
    total, luck = megabytes * MB, random.Random(megabytes)
    head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + (total - 24).to_bytes(4, "big") + b"free"
    for offset in range(0, total, PIECE):
        piece = luck.randbytes(min(PIECE, total - offset))
        yield head + piece[len(head) :] if not offset else piece


def peaks() -> dict[str, float]:
    """Most memory that each kind of process of this service ever held, in MB, as the system counts it."""
    found: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text().replace("\0", " ")
            status = (folder / "status").read_text()
            is_ours = Path(os.readlink(folder / "cwd")) == ROOT
        except OSError:
            continue
        kind = next((name for name in ("gunicorn", "celery") if name in words), "")
        if kind and is_ours and "VmHWM" in status:
            held = int(status.split("VmHWM:")[1].split()[0]) / 1024
            found[kind] = max(found.get(kind, 0.0), held)
    return found


class Line:
    """One kept connection, with the cookies of whoever signed in."""

    def __init__(self, browser: Browser, base: str) -> None:
        form = browser.get("/notes/new/").form_with("csrfmiddlewaretoken", "what_happened")
        if form is None:
            raise SystemExit("The page to write on was not found.")
        jar = next(handler for handler in browser.opener.handlers if hasattr(handler, "cookiejar")).cookiejar
        where = urlsplit(base)
        self.wire = http.client.HTTPConnection(where.hostname or "localhost", where.port, timeout=120)
        self.headers = {
            "Cookie": "; ".join(f"{each.name}={each.value}" for each in jar), "Tus-Resumable": "1.0.0",
            "X-CSRFToken": dict(form.fields)["csrfmiddlewaretoken"], "Origin": base, "HX-Request": "true",
        }  # fmt: skip

    def ask(self, verb: str, path: str, body: bytes | None = None, **more: str) -> Any:
        """Send one request; headers are named with _ for -."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        self.wire.request(verb, path, body=body, headers=self.headers | named)
        answer = self.wire.getresponse()
        return answer, answer.read()


def send(line: Line, megabytes: int) -> tuple[str, str, list[float]]:
    """Send it; returns its address, the digest of what was sent, and seconds for each piece."""
    said = f"filename {base64.b64encode(b'film.mp4').decode()},draft {base64.b64encode(str(uuid7()).encode()).decode()}"
    begun, body = line.ask("POST", "/notes/files/", Upload_Length=str(megabytes * MB), Upload_Metadata=said)
    if begun.status != 201:
        raise SystemExit(f"{begun.status}: {body.decode()}")
    address, whole, offset, times = begun.headers["Location"], hashlib.sha256(), 0, list[float]()
    kind = "application/offset+octet-stream"
    for piece in pieces(megabytes):
        whole.update(piece)
        check = f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}"
        began = time.perf_counter()
        answer, body = line.ask(
            "PATCH", address, piece, Upload_Offset=str(offset), Content_Type=kind, Upload_Checksum=check
        )
        times.append(time.perf_counter() - began)
        if answer.status != 204:
            raise SystemExit(f"{answer.status}: {body.decode()}")
        offset += len(piece)
    return address, whole.hexdigest(), times


def until_safe(line: Line, address: str) -> None:
    """Ask, as the page does, until it is no longer being looked at."""
    letters, until = address.rstrip("/").rpartition("/")[2], time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _, body = line.ask("GET", f"/notes/files/?files={letters}")
        state = json.loads(body)["files"][0]["state"]
        if state == "whole":
            return
        if state != "checking":
            raise SystemExit(f"The service says: {state}.")
        time.sleep(1)
    raise SystemExit("It was not looked at in time.")


def stored(size_bytes: int) -> str:
    """The digest of the one file of this length in the store."""
    (found,) = [path for path in (VAR / "media").rglob("*") if path.is_file() and path.stat().st_size == size_bytes]
    with found.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def timed(act: Callable[[], Any]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    base = sys.argv[2] if len(sys.argv) > 2 else "http://localhost:8111"
    people = json.loads((VAR / "demo.json").read_text())["people"]
    line = Line(signed_in(base, next(each for each in people if each["key"] == PERSON)), base)
    with tempfile.TemporaryDirectory(dir=VAR) as name:
        least = floor(megabytes, Path(name))
    before = peaks()
    address, digest, times = send(line, megabytes)
    sent, arrived = sum(times), peaks()
    looked = timed(lambda: until_safe(line, address))
    is_same = stored(megabytes * MB) == digest
    after = peaks()
    line.wire.close()  # the service has closed it meanwhile
    line.ask("DELETE", address)
    times.sort()
    print(f"{megabytes} MB in pieces of 5 MB to {base}; Python {sys.version.split()[0]}")
    print(f"floor (hash, write, flush each piece): {least:.2f} s, {megabytes / least:.0f} MB/s")
    print(f"sent: {sent:.2f} s, {megabytes / sent:.0f} MB/s, ratio {sent / least:.2f}")
    late = times[int(len(times) * 0.95)] * 1000
    print(f"a piece: median {times[len(times) // 2] * 1000:.0f} ms, 95th percentile {late:.0f} ms")
    print(f"looked at by the worker: {looked:.1f} s; in the store bit for bit: {'yes' if is_same else 'NO'}")
    for kind, held in after.items():
        print(f"peak memory of {kind}: {before[kind]:.0f} MB before, {arrived[kind]:.0f} sent, {held:.0f} looked at")
    if not is_same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
