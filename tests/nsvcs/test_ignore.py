import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("name", ["logs/models.py", "logs/new_module.py", "tests/logs/test_new.py"])
def test_git_ignores_nothing_in_the_log_room(name: str) -> None:
    done = subprocess.run(["git", "check-ignore", "-q", "--no-index", name], cwd=ROOT, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_no_ignore_file_names_logs(name: str) -> None:
    lines = [line.strip().strip("/*!") for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
    assert not {"logs", "log", "*.log*/logs"} & set(lines)
