"""Secrets planted in files of several kinds: those that have a form of their own, and those that have none."""

import json

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from nsvcs.starting.secretscan import secrets
from nsvcs.starting.sources import ROOT

BASELINE = json.loads((ROOT / ".secrets.baseline").read_text())
# In pieces, or more of them would be found here.
PLANTED = {
    "AWS Access Key": "AKIA" + "QYLPMN5HHHFPZAM2",
    "Artifactory Credentials": "AKC" + "p8jQ2xWv7Kd93m",
    "Basic Auth Credentials": "https://anna:" + "lantern77@mail.example",
    "GitHub Token": "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx",  # pragma: allowlist secret
    "IBM Cloud IAM Key": 'cloud_key = "' + "p3jQ2xWv7Kd93mZs1tYu8b" * 2 + '"',
    "JSON Web Token": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JuYW1lIjoiSm9obiBEb2UifQ.ONfh5fCLkpq4r0cXc7Xv9w",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Telegram Bot Token": "110201543:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawz",  # pragma: allowlist secret
    "Secret Keyword": 'password = "' + 'quiet7meadow9lantern"',
    "Base64 High Entropy String": "one('" + "c3VwZXIgbG9uZyBzdHJpbmcg" + "c2hvdWxkIGNhdXNlIGVub3Vn" + "')",
}
# How a line of it stands in a file of each kind.
FILES = {"py": "first = 1\n{}\nlast = 2\n", "txt": "First.\n{}  \n", "ini": "[one]\nkey = {}\n", "yaml": "key: {}\n"}


def kinds_in(paths):
    return {(secret.filename, secret.type) for secret in secrets(paths, BASELINE)}


@pytest.mark.parametrize("ending", FILES)
def test_all_that_the_tool_finds_is_found_in_whichever_file_it_is(tmp_path, ending):
    kinds = {}
    for number, (kind, planted) in enumerate(PLANTED.items()):
        path = tmp_path / f"{number}.{ending}"
        path.write_text(FILES[ending].format(planted))
        kinds[str(path)] = kind
        path.with_stem(f"{number}-nothing").write_text(FILES[ending].format("Nothing."))
    paths = sorted(map(str, tmp_path.iterdir()))
    with transient_settings(BASELINE):
        wanted = {(secret.filename, secret.type) for path in paths for secret in scan_file(path)}
    assert kinds_in(paths) == wanted
    assert wanted >= set(kinds.items()) or ending in {"ini", "yaml"}
    assert wanted


def test_what_is_no_text_holds_none(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\xff\xfe" + PLANTED["AWS Access Key"].encode())
    assert kinds_in([str(path)]) == set()
