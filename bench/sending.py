"""What sending a long file in pieces costs: against the same bytes hashed and written, and in memory of the process.

    .venv/bin/python -m bench.sending [MEGABYTES]

The pieces go through the whole of Django, row security and the trail included, in one process of its own test database.
"""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nsvcs.embedded.database import start_database

ROOT = Path(__file__).resolve().parent.parent
MB = 1024 * 1024
PIECE = 5 * MB
INSIDE = """
import base64, hashlib, os, resource, time
import pytest
from jobs.actions import run_due
from logs.models import Arrival
from nsvcs import tus
from nsvcs.ids import uuid7
from tests.factories import CaseFactory
from tests.logs.test_arriving import Sender

@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_sending(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    total, piece = int(os.environ["BENCH_MB"]) * 2**20, 5 * 2**20
    filling = os.urandom(piece)
    head = b"\\0\\0\\0\\x18ftypmp42\\0\\0\\0\\0mp42isom" + (total - 24).to_bytes(4, "big") + b"free"
    sender = Sender(CaseFactory(portal=True).victim.user)
    sender.begin(total, draft=uuid7())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, times = time.perf_counter(), []
    for offset in range(0, total, piece):
        part = (head + filling[len(head):] if not offset else filling)[: total - offset]
        checksum = "sha256 " + base64.b64encode(hashlib.sha256(part).digest()).decode()
        began = time.perf_counter()
        assert sender.put(offset, part, Upload_Checksum=checksum).status_code == 204
        times.append(time.perf_counter() - began)
    sent = sum(times)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    start = time.perf_counter()
    run_due()
    looked = time.perf_counter() - start
    assert Arrival.objects.get().state == "whole"
    times.sort()
    median, late = times[len(times) // 2] * 1000, times[int(len(times) * .95)] * 1000
    print(f"RESULT {sent:.2f} {looked:.2f} {median:.0f} {late:.0f} {grown:.0f}")
"""


def floor(megabytes: int, folder: Path) -> float:
    """Seconds to hash the same pieces once, write them and flush each to the disk."""
    filling, start = os.urandom(PIECE), time.perf_counter()
    with (folder / "floor").open("wb", buffering=0) as file:
        for _ in range(0, megabytes * MB, PIECE):
            hashlib.sha256(filling).digest()
            file.write(filling)
            os.fsync(file.fileno())
    return time.perf_counter() - start


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(dir="var") as name:
        folder = Path(name)
        least = floor(megabytes, folder)
        (folder / "floor").unlink()
        inside = folder / "test_inside.py"
        inside.write_text(INSIDE)
        environment = {**os.environ, "BENCH_MB": str(megabytes), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        start_database(ROOT / "var" / "test", for_tests=True)
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:randomly", "--rootdir", ".", str(inside)]
        command += [f"--basetemp={folder / 'temp'}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        line = next((each for each in done.stdout.splitlines() if "RESULT" in each), "")
    if not line:
        sys.exit(done.stdout[-3000:] + done.stderr[-2000:])
    sent, looked, median, late, grown = (float(each) for each in line.split("RESULT")[1].split())
    print(f"{megabytes} MB in pieces of 5 MB; Python {sys.version.split()[0]}; peak {peak():.0f} MB before")
    print(f"floor (hash, write, flush each piece): {least:.2f} s, {megabytes / least:.0f} MB/s")
    print(f"sent: {sent:.2f} s, {megabytes / sent:.0f} MB/s, ratio {sent / least:.2f}")
    print(f"a piece: median {median:.0f} ms, 95th percentile {late:.0f} ms; memory grew by {grown:.0f} MB")
    print(f"looked at by the worker (digest of the whole and of each piece): {looked:.2f} s")


def peak() -> float:
    """Peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
