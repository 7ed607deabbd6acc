"""Read chats, backups, mail and tables of two sizes and print times, memory and the ratio to reading the same bytes.

python -m bench.importing [messages …]
"""

import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

SIZES = (10_000, 100_000)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
TEXT = "message number {} with some words in it, as people write them; not long, not short"


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
        return
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("source     records       MB  look (s)  read (s)  by clock  a second  memory MB   ratio to reading the bytes")
    with tempfile.TemporaryDirectory() as folder:
        for name in WRITERS:
            for size in sizes:
                path = Path(folder) / name
                WRITERS[name](path, size)
                # A process each: what one has used must not count for the next.
                subprocess.run([sys.executable, "-m", "bench.importing", "--one", name, str(path)], check=True)


def one(name: str, path: Path) -> None:
    from logs.importing import guess, read, sniff

    floor = floor_seconds(path)
    before = peak_mb()
    # Seconds of processor: the clock says more of who else uses the machine.
    began = time.process_time()
    kind = sniff(path)
    assert kind is not None
    options = guess(path, kind).options
    looked = time.process_time() - began
    began, clock = time.process_time(), time.monotonic()
    count = sum(1 for _ in read(path, kind, options))
    seconds, clock = time.process_time() - began, time.monotonic() - clock
    size = path.stat().st_size / 1e6
    print(
        f"{name:9} {count:8} {size:8.1f} {looked:8.2f} {seconds:7.2f} {clock:9.2f} {count / seconds:9.0f} "
        f"{before:7.0f} +{peak_mb() - before:3.0f} {seconds / floor:9.0f}",
        flush=True,
    )


def floor_seconds(path: Path) -> float:
    times = 1 + int(100e6 / path.stat().st_size)
    began = time.process_time()
    for _ in range(times):
        with path.open("rb") as file:
            while file.read(256 * 1024):
                pass
    return (time.process_time() - began) / times


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def moment(number: int) -> datetime:
    return FIRST + timedelta(minutes=7 * number)


def chat(path: Path, size: int) -> None:
    with path.open("w") as out:
        for number in range(size):
            name = "Sam Poole" if number % 3 else "Anna"
            out.write(f"{moment(number):%d/%m/%Y, %H:%M} - {name}: {TEXT.format(number)}\n")


def backup(path: Path, size: int) -> None:
    with path.open("w") as out:
        out.write(f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{size}\">\n")
        for number in range(size):
            milliseconds = int(moment(number).timestamp() * 1000)
            out.write(
                f'<sms protocol="0" address="+447700900123" date="{milliseconds}" type="{1 + number % 2}" '
                f'subject="null" body="{TEXT.format(number)} &#55357;&#56832;" toa="null" sc_toa="null" '
                'service_center="null" read="1" status="-1" locked="0" contact_name="Sam Poole" />\n'
            )
        out.write("</smses>\n")


def pictures(path: Path, size: int) -> None:
    """A tenth as many picture messages, each with 200 kB of picture."""
    picture = "QUJD" * 66_000
    with path.open("w") as out:
        out.write("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses>\n")
        for number in range(size // 10):
            milliseconds = int(moment(number).timestamp() * 1000)
            out.write(
                f'<mms date="{milliseconds}" msg_box="1" address="+447700900123"><parts><part seq="0" ct="image/jpeg" '
                f'cl="{number}.jpg" data="{picture}" /></parts></mms>\n'
            )
        out.write("</smses>\n")


def mailbox(path: Path, size: int) -> None:
    with path.open("w") as out:
        for number in range(size):
            out.write(
                f"From sam@example.org {moment(number):%a %b %d %H:%M:%S %Y}\nFrom: =?utf-8?q?Sam_P=C3=B6ole?= "
                f"<sam@example.org>\nTo: Anna <anna@example.org>\nSubject: =?utf-8?q?caf=C3=A9?= {number}\n"
                f"Date: {moment(number):%a, %d %b %Y %H:%M:%S} +0000\nMIME-Version: 1.0\n"
                'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n'
                f"{TEXT.format(number)}\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>{number}</p>\n--b--\n\n"
            )


def table(path: Path, size: int) -> None:
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            ["Date and time", "Location", "What happened", "Evidence", "Police", "Impact", "Changes", "Others"]
        )
        for number in range(size):
            rows.writerow([f"{moment(number):%d/%m/%Y %H:%M}", "home", TEXT.format(number), "photo", "", "", "", ""])


def calls(path: Path, size: int) -> None:
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["Date", "Time", "Number", "Type", "Duration"])
        for number in range(size):
            rows.writerow(
                [f"{moment(number):%d/%m/%Y}", f"{moment(number):%H:%M}", "07700 900123", "Missed", "0:00:12"]
            )


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "chat": chat, "backup": backup, "pictures": pictures, "mailbox": mailbox, "table": table, "calls": calls,
}  # fmt: skip


if __name__ == "__main__":
    main()
