"""The README's two pictures; `bin/test tests/browser/test_pictures.py --update-pictures` writes them."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from tests.browser.windows import DESKTOP, PHONE

PICTURES = Path(settings.BASE_DIR) / "docs" / "pictures"
MOST_BYTES = 150_000
COLOURS = 64


def small(picture: bytes) -> bytes:
    """The same picture in few colours."""
    with Image.open(BytesIO(picture)) as opened:
        reduced = opened.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    content = BytesIO()
    reduced.save(content, "PNG", optimize=True)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "who", "size"), [("portal", "victim", PHONE), ("case", "caseworker", DESKTOP)], ids=["portal", "case"]
)
def test_the_pictures_of_the_readme_can_be_taken(open_window, world, request, name, who, size):
    seen = open_window(world.of(who), size=size)
    seen.go("/notes/" if who == "victim" else f"/cases/{world.case.pk}/")
    taken = small(seen.page.screenshot())
    assert len(taken) < MOST_BYTES
    if request.config.getoption("update_pictures"):
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(taken)
