"""What several tests of the log stand on."""

import os
import stat

import pytest


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """A small stand-in for the program that reads pictures, on the path alone."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "tesseract"
    program.write_text(
        "#!/bin/sh\ncase $1 in --version) echo tesseract 5.3.0;; --list-langs) echo eng;; "
        '*) [ "$3$4" = "-leng" ] && echo "He rang 11 times";; esac\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
