"""`bin/test`: linters, types, checks and the main job on a copy beside one another, then all tests.

With arguments: only pytest with them. Whatever fails, every step has its say; one that ran beside others says it in one
piece when it is over.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from nsvcs.embedded import SetUpError
from nsvcs.embedded.database import start_database, stop_database
from nsvcs.starting import machine
from nsvcs.starting.browser import find_browser
from nsvcs.starting.copy import ROOT
from nsvcs.starting.fonts import write_fonts_conf
from nsvcs.starting.screen import say

BIN = Path(sys.executable).parent
VAR = ROOT / "var" / "test"
HTTPS = {"SITE_URL": "https://nsvcs.example", "DJANGO_SETTINGS_MODULE": "nsvcs.settings", "NSVCS_VAR": str(VAR)}


def main() -> None:
    """Run the steps; exit 1 when one of them failed, after all of them had their say."""
    arguments = sys.argv[1:]
    began = time.monotonic()
    try:
        started = _prepare()
    except SetUpError as error:
        sys.exit(str(error))
    steps = [Step("tests", pytest(arguments))] if arguments else [FRONT_END, Step("tests", pytest([]))]
    try:
        failed = _failed(steps[:-1])
        failed += [] if arguments else _failed_beside(checks())
        failed += _failed(steps[-1:])
    finally:
        if started:
            stop_database(VAR)
    say(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'} after {time.monotonic() - began:.0f} s")
    sys.exit(1 if failed else 0)


@dataclass(frozen=True)
class Step:
    """A heading, a command, and what its environment has on top."""

    name: str
    command: Sequence[str]
    extra: dict[str, str] = field(default_factory=dict)


MANAGE = [sys.executable, "manage.py"]
FRONT_END = Step("pages' own files", [*MANAGE, "build_frontend"])  # before all others: some of them read what it makes


def checks() -> list[Step]:
    """All that can be done beside one another, the longest first: while that waits for a page, the rest is done."""
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    for_tests = {"DJANGO_SETTINGS_MODULE": "tests.settings", "NSVCS_VAR": str(VAR)}
    steps = [
        Step(
            "the main job, on a copy of its own",
            [sys.executable, "-m", "nsvcs.starting.start", "--check"],
            {"NSVCS_BEGAN": ""},
        ),
        Step("locked packages", [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]),
        Step("ruff check", [_tool("ruff"), "check", "."]),
        Step("ruff format", [_tool("ruff"), "format", "--check", "."]),
        Step("imports", [_tool("lint-imports")]),
        Step("left over", [sys.executable, "-m", "nsvcs.starting.leftovers"]),
        Step("types", [_tool("mypy"), "."]),
        Step("secrets", [sys.executable, "-m", "nsvcs.starting.secretscan"]),
        Step("deploy check", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], HTTPS),
        Step("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], for_tests),
        Step("the tests' database", [sys.executable, "-m", "tests.migrated"], for_tests),
    ]
    if templates:
        steps.append(Step("template syntax", [_tool("djade"), "--check", "--target-version", "5.2", *templates]))
        steps.append(Step("template lint", [_tool("djlint"), "--lint", "--quiet", "templates"]))
    return steps


def pytest(arguments: list[str]) -> list[str]:
    """All tests in three processes, one more than most machines have cores: browsers wait; or just those asked for."""
    return [sys.executable, "-m", "pytest", *(arguments or ["-n", "3", "--dist", "worksteal", "-q"])]


def _prepare() -> bool:
    """Libraries, browser and database server; whether the server was started by us."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of the many processes compiles all of it anew
    machine.need_room(VAR)
    machine.need_pango()
    os.environ["FONTCONFIG_FILE"] = str(write_fonts_conf(VAR, ROOT / "node_modules"))
    find_browser(ROOT / "var", ROOT / "node_modules")
    return start_database(VAR, for_tests=True)


def _failed(steps: list[Step]) -> list[str]:
    """Run them one after the other, each saying what it has to say as it goes; the names of those that failed."""
    return [step.name for step in steps if not _passes(step)]


def _failed_beside(steps: list[Step]) -> list[str]:
    """Run as many at a time as there are cores; the names of those that failed, in the order of the list."""
    failed = set()
    with ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2))) as lanes:
        began = {lanes.submit(_in_one_piece, step): step for step in steps}
        try:
            for done in as_completed(began):
                passed, told = done.result()
                say(told)
                if not passed:
                    failed.add(began[done].name)
        finally:
            lanes.shutdown(wait=False, cancel_futures=True)  # by Ctrl-C; else all are over
    return [step.name for step in steps if step.name in failed]


def _passes(step: Step) -> bool:
    say(f"\n== {step.name}")
    began = time.monotonic()
    passed = _run(step).returncode == 0
    say(_ended(step, passed, began))
    return passed


def _in_one_piece(step: Step) -> tuple[bool, str]:
    began = time.monotonic()
    done = _run(step, is_told_later=True)
    passed = done.returncode == 0
    told = done.stdout.decode(errors="replace").rstrip()
    return passed, "\n".join(["", f"== {step.name}", *([told] if told else []), _ended(step, passed, began)])


def _run(step: Step, *, is_told_later: bool = False) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        step.command,
        cwd=ROOT,
        env={**os.environ, **step.extra},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if is_told_later else None,
        stderr=subprocess.STDOUT if is_told_later else None,
        check=False,
    )


def _ended(step: Step, passed: bool, began: float) -> str:
    return f"== {step.name}: {'passed' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)"


def _tool(name: str) -> str:
    return str(BIN / name)


if __name__ == "__main__":
    main()
