"""What every test gets: no network, files in a folder of its own, a database server when it asks for one."""

import gc
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from hypothesis.configuration import set_hypothesis_home_dir

from jobs import nursery
from nsvcs import embedded, languages
from nsvcs.embedded.database import start_database
from tests import migrated
from tests.dealing import dealt

set_hypothesis_home_dir(str(embedded.VAR / "hypothesis"))  # what it remembers is no source

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


# Python looks for what holds itself after every 700 new objects, where a request of a test makes tens of thousands.
gc.set_threshold(20_000, 10, 10)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The README's pictures come from a test run, but only when asked: else every run would change them."""
    parser.addoption("--update-pictures", action="store_true", help="write the README's pictures to docs/pictures")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a run of several processes none is left alone with a long test at the end."""
    if worker := getattr(config, "workerinput", None):
        items[:] = dealt(items, worker["workercount"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest, django_db_blocker: Any
) -> None:
    """Start this checkout's test server unless it runs; it stays for the next run, and `bin/test` stops its own."""
    start_database(embedded.VAR, for_tests=True)
    if hasattr(request.config, "workerinput"):  # one of several processes
        with django_db_blocker.unblock():
            migrated.copy_for_this_process(anew=request.config.option.create_db)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Any:
    """A clone of the migrated test database for tests that commit for real; nothing is ever flushed."""
    with django_db_blocker.unblock(), cloned_database(request.config, "own") as name:
        yield name


@contextmanager
def cloned_database(config: pytest.Config, suffix: str) -> Iterator[str]:
    """Every connection opened inside goes to a clone of the migrated test database, dropped afterwards."""
    if not connection.settings_dict["NAME"].startswith("test_"):  # no test of this run asked for `django_db`
        connection.creation.create_test_db(0, autoclobber=True, keepdb=not config.option.create_db)
    name = connection.settings_dict["NAME"]
    clone = f"{name}_{suffix}"
    _close_connections()
    migrated.drop(clone)
    migrated.copy(clone, name)
    connection.settings_dict["NAME"] = clone
    try:
        yield clone
    finally:
        _close_connections()
        connection.settings_dict["NAME"] = name
        migrated.drop(clone)


OPENED: list["ref[DatabaseWrapper]"] = []


@receiver(connection_created)
def _opened(**told: Any) -> None:
    OPENED.append(ref(told["connection"]))


def _close_connections() -> None:
    """Close every connection of this process: a browser's driver has a context, and so a connection, of its own."""
    opened = OPENED.copy()
    del OPENED[: len(opened)]  # one that is opened again comes again
    for wrapper in [each() for each in opened]:
        if wrapper is not None:
            wrapper.inc_thread_sharing()
            wrapper.close()
            wrapper.dec_thread_sharing()


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal's languages as their files are now, compiled once for all tests that read them."""
    folder = tmp_path_factory.mktemp("catalogues")
    languages.compile_all(folder)
    return folder


@pytest.fixture(autouse=True)
def _own_media(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if request.config.pluginmanager.hasplugin("django"):  # pure rules may be tested with -p no:django
        settings, arriving = request.getfixturevalue("settings"), tmp_path.with_name(f"{tmp_path.name}-arriving")
        # Its own too: a test that sweeps a day later would clear away what others work in.
        arriving.mkdir(mode=0o700, exist_ok=True)
        settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "media"), str(arriving)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    """Refuse every connection that leaves the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_disks() -> Iterator[None]:
    """What a killed process wrote is there all the same: only a power cut would lose it, and no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError("a test tried to reach the network")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def _warm_children() -> Iterator[None]:
    """Every library that children need is loaded once in a run: a bundle after the other takes more of them by turns
    than a worker keeps, and other tests in between take longer than a worker waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nursery, "MOST", 24)
        patch.setattr(nursery, "IDLE_SECONDS", 900.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def court_list() -> Iterator[None]:
    """Every bundle that a test builds is as a court asks: `tests.bundles.court`."""
    from bundles.engine import assembling
    from tests.bundles import court

    run = assembling._Build.run

    def looked_at(self: Any) -> Any:
        built = run(self)
        assert court.faults(built) == []
        return built

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembling._Build, "run", looked_at)
        yield
