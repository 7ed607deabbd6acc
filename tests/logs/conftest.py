"""What several tests of the log stand on."""

import os
import stat

import pytest


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """A small stand-in for the program that reads pictures; it knows more languages than the library, so it reads."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "tesseract"
    program.write_text(
        "#!/bin/sh\ncase $1 in --version) echo tesseract 5.3.0;; --list-langs) echo eng; echo lit;; "
        '*) [ "$3$4" = "-leng+lit" ] && echo "He rang 11 times";; esac\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
