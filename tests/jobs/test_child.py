import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import child, nursery
from nsvcs.celery import SOFT_LIMIT_SECONDS

HERE = "tests.jobs.child_targets"


@pytest.fixture(autouse=True, params=["warm", "from nothing"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds for a child that a nursery forks off as for one that starts from nothing."""
    if request.param == "from nothing":
        monkeypatch.setattr(nursery, "start", lambda *_: None)


def call(
    name: str, payload: dict | None = None, *, memory_mb: int = 1024, seconds: int = 20, **more: Any
) -> child.Outcome:
    return child.run(f"{HERE}:{name}", payload or {}, memory_mb=memory_mb, seconds=seconds, **more)


def code_of(name: str, payload: dict | None = None, **limits: Any) -> str:
    with pytest.raises(child.ChildFailed) as caught:
        call(name, payload, **limits)
    return caught.value.code


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        yield server


def test_result_comes_back_with_what_it_cost() -> None:
    outcome = call("double", {"number": 21})

    assert outcome.result["twice"] == 42
    assert 5_000_000 < outcome.peak_rss_bytes < 200_000_000
    assert outcome.cpu_seconds >= 0


def test_child_sees_no_secret_of_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEY", "not-for-children")

    environment = call("double", {"number": 1}).result["environment"]

    assert set(environment) <= {"PATH", "LANG", "FONTCONFIG_FILE", "PYTHONHASHSEED", "NSVCS_CHILD", "LC_CTYPE"}


def test_child_inherits_no_socket(listener: socket.socket) -> None:
    os.set_inheritable(listener.fileno(), True)

    assert not [name for name in call("descriptors").result["open"] if name.startswith("socket:")]


@pytest.mark.parametrize("family", ["unix", "internet"])
def test_child_cannot_connect(listener: socket.socket, tmp_path: object, family: str) -> None:
    port = listener.getsockname()[1]

    assert code_of("connect", {"family": family, "address": f"{tmp_path}/s", "port": port}) == "crash"
    with pytest.raises(TimeoutError):
        listener.accept()


def test_child_has_a_network_of_its_own_beneath_python(listener: socket.socket) -> None:
    outcome = call("connect_beneath_python", {"port": listener.getsockname()[1]})

    # Where the kernel gives no network namespace the audit hook is what is left, and the outcome says so.
    assert outcome.has_own_network is (outcome.result["answer"] != 0)


def test_refusal_carries_the_targets_own_code() -> None:
    assert code_of("refuse", {"code": "password"}) == "refused:password"


def test_fatal_error_that_is_no_ordinary_exception_is_reported_without_its_words() -> None:
    with pytest.raises(child.ChildFailed) as caught:
        call("fatal")

    assert (caught.value.code, caught.value.detail) == ("crash", "Fatal")
    assert "narrative" not in str(caught.value)


def test_too_much_memory_ends_the_child_only() -> None:
    assert code_of("eat_memory", memory_mb=512) == "memory"


def test_limits_are_set() -> None:
    assert call("limits", memory_mb=300, file_mb=7).result == {
        "RLIMIT_AS": 300 * 1024**2,
        "RLIMIT_FSIZE": 7 * 1024**2,
    }


def test_file_over_the_limit_is_a_matter_of_disk(tmp_path: object) -> None:
    assert code_of("write_large", {"path": f"{tmp_path}/f"}, file_mb=1) == "disk"


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk"), (errno.EFBIG, "disk"), (errno.EIO, "crash")])
def test_disk_that_a_library_tells_of_in_its_own_way_is_a_matter_of_disk(number: int, code: str) -> None:
    assert code_of("fail_as_a_library_does", {"errno": number}) == code


def test_crash_is_reported() -> None:
    assert code_of("crash") == "crash"


def test_unknown_target_is_reported() -> None:
    assert code_of("no_such_function") == "crash"


def test_slow_child_is_ended_with_all_it_started(tmp_path: object) -> None:
    assert code_of("sleep", {"pids": f"{tmp_path}/pids"}, waiting=2) == "time"

    assert are_over(f"{tmp_path}/pids")


def test_child_that_waits_longer_than_it_may_work_gives_its_result() -> None:
    """As one does on a machine with much else to do: the processor's time is counted, not the clock's."""
    assert call("wait", {"seconds": 2.5}, seconds=1).result == {"waited": 2.5}


def test_child_that_only_waits_is_ended_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WAITS", 2)

    assert code_of("wait", {"seconds": 60}, seconds=1) == "time"


def test_child_that_works_for_ever_is_ended_by_its_own_limit() -> None:
    with pytest.raises(child.ChildFailed) as caught:
        call("work_for_ever", seconds=1, waiting=300)

    assert (caught.value.code, caught.value.detail) == ("time", f"ended with {-signal.SIGXCPU}")


def test_it_is_never_waited_for_less_than_it_may_work_nor_longer_than_a_job() -> None:
    for seconds in (1, 25, 120, 600, 3600):
        assert seconds <= child._longest_wait(seconds) <= max(seconds, SOFT_LIMIT_SECONDS - 60)


def are_over(path: str) -> bool:
    with open(path) as file:
        pids = [int(number) for number in file.read().split()]
    deadline = time.monotonic() + 5
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def test_child_that_is_not_wanted_any_more_is_ended_with_all_it_started(tmp_path: object) -> None:
    stop = threading.Event()
    threading.Timer(1, stop.set).start()
    began = time.monotonic()
    assert code_of("sleep", {"pids": f"{tmp_path}/pids"}, seconds=60, stop=stop) == "stopped"
    assert time.monotonic() - began < 5
    assert are_over(f"{tmp_path}/pids")


def test_child_that_may_be_stopped_and_is_not_gives_its_result() -> None:
    order = {"number": "x" * 200_000}  # longer than a pipe holds
    told = call("double", order, stop=threading.Event())
    assert len(told.result["twice"]) == 400_000
