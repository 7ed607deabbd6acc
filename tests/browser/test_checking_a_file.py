"""A file checked without an account: its digest made in the browser, or the file sent where scripts are off."""

from pathlib import Path

import pytest

from accounts.models import SignInCount
from bundles.seals.accompanying import know
from bundles.seals.certificates import own_sealer
from nsvcs.identity import acting_as
from tests.browser.windows import SIZES, Window, look
from tests.bundles.world import make_pdf, seal_it


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    make_pdf(tmp_path / "f.pdf").close()
    digest = seal_it(tmp_path / "f.pdf", own_sealer())
    with acting_as(process="worker"):
        know(digest)
    return tmp_path / "f.pdf"


def check(seen: Window, path: Path, press: str = "Check") -> str:
    SignInCount.objects.all().delete()
    seen.page.locator("input[type=file]").set_input_files(path)
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name=press, exact=True).click()
    return seen.page.locator("#found h2").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_file_is_checked_with_scripts_and_without(open_window, sealed, tmp_path, size, scripts):
    changed = bytearray(sealed.read_bytes())
    changed[300] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    seen: Window = open_window(None, size=size, scripts=scripts)
    seen.go("/check/")
    look(seen, f"check-{size['width']}-{scripts}")

    assert check(seen, sealed) == "Unchanged"
    look(seen, f"check-{size['width']}-{scripts}-unchanged")
    # By its digest alone a changed file is unknown: that it is, says that the file itself stayed here.
    assert check(seen, tmp_path / "changed.pdf") == ("Unknown" if scripts else "Changed")
    if scripts:
        seen.check()
        assert check(seen, tmp_path / "changed.pdf", "Send the file itself") == "Changed"
        assert seen.kept_in_browser() == {}
    look(seen, f"check-{size['width']}-{scripts}-changed")


def test_nothing_chosen_is_said_beside_the_field(open_window):
    seen: Window = open_window(None)
    seen.go("/check/")
    seen.refused("Check")
    look(seen, "check-refused")
