from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from bundles.assembling import build
from bundles.sealing import sealing_key
from tests.bundles.world import contents, entry, exhibit


def code_of(*arguments: object) -> object:
    with pytest.raises(SystemExit) as caught:
        call_command("verify_bundle", *map(str, arguments))
    return caught.value.code


def test_command_says_unchanged_changed_unknown_and_not_as_listed(tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(b"a video")
    (tmp_path / "empty").mkdir()
    frozen = contents(entry(1, exhibits=("KP/1",)), exhibits=(exhibit(tmp_path / "v", "KP/1"),))
    out = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=sealing_key(settings.MASTER_KEY)).path

    assert code_of(out) == 0
    assert code_of(out, "--originals", tmp_path / "empty") == 3
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert code_of(out) == 1
    assert code_of(tmp_path / "v") == 2


def test_command_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("verify_bundle", str(tmp_path / "none"))
