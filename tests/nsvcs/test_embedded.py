import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from nsvcs import embedded
from nsvcs.embedded import binaries, place
from nsvcs.embedded.account import server_account
from nsvcs.embedded.broker import broker_answers, start_broker, stop_broker
from nsvcs.embedded.database import admin_connection, answers, start_database, stop_database
from nsvcs.embedded.place import LONGEST_SOCKET_BYTES, SetUpError, place_of, prepare, secret


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of its own with both servers up, in a folder far deeper than a socket's address is long."""
    folder = tmp_path_factory.mktemp("Deep folder") / ("d" * 60) / ("e" * 60) / "var"
    start_database(folder)
    start_broker(folder)
    yield folder
    stop_broker(folder)
    stop_database(folder)
    found = place_of(folder)
    shutil.rmtree(found.run, ignore_errors=True)
    if found.home != folder:
        shutil.rmtree(found.home)


def connect(var: Path, process: str, password: str | None = None) -> psycopg.Connection:
    return psycopg.connect(
        host=str(place_of(var).run),
        user=f"nsvcs_{process}",
        password=password or secret(var, f"database-{process}"),
        dbname="nsvcs",
        autocommit=True,
    )


def setting(var: Path, name: str) -> str:
    with admin_connection(place_of(var)) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def postmaster(var: Path) -> int:
    return int((place_of(var).database / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.parametrize("process", ["web", "worker", "owner"])
def test_each_process_connects_as_its_own_role_that_cannot_bypass_row_security(var: Path, process: str) -> None:
    with connect(var, process) as connection:
        rights = "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(rights).fetchone() == (f"nsvcs_{process}", False, False, False)


def test_only_the_owner_may_make_tables(var: Path) -> None:
    with connect(var, "owner") as connection:
        connection.execute("CREATE TABLE a_table (id int)")
    for process in ("web", "worker"):
        with connect(var, process) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE another_table (id int)")


def test_a_wrong_password_is_refused_even_by_socket(var: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(var, "owner", password="guessed")


def test_every_password_is_kept_as_scram(var: Path) -> None:
    with admin_connection(place_of(var)) as connection:
        kept = connection.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
    assert len(kept) == 4
    assert all(password.startswith("SCRAM-SHA-256$") for _, password in kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_addresses", ""),
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
    ],
)
def test_the_server_runs_with_the_settings_that_keep_what_was_written(var: Path, name: str, value: str) -> None:
    assert setting(var, name) == value


def test_no_statement_reaches_the_log(var: Path) -> None:
    with connect(var, "web") as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT 'he waited by the gate' FROM nowhere")
    log = (place_of(var).log / "database.log").read_text()
    assert 'relation "nowhere" does not exist' in log
    assert "gate" not in log


def test_a_very_deep_folder_still_gets_a_short_socket(var: Path) -> None:
    socket = place_of(var).run / place.LONGEST_SOCKET_NAME
    assert len(str(var)) > LONGEST_SOCKET_BYTES
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_BYTES
    assert socket.is_socket()


def test_a_short_folder_that_belongs_to_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "SHORT_FOLDER", tmp_path / "short")
    monkeypatch.setattr(place, "LONGEST_SOCKET_BYTES", 10)
    place.SHORT_FOLDER.mkdir()
    planned = place_of(tmp_path / "var").run
    planned.symlink_to(tmp_path)
    found, account = prepare(tmp_path / "var")
    assert planned.parent == found.run.parent == tmp_path / "short"
    assert found.run != planned
    assert place_of(tmp_path / "var") == found
    if found.home != tmp_path / "var":
        shutil.rmtree(found.home)


def test_sockets_and_secrets_are_closed_to_others(var: Path) -> None:
    found = place_of(var)
    for folder in (found.run, found.database, found.broker, found.log, var / "secrets"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in (var / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_start_finds_both_running(var: Path) -> None:
    assert start_database(var) is False
    assert start_broker(var) is False


def test_a_killed_server_comes_back_with_what_it_had_acknowledged(var: Path) -> None:
    with connect(var, "owner") as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    os.kill(postmaster(var), signal.SIGKILL)
    assert start_database(var) is True
    with connect(var, "owner") as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("still here",)


def test_a_pid_file_of_another_process_is_not_believed(var: Path) -> None:
    stop_database(var)
    stale = place_of(var).database / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{place_of(var).database}\n0\n5432\n{place_of(var).run}\n")
    assert start_database(var) is True


def test_a_lost_password_file_is_made_anew(var: Path) -> None:
    for process in ("admin", "web"):
        (var / "secrets" / f"database-{process}").unlink()
    assert start_database(var) is True
    with connect(var, "web") as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("nsvcs_web",)


def test_a_half_made_data_folder_is_made_again(tmp_path: Path) -> None:
    found, account = prepare(tmp_path / "var")
    for name in ("database", "database.new"):
        (found.home / name).mkdir()
        (found.home / name / "half").touch()
    try:
        assert start_database(tmp_path / "var") is True
        assert answers(found)
    finally:
        stop_database(tmp_path / "var")
        if found.home != tmp_path / "var":
            shutil.rmtree(found.home)
    assert not answers(found)


def test_a_broken_append_file_is_set_aside(var: Path) -> None:
    stop_broker(var)
    for file in (place_of(var).broker / "appendonlydir").glob("*.manifest"):
        file.write_text("nothing sensible\n")
    assert start_broker(var) is True
    assert broker_answers(place_of(var))
    assert list(place_of(var).home.glob("broker.broken-*"))


def test_a_broker_that_lives_and_says_nothing_is_ended_before_another_starts(var: Path) -> None:
    pid = int((place_of(var).broker / "valkey.pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    assert start_broker(var) is True
    assert int((place_of(var).broker / "valkey.pid").read_text()) != pid
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_addresses_lead_to_the_sockets(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "VAR", var)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    import environ

    found = environ.Env.db_url_config(embedded.database_url("worker"))
    assert (found["HOST"], found["USER"], found["NAME"]) == (str(place_of(var).run), "nsvcs_worker", "nsvcs")
    assert embedded.broker_url() == f"redis+socket://{place_of(var).broker_socket}"


def test_asking_for_addresses_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "VAR", tmp_path / "var")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    embedded.database_url("web")
    embedded.broker_url()
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secrets"]
    assert embedded.has_demo_data() is False


def test_a_secret_stays_the_same_and_differs_from_its_neighbour(tmp_path: Path) -> None:
    assert secret(tmp_path / "var", "one") == secret(tmp_path / "var", "one")
    assert secret(tmp_path / "var", "one") != secret(tmp_path / "var", "two")
    (tmp_path / "var/secrets/one").write_text("")
    assert len(secret(tmp_path / "var", "one")) > 40


def test_a_copied_folder_gets_servers_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    found, _ = prepare(first)
    shutil.copytree(first, second, ignore=shutil.ignore_patterns("run", "log"))
    assert place_of(second).home != found.home
    assert place_of(second).run != found.run
    if found.home != first:
        shutil.rmtree(found.home)


def test_a_home_in_a_system_folder_follows_a_moved_project(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    new.mkdir()
    (new / "place.json").write_text(f'{{"var": "{old}", "home": "/var/lib/nsvcs-example", "run": "/tmp/nsvcs-x"}}')
    assert place_of(new).home == Path("/var/lib/nsvcs-example")


def test_a_folder_where_var_cannot_be_made_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(SetUpError, match="cannot be written .*run this again"):
        prepare(tmp_path / "var")


@pytest.mark.parametrize("mode", [0o700, 0o750])
def test_folders_above_var_keep_their_permissions(tmp_path: Path, mode: int) -> None:
    above = tmp_path / "closed"
    above.mkdir(mode=mode)
    above.chmod(mode)
    before = os.umask(0o077)
    try:
        found, account = prepare(above / "var")
        programs = binaries.postgres(found, account)
    finally:
        os.umask(before)
    try:
        assert stat.S_IMODE(above.stat().st_mode) == mode
        if account:
            assert found.home.parent == place.SYSTEM_FOLDER
            assert (
                subprocess.run([programs / "postgres", "-V"], **account.as_popen, cwd="/", check=True).returncode == 0
            )
    finally:
        if found.home != above / "var":
            shutil.rmtree(found.home)


def test_the_servers_never_run_as_root(var: Path) -> None:
    account = server_account()
    owner = place_of(var).database.stat().st_uid
    assert owner == (account.uid if account else os.geteuid())
    assert owner != 0
