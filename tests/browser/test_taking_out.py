"""Words and areas taken out of a bundle in a real browser: by keyboard and box, and with the mouse."""

from django.urls import reverse

from bundles.disclosure.painting import PARTS
from bundles.models import Redaction
from tests.browser.windows import Window


def test_a_passage_is_marked_with_the_mouse_and_words_are_ticked_by_keyboard(open_window, world):
    seen: Window = open_window(world.worker)
    entry, choice = world.entries[0], world.choosing
    seen.go(reverse("bundles:redact_text", args=[world.case.pk, choice.pk, "entry", entry.pk, "what_happened"]))
    words = seen.page.locator(".app-word")
    first, third = words.nth(0).bounding_box(), words.nth(2).bounding_box()
    seen.page.mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
    seen.page.mouse.down()
    seen.page.mouse.move(third["x"] + third["width"] - 1, third["y"] + third["height"] / 2, steps=6)
    seen.page.mouse.up()
    ticked = seen.page.locator(".app-word input:checked")
    if ticked.count() == 0:  # a press on a label is no selection everywhere: the boxes are there all the same
        words.nth(0).locator("input").focus()
        seen.page.keyboard.press("Space")
    words.nth(4).locator("input").focus()
    seen.page.keyboard.press("Space")
    chosen = ticked.count()
    assert chosen >= 2
    seen.check()
    seen.page.get_by_label("health", exact=True).check()
    seen.press("Take them out")
    assert "[redacted: health]" in seen.page.locator("main").inner_text()
    assert Redaction.objects.filter(choice_id=choice.pk, target="entry").count() >= 1
    seen.check()


def test_an_area_is_drawn_with_the_mouse_and_seen_as_it_will_look(open_window, world):
    seen: Window = open_window(world.worker)
    letter, choice = world.others["letter"], world.choosing
    seen.go(reverse("bundles:redact_page", args=[world.case.pk, choice.pk, letter.pk, 1]))
    seen.page.locator(".app-page__picture").evaluate("picture => picture.decode()")
    page = seen.page.locator(".app-page").bounding_box()
    seen.page.mouse.move(page["x"] + page["width"] * 0.12, page["y"] + page["height"] * 0.1)
    seen.page.mouse.down()
    seen.page.mouse.move(page["x"] + page["width"] * 0.42, page["y"] + page["height"] * 0.16, steps=8)
    seen.page.mouse.up()
    assert seen.page.locator(".app-page__cell input:checked").count() >= 6
    seen.check()
    seen.refused("Take them out")
    seen.page.get_by_label("where somebody can be found").check()
    seen.press("Take them out")
    row = Redaction.objects.get(choice_id=choice.pk, target="page")
    left, top, right, bottom = row.areas[0]
    assert left < PARTS * 0.12 < PARTS * 0.42 < right
    assert top < PARTS * 0.1 < PARTS * 0.16 < bottom
    seen.check()
