"""Measure the pages of a filled service, as people of every kind open them, and hold them to what is aimed for.

    .venv/bin/python -m bench.pages --preset small
    .venv/bin/python -m bench.pages --preset full --times 60
    .venv/bin/python -m bench.pages --alone --only "case page,case log"

A real web process on loopback answers, as its own database role, with row security and the trail. First each page is
opened with nobody else there, for the processor time that web and database spend on it. Then, while sixty staff and
three hundred portal users keep opening others, the least, the median and the 95th percentile in milliseconds; beside
them how many queries the page takes, and the ratio to the same rows by hand-written SQL.
"""

import argparse
import os
import platform
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import django

from bench.floors import FLOORS
from bench.processor import Processor
from bench.service import PRESETS, Service, enter
from bench.visits import AIMS, Visit, Visitors

LOAD_A_SECOND = 60 / 10 + 300 / 30  # a page every ten seconds each in the office, every thirty in the portal


class Door:
    """One kept connection to the web process."""

    def __init__(self, port: int) -> None:
        self.port, self.way = port, HTTPConnection("localhost", port, timeout=60)

    def open(self, visit: Visit) -> float:
        """Milliseconds until the whole page is here.

        Raises:
            RuntimeError: it is not the page that was asked for.
        """
        body = urlencode(visit.data) if visit.data else None
        began = time.perf_counter()
        try:
            self.way.request("POST" if body else "GET", visit.path, body, visit.headers(self.port))
            answer = self.way.getresponse()
        except (HTTPException, OSError):  # the process was replaced after its thousands of requests
            self.way.close()
            began = time.perf_counter()
            self.way.request("POST" if body else "GET", visit.path, body, visit.headers(self.port))
            answer = self.way.getresponse()
        answer.read()
        if answer.status != visit.status:
            raise RuntimeError(f"{visit.path} answered {answer.status} and not {visit.status}")
        return (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--times", type=int, default=40, help="how often each page is opened")
    parser.add_argument("--alone", action="store_true", help="nobody else is there while a page is measured")
    parser.add_argument("--only", default="", help="these pages, parted by commas")
    asked = parser.parse_args()
    only = [name.strip() for name in asked.only.split(",") if name.strip()] or list(AIMS)
    enter(asked.preset)
    service = Service(asked.preset)
    with service.running():
        django.setup()
        _tell_what(service, asked.preset)
        visitors = Visitors(service)
        _measure(service, visitors, only, asked.times, 0 if asked.alone else LOAD_A_SECOND)
        for name in ("case log", "case page"):
            _throughput(service, visitors, name, clients=16, seconds=15)


def _tell_what(service: Service, preset: str) -> None:
    with service.connect() as connection:
        database = connection.info.parameter_status("server_version")
    filled = service.filled()
    print(f"{preset}: " + ", ".join(f"{number:,} {name}" for name, number in filled["rows"].items()))
    print(
        f"Python {platform.python_version()}, Django {django.__version__}, PostgreSQL {database},"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; filled in {filled['seconds']} s"
    )


def _measure(service: Service, visitors: Visitors, names: list[str], times: int, load: float) -> None:
    print(
        f"{'page':<36}{'web':>7}{'base':>7}{'least':>8}{'median':>8}{'p95':>8}{'aim':>6}{'queries':>9}{'floor':>8}{'ratio':>7}"
    )
    door, missed = Door(service.copy.port), []
    processor = Processor(service.var, service.copy.children.running["web"].pid)
    for name in names:
        queries = visitors.count_queries(visitors.next(name))
        for _warm in range(8):  # each of two processes has seen it, and its database too
            door.open(visitors.next(name))
        before = processor.used()
        for _time in range(times):
            door.open(visitors.next(name))
        spent = {part: (total - before[part]) / times for part, total in processor.used().items()}
        with _others(service, visitors, load):
            took = sorted(door.open(visitors.next(name)) for _time in range(times))
        floor = _floor(service, visitors, name)
        middle, high = statistics.median(took), took[int(0.95 * (len(took) - 1))]
        missed += [name] if high > AIMS[name] else []
        print(
            f"{name:<36}{spent['web']:>7.1f}{spent['database']:>7.1f}{took[0]:>8.0f}{middle:>8.0f}{high:>8.0f}"
            f"{AIMS[name]:>6}{queries:>9}{floor:>8.2f}{middle / floor:>7.0f}",
            flush=True,
        )
    print(f"missed: {', '.join(missed) or 'none'}; load {os.getloadavg()[0]:.1f}")


def _floor(service: Service, visitors: Visitors, name: str) -> float:
    """Milliseconds for the rows alone: the middle of twenty."""
    took = []
    with service.connect() as connection, connection.transaction(force_rollback=True):
        for _time in range(20):
            facts = visitors.next(name).facts
            began = time.perf_counter()
            cursor = connection.execute(FLOORS[name].encode(), facts)
            if cursor.description:
                cursor.fetchall()
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


@contextmanager
def _others(service: Service, visitors: Visitors, a_second: float) -> Iterator[None]:
    """Other people opening other pages meanwhile, so many a second between them."""
    over, people = threading.Event(), 8

    def walk(luck: random.Random) -> None:
        door = Door(service.copy.port)
        while not over.wait(luck.expovariate(a_second / people)):
            with suppress(RuntimeError, HTTPException, OSError):
                door.open(visitors.any(luck))

    threads = [
        threading.Thread(target=walk, args=[random.Random(number)]) for number in range(people if a_second else 0)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _throughput(service: Service, visitors: Visitors, name: str, *, clients: int, seconds: float) -> None:
    """As many of one page, a log of twenty-five entries or a case, as so many clients get in so long."""
    took, failed = list[float](), list[Exception]()
    processor = Processor(service.var, service.copy.children.running["web"].pid)
    before, end = processor.used(), time.monotonic() + seconds

    def hurry() -> None:
        door = Door(service.copy.port)
        while time.monotonic() < end:
            try:
                took.append(door.open(visitors.next(name)))
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=hurry) for _client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    spent = sum(processor.used().values()) - sum(before.values())
    print(
        f"{clients} clients: {len(took) / seconds:.0f} a second of the {name}, median {statistics.median(took):.0f} ms,"
        f" p95 {took[int(0.95 * (len(took) - 1))]:.0f} ms, {len(failed)} failed,"
        f" {spent / len(took):.1f} ms of processor each; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
