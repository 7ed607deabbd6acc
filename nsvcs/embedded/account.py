"""Who runs the database and the broker: the present person, or a system user when the present person is root.

PostgreSQL refuses to run as root. The system user never needs a parent folder opened for it: where it cannot reach the
project, `nsvcs.embedded.place` keeps its files in a system folder instead.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "nsvcs-db"
FALLBACK = "nobody"  # where no user can be added, for example under a read-only /etc


@dataclass(frozen=True)
class Account:
    """A user the servers run as."""

    uid: int
    gid: int

    @property
    def as_popen(self) -> dict[str, Any]:
        """Arguments that make `subprocess` start a child as this user, with none of our groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Give one file or folder to this user."""
        os.chown(path, self.uid, self.gid)


def server_account() -> Account | None:
    """The system user for the servers, made if need be; None when we are an ordinary user and run them ourselves."""
    if os.geteuid() != 0:
        return None
    return _find(NAME) or _added() or _find(FALLBACK)


def reachable(folder: Path) -> bool:
    """Whether a user who is neither owner nor in the group can walk down to this folder."""
    folder = folder.resolve()
    return all(_open_to_walk(part) for part in (folder, *folder.parents))


def _open_to_walk(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except OSError:
        return False


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _added() -> Account | None:
    tool = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if tool is None:
        return None
    command = [tool, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True)
    return _find(NAME)
