"""Children of a process that has their libraries loaded: nothing passes from one to the next, and all of them end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from jobs import child, nursery
from tests.jobs.test_child import call, is_running

TARGETS = "tests.jobs.child_targets"


@pytest.fixture(autouse=True)
def _none_before() -> Iterator[None]:
    nursery._end_all()
    yield
    nursery._end_all()


def only() -> nursery.Nursery:
    (kept,) = nursery._kept.values()
    return kept


def ended(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def test_the_second_child_has_the_same_parent_and_nothing_of_the_first() -> None:
    first, second = (call("remember", {"words": words}).result for words in ("of one file", "of another"))
    assert first["parent"] == second["parent"] == only().process.pid
    assert first["own"] != second["own"]
    assert (first["before"], second["before"]) == ([], [])


def test_the_nursery_never_sees_an_order() -> None:
    call("double", {"number": 1, "password": "kept-from-the-nursery"})  # pragma: allowlist secret
    pid = only().process.pid
    call("double", {"number": 2})
    assert b"kept-from-the-nursery" not in memory_of(pid)
    assert b"jobs.nursery" in memory_of(pid)  # it can be read at all


def memory_of(pid: int) -> bytes:
    found = b""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if rights.startswith("rw") and "[v" not in line:
                start, end = (int(side, 16) for side in span.split("-"))
                memory.seek(start)
                found += memory.read(end - start)
    return found


def test_one_that_was_made_ready_has_the_first_child() -> None:
    child.make_ready(TARGETS)
    pid = only().process.pid
    assert call("remember", {"words": "x"}).result["parent"] == pid
    child.make_ready(TARGETS)
    assert only().process.pid == pid


def test_one_made_ready_again_after_it_ended_is_another() -> None:
    child.make_ready(TARGETS)
    pid = only().process.pid
    os.kill(pid, signal.SIGKILL)
    only().process.wait()
    child.make_ready(TARGETS)
    assert call("remember", {"words": "x"}).result["parent"] == only().process.pid != pid


def test_a_module_that_cannot_be_loaded_is_made_ready_by_nobody() -> None:
    child.make_ready("tests.jobs.no_such_module")
    with pytest.raises(child.ChildFailed):
        child.run("tests.jobs.no_such_module:x", {}, memory_mb=200, seconds=5)
    assert not nursery._kept


def test_one_that_was_killed_is_replaced() -> None:
    call("double", {"number": 1})
    before = only().process.pid
    os.kill(before, signal.SIGKILL)
    assert call("double", {"number": 2}).result["twice"] == 4
    assert only().process.pid != before


def test_one_that_nobody_asks_ends_by_itself_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "IDLE_SECONDS", 0.2)
    call("double", {"number": 1})
    before = only().process.pid
    assert ended(before)
    assert call("double", {"number": 2}).result["twice"] == 4


def test_as_many_are_kept_as_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "MOST", 1)
    call("double", {"number": 1})
    before = only().process.pid
    child.run("json:dumps", {}, memory_mb=512, seconds=20)
    assert only().process.pid != before
    assert ended(before)


def test_a_module_that_cannot_be_loaded_is_a_crash() -> None:
    with pytest.raises(child.ChildFailed) as caught:
        child.run("no_such_module:f", {}, memory_mb=512, seconds=20)
    assert caught.value.code == "crash"
    assert not nursery._kept


def test_they_end_with_whoever_started_them(tmp_path: object) -> None:
    code = (
        f"from jobs import child; child.run({TARGETS + ':sleep'!r}, {{'pids': '{tmp_path}/pids'}}, "
        "memory_mb=512, seconds=60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=child.ROOT)
    deadline = time.monotonic() + 20
    while not os.path.exists(f"{tmp_path}/pids") or not os.path.getsize(f"{tmp_path}/pids"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    with open(f"{tmp_path}/pids") as file:
        assert ended(int(file.read().split()[0]))


def test_a_process_forked_off_has_nurseries_of_its_own() -> None:
    call("double", {"number": 1})
    before = only().process.pid
    pid = os.fork()
    if not pid:
        mine = call("double", {"number": 2}).result["twice"] == 4 and only().process.pid != before
        nursery._end_all()
        os._exit(0 if mine else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert call("double", {"number": 3}).result["twice"] == 6
    assert only().process.pid == before


def test_the_most_memory_is_counted_for_each_child_alone() -> None:
    large = call("hold", {"megabytes": 60}).peak_rss_bytes
    small = call("hold", {"megabytes": 1}).peak_rss_bytes
    assert large - small > 50_000_000


def test_an_order_longer_than_a_pipe_holds_arrives_whole() -> None:
    words = "x" * 3_000_000
    assert call("remember", {"words": words}).result["length"] == len(words)
