"""The page on which anybody asks whether a file is ours."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignInCount
from bundles.seals import authority
from bundles.seals.accompanying import know
from bundles.seals.certificates import own_sealer
from bundles.seals.sealing import self_made_sealer
from jobs import child
from nsvcs.identity import acting_as
from tests.bundles.world import make_pdf, seal_it

pytestmark = pytest.mark.django_db
WORDS = {
    "unchanged": "not a byte of it has changed",
    "changed": "is not the file that we sealed",
    "unknown": "do not know",
}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("check") / "f.pdf"
    make_pdf(path, 2).close()
    seal_it(path, own_sealer())
    return path.read_bytes()


def asked(**sent: Any) -> str:
    """What the page says to somebody who comes for the first time."""
    SignInCount.objects.all().delete()
    answer = Client().post(reverse("check_file"), sent)
    assert answer.status_code in {200, 422}
    return answer.content.decode()


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("my letter.pdf", data)


def test_sealed_file_is_unchanged_and_a_flipped_byte_is_a_change(sealed: bytes) -> None:
    changed = bytearray(sealed)
    changed[300] ^= 1

    assert WORDS["unchanged"] in asked(file=upload(sealed))
    assert WORDS["changed"] in asked(file=upload(bytes(changed)))
    assert WORDS["changed"] in asked(file=upload(sealed + b"\n"))


def test_a_machine_without_time_says_so_and_calls_no_file_changed(
    sealed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*args: object, **limits: object) -> None:
        raise child.ChildFailed("time", "waited too long")

    monkeypatch.setattr(child, "run", late)
    told = asked(file=upload(sealed))

    assert "could not look into the file in time" in told
    assert not any(words in told for words in WORDS.values())
    (tmp_path / "f.pdf").write_bytes(sealed)
    with pytest.raises(CommandError) as raised:
        call_command("verify_bundle", str(tmp_path / "f.pdf"))
    assert raised.value.returncode == 4


def test_others_files_are_unknown(tmp_path: Path) -> None:
    make_pdf(tmp_path / "f.pdf").close()
    seal_it(tmp_path / "f.pdf", self_made_sealer(authority.read(authority.make())))

    assert WORDS["unknown"] in asked(file=upload((tmp_path / "f.pdf").read_bytes()))
    assert WORDS["unknown"] in asked(file=upload(b"Dear all"))


def test_digest_alone_is_known_once_its_file_was_sealed(sealed: bytes) -> None:
    digest = hashlib.sha256(sealed).hexdigest()
    assert WORDS["unknown"] in asked(digest=digest)

    with acting_as(process="worker"):
        know(digest)

    assert WORDS["unchanged"] in asked(digest=f" {digest[:32].upper()} {digest[32:]} ")
    assert WORDS["unknown"] in asked(digest="00" * 32)


def test_what_is_sent_is_kept_nowhere(sealed: bytes, settings: Any, tmp_path: Path) -> None:
    """In folders of its own: in the others, other tests are at work meanwhile."""
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "kept", tmp_path / "sent"
    places = (settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR)
    for place in places:
        place.mkdir()
    before = {path for place in places for path in place.rglob("*")}

    page = asked(file=upload(sealed))

    assert {path for place in places for path in place.rglob("*")} == before
    assert "my letter" not in page
    assert hashlib.sha256(sealed).hexdigest() not in page


@pytest.mark.parametrize("sent", [{}, {"digest": "abc"}, {"digest": "g" * 64}, {"digest": "a" * 65}])
def test_nothing_or_half_a_digest_is_said_beside_the_field(sent: dict[str, str]) -> None:
    page = asked(**sent)

    assert "govuk-error-summary" in page
    assert not any(words in page for words in WORDS.values())


def test_page_tells_nothing_but_the_three_answers(sealed: bytes) -> None:
    page = asked(file=upload(sealed))

    assert not any(word in page.lower() for word in ("nsv-", "victim", "stalking", "police", "exhibit"))
    assert "<title>Check a file" in page


def test_tries_from_one_place_are_paced() -> None:
    browser = Client()
    with time_machine.travel(timezone.now(), tick=False):  # a busy machine takes longer than it slows down
        for _ in range(3):
            browser.post(reverse("check_file"), {"digest": "00" * 32})
        answer = browser.post(reverse("check_file"), {"digest": "00" * 32})

    assert "Try again in" in answer.content.decode()


def test_it_is_english_whatever_the_browser_asks_for() -> None:
    page = Client().get(reverse("check_file"), headers={"Accept-Language": "pl"}).content.decode()

    assert '<html lang="en-gb"' in page
    assert "Check a file" in page
