"""One running copy of the service: its servers, its commands, its processes, in the order they need each other."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from nsvcs.embedded import SetUpError
from nsvcs.embedded.broker import start_broker, stop_broker
from nsvcs.embedded.database import start_database, stop_database
from nsvcs.embedded.place import open_var, place_of
from nsvcs.starting import frontend, machine
from nsvcs.starting.children import Children
from nsvcs.starting.fonts import write_fonts_conf
from nsvcs.starting.screen import step

ROOT = Path(__file__).resolve().parent.parent.parent
# Roles, tables, the cache's table, then what the code lists and advice hold.
SCHEMA = ["db_roles", "migrate --no-input --verbosity 0", "createcachetable", "load_reference"]
READY_SECONDS = 60.0
CELERY = [sys.executable, "-m", "celery", "-A", "nsvcs.celery"]
WORKER = [*CELERY, "worker", "-Q", "default,bundles", "--concurrency", "2", "-O", "fair", "--without-gossip",
          "--without-mingle", "--loglevel", "INFO"]  # fmt: skip


class Copy:
    """The service out of one `var` folder, on one port."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.url = os.environ.get("SITE_URL") or f"http://localhost:{port}"
        self.children = Children(note=var / "processes.json", output=var / "output")
        self.seconds: dict[str, float] = {}

    def environment(self, process: str) -> dict[str, str]:
        """What a process of ours is told: who it is, where its things are, and nothing about a terminal."""
        fonts = write_fonts_conf(self.var, ROOT / "node_modules")
        own = {"NSVCS_VAR": str(self.var), "NSVCS_PROCESS": process, "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **own, "FONTCONFIG_FILE": str(fonts), "DJANGO_SETTINGS_MODULE": "nsvcs.settings"}

    def start(self, *, with_demo: bool) -> None:
        """Bring everything up, and wait until the web answers that it can keep what it is given.

        Raises:
            SetUpError: with the sentence to show.
        """
        open_var(self.var)
        self.children.clear_leftovers()
        with step("pages' own files", self.seconds, "setup"):
            frontend.build(self.var, lambda *commands: self.run("web", *commands))
        with step("database and broker", self.seconds, "database"):
            self.start_servers()
        with step("tables and reference data", self.seconds, "migrate"):
            self.run("owner", *SCHEMA)
        if with_demo and not (self.var / "demo.json").exists():
            with step("demo service", self.seconds, "demo"):
                self.run("owner", "demo")
        with step("web, worker and beat", self.seconds, "web"):
            machine.need_port(self.port)  # again: setting up took a while, and another's answer is not ours
            self._start_processes()
            self._wait_until_ready()

    def start_servers(self) -> None:
        """Start database and broker unless they run, or somebody else's are used."""
        if not os.environ.get("DATABASE_URL"):
            start_database(self.var)
        if not os.environ.get("BROKER_URL"):
            start_broker(self.var)

    def stop(self) -> None:
        """Stop everything, the database last."""
        self.children.stop()
        stop_broker(self.var)
        stop_database(self.var)

    def remove(self) -> None:
        """Stop a throw-away copy and leave nothing of it."""
        self.stop()
        place = place_of(self.var)
        for folder in (place.run, place.home, self.var):
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, process: str, *commands: str) -> str:
        """Run management commands as one process of the service; what they printed.

        Raises:
            SetUpError: one of them failed; its words are in `output/commands.log`.
        """
        log = self.var / "output" / "commands.log"
        log.parent.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", "nsvcs.starting.commands", *commands]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=self.environment(process), stdin=subprocess.DEVNULL, capture_output=True
        )
        with log.open("ab") as file:
            file.write(done.stdout + done.stderr)
        if done.returncode:
            last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
            raise SetUpError(f"{' and '.join(commands)} failed: {last} (more in {log}); mend that and run this again.")
        return done.stdout.decode()

    def health(self) -> dict[str, object]:
        """What `/health` says; empty while nobody answers."""
        site = urlsplit(self.url)
        headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            door.request("GET", "/health", headers=headers)
            answer = door.getresponse()
            return {"status": answer.status, **json.loads(answer.read())}
        return {}

    def _start_processes(self) -> None:
        beat = [*CELERY, "beat", "--schedule", str(self.var / "beat"), "--pidfile", "", "--loglevel", "WARNING"]
        web = [sys.executable, "-m", "gunicorn", "nsvcs.wsgi"]
        for name, command in (("web", web), ("worker", WORKER), ("beat", beat)):
            self.children.start(name, command, self.environment("worker" if name == "beat" else name))

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        found: dict[str, object] = {}
        while time.monotonic() < end and not self.children.ended("web"):
            found = self.health()
            if found.get("status") == 200:
                return
            time.sleep(0.1)
        log = self.var / "output" / "web.log"
        raise SetUpError(f"The web process does not answer ({found or 'silent'}): the last lines of {log} say why.")
