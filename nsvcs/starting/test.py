"""`bin/test`: linters, types, checks, all tests, then the main job on a copy. With arguments: only pytest with them."""

import os
import subprocess
import sys
import time
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
    steps = [("tests", pytest(arguments), {})] if arguments else all_steps()
    try:
        failed = [name for name, command, extra in steps if not _passes(name, command, extra)]
    finally:
        if started:
            stop_database(VAR)
    say(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'} after {time.monotonic() - began:.0f} s")
    sys.exit(1 if failed else 0)


def all_steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """Every step: its heading, its command, and what its environment has on top."""
    manage = [sys.executable, "manage.py"]
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    steps: list[tuple[str, list[str], dict[str, str]]] = [
        ("locked packages", [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"], {}),
        ("pages' own files", [*manage, "build_frontend"], {}),
        ("ruff check", [_tool("ruff"), "check", "."], {}),
        ("ruff format", [_tool("ruff"), "format", "--check", "."], {}),
        ("types", [_tool("mypy"), "."], {}),
        ("imports", [_tool("lint-imports")], {}),
        ("left over", [sys.executable, "-m", "nsvcs.starting.leftovers"], {}),
        ("secrets", [sys.executable, "-m", "nsvcs.starting.secretscan"], {}),
        ("deploy check", [*manage, "check", "--deploy", "--fail-level", "WARNING"], HTTPS),
        (
            "migrations",
            [*manage, "makemigrations", "--check", "--dry-run"],
            {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        ),
    ]
    if templates:
        steps.append(("template syntax", [_tool("djade"), "--check", "--target-version", "5.2", *templates], {}))
        steps.append(("template lint", [_tool("djlint"), "--lint", "--quiet", "templates"], {}))
    front_door = [sys.executable, "-m", "nsvcs.starting.start", "--check"]
    return [*steps, ("tests", pytest([]), {}), ("the main job, on a copy of its own", front_door, {"NSVCS_BEGAN": ""})]


def pytest(arguments: list[str]) -> list[str]:
    """All tests in three processes, one more than most machines have cores: browsers wait; or just those asked for."""
    return [sys.executable, "-m", "pytest", *(arguments or ["-n", "3", "--dist", "worksteal", "-q"])]


def _prepare() -> bool:
    """Libraries, browser and database server; whether the server was started by us."""
    machine.need_room(VAR)
    machine.need_pango()
    os.environ["FONTCONFIG_FILE"] = str(write_fonts_conf(VAR, ROOT / "node_modules"))
    find_browser(ROOT / "var", ROOT / "node_modules")
    return start_database(VAR, for_tests=True)


def _passes(name: str, command: list[str], extra: dict[str, str]) -> bool:
    say(f"\n== {name}")
    began = time.monotonic()
    environment = {**os.environ, **extra}
    passed = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0
    say(f"== {name}: {'passed' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)")
    return passed


def _tool(name: str) -> str:
    return str(BIN / name)


if __name__ == "__main__":
    main()
