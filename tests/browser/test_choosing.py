"""Choosing for a bundle in a real browser: parts dragged and moved by keyboard, long lists, a word added on the way."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from bundles.choosing.drafting import STEPS, Choice
from bundles.models import BundleDraft
from cases.models import ProtectedTerm
from logs.models import Rendition
from nsvcs.storage import file_store
from tests.browser.windows import SIZES, Window
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.logs.samples import jpeg

DONE = tuple(step for step in STEPS if step != "core")


@pytest.fixture
def draft(site):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    small = file_store().store(BytesIO(jpeg())).name
    for number in range(1, 4):
        entry = IncidentFactory(case=case, number=number, what_happened="He waited at Tidewater Mills. " * number)
        file = EvidenceFactory(incident=entry, exhibit_number=number)
        Rendition.objects.create(
            evidence=file, case=case, kind="thumbnail", recipe="x", state="ok", storage_name=small,
            media_type="image/jpeg", width=480, height=320,
        )  # fmt: skip
    choice = Choice(purpose="report", recipient_ref="police:organisation:norfolk", producer="victim", done=DONE)
    return BundleDraft.objects.create(case=case, user=worker, content=choice.as_text(), changed_at=timezone.now())


def address(draft, step):
    return reverse(f"bundles:draft_{step}", args=[draft.case_id, draft.pk])


def parts(draft):
    return Choice.of(BundleDraft.objects.get(pk=draft.pk)).sections


@pytest.mark.parametrize("is_touch", [False, True], ids=["mouse", "finger"])
def test_a_part_is_dragged_to_its_place_and_where_it_is_now_is_said(open_window, draft, is_touch):
    seen: Window = open_window(draft.user)
    seen.go(address(draft, "order"))
    seen.page.locator("[data-order] > li").nth(3).scroll_into_view_if_needed()
    start = seen.page.locator("[data-order-handle]").nth(0).bounding_box()
    end = seen.page.locator("[data-order] > li").nth(2).bounding_box()
    assert min(start["width"], start["height"]) >= 24
    if is_touch:
        drag_by_finger(seen, start, end)
    else:
        seen.page.mouse.move(start["x"] + 10, start["y"] + 10)
        seen.page.mouse.down()
        seen.page.mouse.move(end["x"] + 10, end["y"] + end["height"] - 2, steps=8)
        with seen.page.expect_navigation():
            seen.page.mouse.up()
    assert parts(draft) == ("police", "patterns", "chronology", "exhibits")
    seen.page.get_by_role("status").get_by_text("place 3 of 4").wait_for(state="attached")
    seen.check()


def drag_by_finger(seen, start, end):
    """The same events as a finger gives, one after the other."""
    told = {"bubbles": True, "pointerId": 7, "pointerType": "touch", "isPrimary": True, "button": 0}
    at = [(start["x"] + 10, start["y"] + 10), (end["x"] + 10, end["y"] + end["height"] - 2)]
    send = """(handle, [kind, told]) => {
        handle.dispatchEvent(new PointerEvent(kind, {...told, cancelable: true}));
    }"""
    handle = seen.page.locator("[data-name=chronology] [data-order-handle]")
    for kind, (x, y) in (("pointerdown", at[0]), ("pointermove", at[1])):
        handle.evaluate(send, [kind, told | {"clientX": x, "clientY": y}])
    with seen.page.expect_navigation():
        handle.evaluate(send, ["pointerup", told])


def test_a_drag_that_is_called_off_changes_nothing(open_window, draft):
    seen: Window = open_window(draft.user)
    seen.go(address(draft, "order"))
    seen.page.locator("[data-order] > li").nth(3).scroll_into_view_if_needed()
    start = seen.page.locator("[data-order-handle]").nth(0).bounding_box()
    end = seen.page.locator("[data-order] > li").nth(2).bounding_box()
    seen.page.mouse.move(start["x"] + 10, start["y"] + 10)
    seen.page.mouse.down()
    seen.page.mouse.move(end["x"] + 10, end["y"] + end["height"] - 2, steps=8)
    seen.page.keyboard.press("Escape")
    seen.page.mouse.up()
    assert seen.page.locator("[data-order] > li").nth(0).get_attribute("data-name") == "chronology"
    assert parts(draft)[0] == "chronology"


def test_a_part_is_moved_by_keyboard_and_the_button_keeps_the_focus(open_window, draft):
    seen: Window = open_window(draft.user)
    seen.go(address(draft, "order"))
    seen.page.locator("button[value='exhibits up']").focus()
    for _ in range(2):
        with seen.page.expect_navigation():
            seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.value") == "exhibits up"
    assert parts(draft) == ("chronology", "exhibits", "police", "patterns")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_lists_and_what_may_be_shown_are_without_faults(open_window, draft, size):
    seen: Window = open_window(draft.user, size=size)
    seen.check_many()
    for step in ("items", "core", "order"):
        seen.go(address(draft, step))
        seen.check()
        seen.go(f"{address(draft, step)}?has=files&has=police&state=")
        seen.check()
    seen.go(address(draft, "shown"))
    seen.page.locator("#id_line-vehicles").fill("x")
    seen.press("Save and continue")
    seen.check_error()
    seen.page.locator("#id_line-vehicles").fill("AB12 CDE")
    seen.page.locator("#id_line-workplace").fill("Tidewater Mills")
    seen.press("Save and continue")
    seen.check()
    seen.press("Protect them")
    kept = ProtectedTerm.objects.filter(case=draft.case).values_list("kind", flat=True)
    assert set(kept) == {"vehicles", "workplace"}
    seen.check()
    seen.go(reverse("bundles:protected", args=[draft.case_id]))
    seen.check()
