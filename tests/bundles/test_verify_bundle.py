import re
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from bundles.engine.assembling import build
from bundles.engine.parts import file_digest
from bundles.management.commands.verify_bundle import PROBLEMS
from bundles.seals import inspecting
from bundles.seals.accompanying import know
from bundles.seals.certificates import service_sealer
from tests.bundles.world import contents, entry, exhibit


def code_of(*arguments: object) -> object:
    with pytest.raises(SystemExit) as caught:
        call_command("verify_bundle", *map(str, arguments))
    return caught.value.code


def test_command_says_unchanged_changed_unknown_and_not_as_listed(tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(b"a video")
    (tmp_path / "empty").mkdir()
    frozen = contents(entry(1, exhibits=("KP/1",)), exhibits=(exhibit(tmp_path / "v", "KP/1"),))
    out = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=service_sealer()).path

    assert code_of(out) == 0
    assert code_of(out, "--originals", tmp_path / "empty") == 3
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert code_of(out) == 1
    assert code_of(tmp_path / "v") == 2


def said_of(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    code_of(path, *(options or ("--inside",)))
    return capsys.readouterr().out


def test_command_says_in_words_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = build(contents(entry(1), entry(2)), tmp_path / "o", tmp_path / "w", key=service_sealer()).path
    with pikepdf.open(out) as pdf:
        del pdf.pages[1]
        pdf.save(tmp_path / "page-removed")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "letter").write_bytes(b"Dear all")
    (tmp_path / "half").write_bytes(out.read_bytes()[:2000])

    assert said_of(out, capsys, "--no-color") == "Sealed by this service and unchanged.\n"
    assert "2 entries, 0 exhibits" in said_of(out, capsys)
    removed = said_of(tmp_path / "page-removed", capsys)
    assert removed.startswith("CHANGED: this is not the file that was sealed.")
    assert "It has more pages or fewer than its list says." in removed
    assert "The file is empty." in said_of(tmp_path / "empty", capsys)
    assert "The file is not a PDF." in said_of(tmp_path / "letter", capsys)
    assert "damaged or cut short" in said_of(tmp_path / "half", capsys)


def test_every_problem_has_words() -> None:
    found = set(re.findall(r'yield "(\w+)"', Path(inspecting.__file__).read_text()))
    assert found
    assert found <= PROBLEMS.keys()


def test_command_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("verify_bundle", str(tmp_path / "none"))


@pytest.mark.django_db
def test_command_asks_the_database_whether_the_file_is_one_that_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with a later stamp in place of the last one: the seal holds, and the digest is another."""
    out = build(contents(entry(1)), tmp_path / "o", tmp_path / "w", key=service_sealer()).path

    assert code_of(out) == 0
    assert "its last time stamp may have been put there by others" in said_of(out, capsys, "--recorded")
    assert code_of(out, "--recorded") == 1
    know(file_digest(out))
    assert code_of(out, "--recorded") == 0
