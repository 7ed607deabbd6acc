"""Beside a file, in a real browser: pages, stills, a place shown on a press, words typed; with scripts and without."""

import pytest

from tests.browser.windows import SIZES, Window, look
from tests.browser.world import World

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def look_over(seen: Window, scripts: bool) -> None:
    """Axe is a script itself."""
    if scripts:
        seen.check()


@BOTH
def test_staff_see_pages_and_stills_and_ask_where_a_film_was_made(open_window, world: World, scripts):
    film = world.others["film"]
    seen: Window = open_window(world.worker, scripts=scripts)
    for size in SIZES.values():
        seen.page.set_viewport_size(size)
        seen.go(f"/cases/{world.case.pk}/log/{film.incident_id}/")
        look_over(seen, scripts)
    if scripts:
        seen.page.locator(".app-blurred__cover").first.click()
    else:
        seen.page.locator("summary", has_text="Show the first page").click()
    assert seen.page.locator("img.app-evidence").first.is_visible()
    assert "52.63" not in seen.page.content()
    seen.press(f"Show the place and all else exhibit E{film.exhibit_number} says")
    seen.page.get_by_text("52.630000, 1.290000").wait_for()
    for name, size in SIZES.items():
        seen.page.set_viewport_size(size)
        look_over(seen, scripts)
        look(seen, f"says-{name}")


@BOTH
def test_she_asks_where_her_film_was_made_and_types_what_is_said(open_window, world: World, scripts):
    film, note = world.others["film"], world.entries[1].number
    seen: Window = open_window(world.her, scripts=scripts)
    for size in SIZES.values():
        seen.page.set_viewport_size(size)
        seen.go(f"/notes/{note}/")
        look_over(seen, scripts)
    seen.page.locator("summary", has_text="What file 2 says about itself").click()
    assert "52.63" not in seen.page.content()
    seen.press("Show the place")
    seen.page.get_by_text("52.630000, 1.290000").wait_for()
    look_over(seen, scripts)
    assert seen.kept_in_browser() == {}
    seen.go(f"/notes/{note}/files/2/said/")
    seen.page.get_by_label("What is said in it?").fill("")  # the other run may have written something
    seen.press("Save")
    seen.page.get_by_text("Write what is said in it").first.wait_for()
    if scripts:
        seen.check_error()
    typed = f"Nobody speaks. {scripts} {film.exhibit_number}"
    seen.page.get_by_label("What is said in it?").fill(typed)
    seen.press("Save")
    seen.page.get_by_text(typed).wait_for()
