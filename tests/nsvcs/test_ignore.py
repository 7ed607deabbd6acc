from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec

from nsvcs.starting.sources import ROOT, ignored, sources

IN_THE_LOG_ROOM = ["logs/models.py", "logs/new_module.py", "logs/views/new.py"]


def test_there_are_two_ignore_files_and_both_lie_at_the_top() -> None:
    found = [name for name in sources() if Path(name).name in {".gitignore", ".dockerignore"}]
    assert found == [".dockerignore", ".gitignore"]


@pytest.mark.parametrize("name", IN_THE_LOG_ROOM)
@pytest.mark.parametrize("file", [".dockerignore", ".gitignore"])
def test_no_ignore_file_names_the_log_room(file: str, name: str) -> None:
    assert not GitIgnoreSpec.from_lines((ROOT / file).read_text().splitlines()).match_file(name)


def test_git_ignores_nothing_in_the_log_rooms_tests() -> None:
    assert not ignored().match_file("tests/logs/test_new.py")


def test_what_set_up_makes_is_no_source_and_what_we_write_is() -> None:
    found = sources()
    assert {"manage.py", "logs/rules.py", ".ci/run", "bin/test", "tests/nsvcs/test_ignore.py"} <= set(found)
    assert [name for name in found if name.split("/")[0] in {".git", ".venv", "var", "node_modules", "build"}] == []


@pytest.mark.parametrize("name", [".env", "var/demo.json", ".venv/bin/python", "build/frontend/site.css"])
def test_secrets_and_what_is_made_are_never_kept_by_git(name: str) -> None:
    assert ignored().match_file(name)
