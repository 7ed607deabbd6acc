"""Her forms sent with nothing in them: how each says what is missing, on every size, with our scripts and without."""

from typing import Any

import pytest
from django.urls import reverse

from nsvcs.access import Role
from tests.browser.test_pages import NOBODY, addresses
from tests.browser.windows import ALL_SIZES, PHONE, Window, look

# Forms of hers that need something; every other one of the walk over her pages may be sent as it is.
FORMS = {
    Role.VICTIM: {
        "portal:new", "portal:entry_add", "portal:entry_wrong", "portal:messages", "portal:details_change",
        "portal:entry_file_said", "portal:entry_file_open", "portal:bring_new",
        "portal:photos", "accounts:password", "accounts:sign_in_name",
    },
    NOBODY: {"account_login", "accounts:start", "accounts:recover"},
}  # fmt: skip
EMPTY = """() => {
  const form = document.querySelector("#main-content form[method=post]");
  for (const box of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (box.type === "checkbox" || box.type === "radio") box.checked = false;
    else box.value = "";
  }
}"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", FORMS)
@pytest.mark.parametrize("is_plain", [False, True], ids=["scripts", "no-script-of-ours"])
def test_every_form_of_hers_says_what_is_missing_on_every_size(
    open_window: Any, world: Any, role: str, is_plain: bool
) -> None:
    seen: Window = open_window(world.of(role) if role else None, size=PHONE)
    if is_plain:
        seen.page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    seen.check_many()
    if not role:  # the notice before the first sign-in
        seen.go("/before/")
        seen.press("Continue")
    where = {name: address for name, address in addresses(world, role) if name in FORMS[role]}
    where |= {name: reverse(name) for name in FORMS[role] - where.keys()}
    for name, address in where.items():
        seen.go(address)
        seen.page.evaluate(EMPTY)
        seen.page.locator(
            "#main-content form[method=post] button.govuk-button:not([type=button]):visible"
        ).first.click()
        if is_plain:  # the focus is moved by a script
            seen.page.locator(".govuk-error-summary").wait_for()
        else:
            seen.check_error()
        assert seen.page.title().startswith("Error:"), name
        for size in ALL_SIZES.values():
            seen.page.set_viewport_size(size)
            seen.check()
        look(seen, f"fault-{'plain-' if is_plain else ''}{name}")
        seen.page.set_viewport_size(PHONE)
