"""Where this copy keeps what it makes: `var/`, and for the servers a home and a short folder for their sockets."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nsvcs.embedded.account import Account, reachable, server_account

LONGEST_SOCKET_BYTES = 107  # what a unix socket's address holds
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
SYSTEM_FOLDER = Path("/var/lib")
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - only when the project lies too deep; the folder is ours, 0700, and checked


class SetUpError(Exception):
    """Something a person has to put right; the message says in one sentence what."""


@dataclass(frozen=True)
class Place:
    """The folders of one copy: `var` is ours; `home` and `run` belong to the user the servers run as."""

    var: Path
    home: Path
    run: Path

    @property
    def database(self) -> Path:
        """The database's data folder."""
        return self.home / "database"

    @property
    def broker(self) -> Path:
        """The broker's data folder."""
        return self.home / "broker"

    @property
    def log(self) -> Path:
        """What the servers write about themselves."""
        return self.home / "log"

    @property
    def broker_socket(self) -> Path:
        """The broker's only door."""
        return self.run / "valkey.sock"


def place_of(var: Path) -> Place:
    """Where things are for this `var`, or will be; makes nothing."""
    known = _remembered(var)
    home = Path(known["home"]) if known else _home_for(var)
    return Place(var=var, home=home, run=Path(known["run"]) if known else _run_for(var, home))


def prepare(var: Path) -> tuple[Place, Account | None]:
    """Make the folders, remember where they are, and say who runs the servers.

    Raises:
        SetUpError: `var` cannot be written, is full, or belongs to somebody else.
    """
    account = server_account()
    try:
        open_var(var)
        place = place_of(var)
        if place.home != var:
            place.home.mkdir(exist_ok=True)
            place.home.chmod(0o711)  # whatever the umask is: the servers' user walks through it
        for folder in (place.log, place.run):
            place = _own_folder(place, folder, account)
        _remember(place)
    except OSError as error:
        raise SetUpError(_words_for(error, var)) from error
    return place, account


def open_var(var: Path) -> None:
    """Make `var`: closed to others, but for walking through where the servers run as another user."""
    var.mkdir(parents=True, exist_ok=True)
    if var.stat().st_uid == os.geteuid():
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)


def random_text() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(48)


def secret(var: Path, name: str, make: Callable[[], str] = random_text) -> str:
    """The text kept as `secrets/<name>` (0600), made when missing."""
    path = var / "secrets" / name
    with contextlib.suppress(FileNotFoundError):
        if text := path.read_text().strip():
            return text
    open_var(var)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    _keep_first(Path(draft), path)
    return path.read_text().strip()


@contextlib.contextmanager
def locked(var: Path, name: str) -> Iterator[None]:
    """Hold one lock between processes, so that two of them never set up the same thing at once."""
    open_var(var)
    with (var / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keep_first(draft: Path, path: Path) -> None:
    """Put a draft in place unless somebody was quicker; an empty file left by a crash is replaced."""
    if path.exists() and not path.stat().st_size:
        draft.replace(path)
        return
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _home_for(var: Path) -> Path:
    if os.geteuid() != 0 or reachable(var.parent):
        return var
    return SYSTEM_FOLDER / f"nsvcs-{_digest(var)}"


def _run_for(var: Path, home: Path) -> Path:
    inside = home / "run"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_BYTES:
        return inside
    return SHORT_FOLDER / f"nsvcs-{os.geteuid()}-{_digest(var)}"


def _digest(var: Path) -> str:
    return hashlib.sha256(os.fsencode(var.absolute())).hexdigest()[:12]


def _remembered(var: Path) -> dict[str, str]:
    """What `place.json` says, unless this `var` is a copy of another that is still there: a copy gets its own."""
    try:
        known: dict[str, str] = json.loads((var / "place.json").read_text())
        here = Path(known["var"])
    except (OSError, ValueError, KeyError):
        return {}
    if here == var.absolute():
        return known
    return {} if known["home"] == str(here) or (here / "place.json").exists() else known


def _remember(place: Place) -> None:
    note = {"var": str(place.var.absolute()), "home": str(place.home), "run": str(place.run)}
    draft = place.var / f"place.json.{os.getpid()}"
    draft.write_text(json.dumps(note, indent=1) + "\n")
    draft.replace(place.var / "place.json")


def _own_folder(place: Place, folder: Path, account: Account | None) -> Place:
    """Make one folder of the servers' user, 0700; somebody else's folder at the short path is never used."""
    uid = account.uid if account else os.geteuid()
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, account.gid if account else -1)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == uid:
        folder.chmod(0o700)
        return place
    if folder.parent != SHORT_FOLDER:
        raise SetUpError(f"{folder} belongs to another user: run this as that user, or move {place.var} away.")
    other = Path(tempfile.mkdtemp(prefix="nsvcs-", dir=SHORT_FOLDER))
    os.chown(other, uid, account.gid if account else -1)
    return Place(var=place.var, home=place.home, run=other)


def _words_for(error: OSError, var: Path) -> str:
    where = error.filename or var
    return f"{where} cannot be written ({error.strerror}): free some space or make it writable, then run this again."
