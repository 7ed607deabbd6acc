import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nsvcs.embedded import SetUpError
from nsvcs.starting import check, frontend, machine
from nsvcs.starting.browser import Browser, find_browser
from nsvcs.starting.children import Children, birth
from nsvcs.starting.copy import Copy
from nsvcs.starting.fonts import write_fonts_conf
from nsvcs.starting.leftovers import leftovers

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_busy_port_is_named_with_what_to_do() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        with pytest.raises(SetUpError, match=f"Port {port} is in use .* PORT={port + 1} bin/start"):
            machine.need_port(port)


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOM_NEEDED_BYTES", 10**18)
    with pytest.raises(SetUpError, match="are needed: free some, then run this again"):
        machine.need_room(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(SetUpError, match="cannot be written .* then run this again"):
        machine.need_room(tmp_path / "var")


def test_missing_pango_ends_in_the_command_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LIBRARIES", {"nowhere-1.0": "libnowhere-1.0.so.0"})
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    with pytest.raises(SetUpError, match="nowhere-1.0 missing.*run sudo apt-get install libpango-1.0-0"):
        machine.need_pango()


def test_the_library_that_cuts_fonts_is_asked_for_by_its_own_name() -> None:
    assert [name for name in machine.LIBRARIES if name not in machine.missing_libraries()] == list(machine.LIBRARIES)
    assert "harfbuzz-subset" in machine.LIBRARIES
    assert "libharfbuzz-subset0" in machine.DEBIAN_PACKAGES


def test_a_failed_check_leaves_its_words_where_the_reason_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(copy: Copy, *, with_demo: bool) -> None:
        log = copy.var / "output" / "web.log"
        log.parent.mkdir()
        log.write_text("no room at all")
        raise SetUpError(f"The web process does not answer: the last lines of {log} say why.")

    monkeypatch.setattr(check, "VAR", tmp_path / "var")
    monkeypatch.setattr(Copy, "start", fail)
    assert check.check() == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["ok"] is False
    named = next(word for word in told["reason"].split() if word.endswith("web.log"))
    assert Path(named).read_text() == "no room at all"


def test_fonts_come_from_the_packages_only(tmp_path: Path) -> None:
    text = write_fonts_conf(tmp_path, ROOT / "node_modules").read_text()
    assert text.count("<dir>") == 5
    assert "/usr/share/fonts" not in text


def test_stopping_ends_our_processes_only(tmp_path: Path) -> None:
    children = Children(note=tmp_path / "note.json", output=tmp_path / "output")
    children.start("web", SLEEP, dict(os.environ))
    with subprocess.Popen(SLEEP) as other:
        children.stop()
        assert other.poll() is None
        other.kill()
    assert children.running["web"].poll() == -signal.SIGTERM
    assert not (tmp_path / "note.json").exists()


def test_what_a_killed_start_left_is_ended_by_the_next(tmp_path: Path) -> None:
    first = Children(note=tmp_path / "note.json", output=tmp_path / "output")
    first.start("web", SLEEP, dict(os.environ))
    Children(note=tmp_path / "note.json", output=tmp_path / "output").clear_leftovers()
    assert first.running["web"].wait(5) == -signal.SIGTERM


def test_a_number_that_belongs_to_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP) as other:
        (tmp_path / "note.json").write_text(f'[[{other.pid}, "another birth"]]')
        Children(note=tmp_path / "note.json", output=tmp_path / "output").clear_leftovers()
        assert other.poll() is None
        assert birth(other.pid)
        other.kill()


def test_a_process_that_ends_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nsvcs.starting.children.PAUSE_SECONDS", 0.0)
    children = Children(note=tmp_path / "note.json", output=tmp_path / "output")
    children.start("beat", [sys.executable, "-c", ""], dict(os.environ))
    children.running["beat"].wait()
    children.commands["beat"] = (SLEEP, dict(os.environ))
    time.sleep(0.01)
    children.mend()
    assert children.running["beat"].poll() is None
    children.stop()


def test_a_system_browser_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/chromium" if name == "chromium" else None)
    found = find_browser(tmp_path, ROOT / "node_modules")
    assert found == Browser(Path("/usr/bin/chromium"), found.arguments)


def test_where_the_packed_browser_cannot_run_one_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(SetUpError, match="install Chromium"):
        find_browser(tmp_path, ROOT / "node_modules")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("cases/a.py", "x = 1  # TO" + "DO later", "unfinished"),
        ("tests/a.py", "@pytest.mark." + "skip", "test passed over"),
        ("cases/a.py", "    break" + "point()", "debugging"),
        ("requirements/base.txt", "# from https" + "://example.org", "index address"),
    ],
)
def test_leftovers_are_found_with_their_line(name: str, text: str, kind: str) -> None:
    assert leftovers(name, f"fine\n{text}\n") == [f"{name}:2: {kind}"]


def test_plain_text_is_no_leftover() -> None:
    assert leftovers("docs/a.md", "Nothing to do here.\n") == []


@pytest.mark.parametrize("name", ["nsvcs/assets/css/app.css", "portal/static/portal/notes.css", "nsvcs/frontend.py"])
def test_pages_own_files_are_built_again_when_one_of_them_changed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("requirements/base.txt", "portal/apps.py", name):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("one")
    monkeypatch.setattr(frontend, "ROOT", tmp_path)
    built: list[tuple[object, ...]] = []
    frontend.build(tmp_path, lambda *commands: built.append(commands))
    frontend.build(tmp_path, lambda *commands: built.append(commands))
    assert len(built) == 1
    (tmp_path / name).write_text("two")
    frontend.build(tmp_path, lambda *commands: built.append(commands))
    assert len(built) == 2
