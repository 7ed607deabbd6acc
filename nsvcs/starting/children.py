"""The processes `bin/start` starts: kept running, noted on disk, and stopped without touching anybody else's."""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from nsvcs.starting.screen import say

PATIENCE_SECONDS = {"web": 25.0, "worker": 30.0, "beat": 10.0}
PAUSE_SECONDS = 2.0  # between two starts of a process that keeps ending


@dataclass
class Children:
    """The running processes by name; `note` outlives us, so that the next start can end what a killed one left."""

    note: Path
    output: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start one process away from the terminal, so that Ctrl-C reaches only us and we end it in order."""
        self.commands[name] = (command, environment)
        self.output.mkdir(mode=0o700, exist_ok=True)
        with (self.output / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.started[name] = time.monotonic()
        self._write_note()

    def mend(self) -> None:
        """Start again what has ended by itself."""
        for name, child in list(self.running.items()):
            if child.poll() is not None and time.monotonic() - self.started[name] > PAUSE_SECONDS:
                say(f"  {name} ended ({child.returncode}) and is started again; see {self.output / name}.log")
                self.start(name, *self.commands[name])

    def ended(self, name: str) -> bool:
        """Whether one process has ended by itself."""
        return self.running[name].poll() is not None

    def stop(self) -> None:
        """End all of them, the web first, each with time to finish what it does."""
        for name, child in self.running.items():
            child.terminate()
            try:
                child.wait(PATIENCE_SECONDS.get(name, 10.0))
            except subprocess.TimeoutExpired:
                _end_group(child.pid, signal.SIGKILL)
                child.wait()
        self.note.unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """End processes of an earlier start that was itself killed, known by number and time of birth."""
        left: list[list[str]] = []
        with contextlib.suppress(OSError, ValueError):
            left = json.loads(self.note.read_text())
        pids = [int(pid) for pid, born in left if birth(int(pid)) == born]
        for pid in pids:
            _end_group(pid, signal.SIGTERM)
        end = time.monotonic() + max(PATIENCE_SECONDS.values())
        while any(birth(pid) for pid in pids) and time.monotonic() < end:
            time.sleep(0.1)
        for pid in pids:
            if birth(pid):
                _end_group(pid, signal.SIGKILL)

    def _write_note(self) -> None:
        self.note.write_text(json.dumps([[child.pid, birth(child.pid)] for child in self.running.values()]))


def birth(pid: int) -> str:
    """When a process was born, in the system's own words; empty when there is none, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except OSError:
        if Path("/proc/self").exists():
            return ""
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return done.stdout.strip()


def _end_group(pid: int, how: signal.Signals) -> None:
    """Signal a process and its children: each of ours leads a group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)
