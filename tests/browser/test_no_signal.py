"""Writing without signal: nothing readable stays on the phone, everything arrives once, and only hers."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from logs.actions.offline import rotate_keys
from logs.drafting import content_of
from logs.models import Draft, Incident, OfflineDevice, OfflineKey, WrittenOffline
from tests.browser.cutting import Shut, slow_line
from tests.browser.windows import DESKTOP, Window, look

FIRST = "He sat in the blue van by the bakery"
SECOND = "Zwölf Anrufe — кто-то стоял у двери 😟"
PLACE = "Turnpike Lane"
ABOUT, WRITE = "/notes/no-signal/", "/notes/no-signal/write/"
KEY = "**/no-signal/key/"
DOUBLE_PRESS = 1_050  # a button takes a second press within a second for the same one
# Everything a site can keep on a phone, as text; bytes as numbers and as letters.
ALL_KEPT = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => {
      const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const store of database.objectStoreNames) {
      const all = await new Promise((done) => {
        const r = database.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
      found.push(JSON.stringify(all));
      for (const each of all) for (const value of Object.values(each)) {
        try { found.push(atob(value)); } catch { found.push(String(value)); }
      }
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(request.url);
      const text = await (await cache.match(request)).text();
      if (request.url.includes("/notes/")) found.push(text);
    }
  }
  return found.join("\\n");
}"""
WAITING = """async () => {
  const database = await new Promise((done) => {
    const r = indexedDB.open("queue"); r.onsuccess = () => done(r.result); });
  const all = await new Promise((done) => {
    const r = database.transaction("waiting").objectStore("waiting").getAll(); r.onsuccess = () => done(r.result); });
  database.close();
  return all;
}"""


@pytest.fixture
def phone(open_window, world) -> Iterator[Window]:
    """Her phone with it turned on."""
    Draft.objects.filter(user=world.her).delete()
    seen: Window = open_window(world.her)
    turn_on(seen)
    yield seen
    lines = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")  # what a cut line itself says is no fault of the page
    seen.problems[:] = [each for each in seen.problems if not any(line in each for line in lines)]


def turn_on(seen: Window) -> None:
    seen.go(ABOUT)
    seen.touch("Turn it on for this phone")
    seen.page.get_by_role("heading", name="Writing without signal is on").wait_for()


def without_signal(seen: Window) -> None:
    """The line is cut, and she opens the site as always."""
    seen.page.context.set_offline(True)
    seen.page.goto(seen.base + "/notes/")
    seen.page.get_by_role("heading", name="Write a note").wait_for()
    seen.page.get_by_label("What happened?").wait_for()


def write(seen: Window, words: str, place: str = "") -> None:
    seen.page.get_by_label("What happened?").fill(words)
    seen.page.get_by_label("Where?").fill(place)
    seen.page.wait_for_timeout(DOUBLE_PRESS)
    seen.touch("Save note")


def says(seen: Window, text: str) -> None:
    seen.page.locator("[data-no-signal-line]", has_text=text).wait_for()


def kept(seen: Window) -> str:
    return str(seen.page.evaluate(ALL_KEPT))


def waiting(seen: Window) -> list[dict[str, str]]:
    return list(seen.page.evaluate(WAITING))


def test_two_notes_written_without_signal_leave_no_word_and_arrive_by_themselves_once(phone, world):
    before = Incident.objects.count()
    without_signal(phone)
    phone.check()
    look(phone, "no-signal-page")
    write(phone, FIRST, PLACE)
    says(phone, "1 note is locked on this phone")
    write(phone, SECOND)
    says(phone, "2 notes are locked on this phone")
    look(phone, "no-signal-waiting")
    found = kept(phone)
    sealed = waiting(phone)
    assert len(sealed) == 2
    assert set(sealed[0]) == {"v", "key", "key_version", "entry", "tag", "wrapped", "nonce", "sealed"}
    for word in (*FIRST.split(), *SECOND.split(), *PLACE.split()):
        if len(word) > 3:
            assert word not in found, word
    assert world.her.sign_in_name not in found
    assert phone.page.get_by_label("What happened?").input_value() == ""
    assert Incident.objects.count() == before
    phone.page.context.set_offline(False)
    says(phone, "2 notes from this phone were sent")
    assert waiting(phone) == []
    notes = Incident.objects.filter(written_offline__isnull=False, pk__in=[each["entry"] for each in sealed])
    assert {note.what_happened for note in notes} == {FIRST, SECOND}
    assert {note.place for note in notes} == {PLACE, ""}
    beside = WrittenOffline.objects.get(incident=notes.first())
    assert beside.device_zone == "Europe/London"
    assert beside.device_written_at < beside.received_at
    assert abs((beside.received_at - beside.device_written_at).total_seconds()) < 120
    assert Incident.objects.count() == before + 2
    again = send_again(phone, sealed[0])
    assert again == {"outcome": "again"}
    assert Incident.objects.count() == before + 2
    phone.go(f"/notes/{notes.first().number}/")
    assert "Written on the phone" in phone.page.content()


def test_a_line_that_drops_between_two_notes_says_what_went_and_what_waits(phone, world):
    without_signal(phone)
    write(phone, FIRST)
    says(phone, "1 note is locked on this phone")
    write(phone, SECOND)
    says(phone, "2 notes are locked on this phone")
    sent: list[str] = []

    def one(route):
        sent.append(route.request.url)
        return route.continue_() if len(sent) == 1 else route.abort()

    phone.page.route("**/no-signal/send/", one)
    phone.page.context.set_offline(False)
    says(phone, "1 note from this phone was sent. 1 note is locked on this phone")
    assert len(waiting(phone)) == 1


def send_again(seen: Window, envelope: dict[str, str]) -> dict[str, str]:
    script = """async (envelope) => {
      const { token } = await (await fetch("/notes/no-signal/key/")).json();
      const body = new URLSearchParams({ envelope: JSON.stringify(envelope) });
      const headers = { "X-CSRFToken": token };
      return (await fetch("/notes/no-signal/send/", { method: "POST", body, headers })).json(); }"""
    return dict(seen.page.evaluate(script, envelope))


def test_a_sign_in_that_is_over_sends_nothing_and_says_so(phone, world):
    without_signal(phone)
    write(phone, FIRST)
    says(phone, "1 note is locked")
    cookies = phone.page.context.cookies()
    phone.page.context.clear_cookies()
    phone.page.context.set_offline(False)
    says(phone, "Sign in to send 1 note")
    assert FIRST not in phone.page.content()
    assert len(waiting(phone)) == 1
    phone.page.context.add_cookies(cookies)
    phone.go("/notes/")
    says(phone, "1 note from this phone was sent")


def test_another_person_on_this_phone_neither_sends_nor_hears_of_it(phone, world, open_window):
    without_signal(phone)
    write(phone, FIRST)
    says(phone, "1 note is locked")
    before = Incident.objects.count()
    OfflineDevice.objects.filter(user=world.her).update(user=world.worker)
    phone.page.context.set_offline(False)
    phone.go("/notes/")
    phone.page.wait_for_timeout(800)
    assert phone.page.locator("[data-no-signal-line]").inner_text() == ""
    assert len(waiting(phone)) == 1
    assert Incident.objects.count() == before
    turn_on(phone)  # for this account it was off
    without_signal(phone)
    write(phone, SECOND)
    says(phone, "2 notes are locked")
    phone.page.context.set_offline(False)
    says(phone, "1 note from this phone was sent")
    assert len(waiting(phone)) == 1
    assert Incident.objects.count() == before + 1


def test_exit_takes_along_what_was_not_sent(phone, world):
    without_signal(phone)
    assert "deletes notes that are not sent yet" in phone.page.content()
    write(phone, FIRST)
    says(phone, "1 note is locked")
    phone.button("Exit this page").click()
    phone.soon(lambda: phone.path != "/notes/")  # the browser's own page, since nothing can be reached
    phone.page.context.set_offline(False)
    phone.go(WRITE)
    assert waiting(phone) == []


def test_exit_with_signal_sends_first_also_on_a_slow_line(phone, world):
    without_signal(phone)
    write(phone, FIRST + " again")
    says(phone, "1 note is locked")
    key = Shut(phone.page.context, KEY)
    phone.page.context.set_offline(False)
    phone.soon(lambda: key.refused)
    slow_line(phone.page, KEY, 300)  # of the page, which goes before what is said of the whole browser
    phone.press("Exit this page")
    phone.page.get_by_role("heading", name="Weather").wait_for()
    assert any(
        note.what_happened == FIRST + " again" for note in Incident.objects.filter(written_offline__isnull=False)
    )


def test_a_key_replaced_between_writing_and_sending_still_opens(phone, world):
    without_signal(phone)
    write(phone, FIRST)
    says(phone, "1 note is locked")
    version = waiting(phone)[0]["key_version"]
    OfflineKey.objects.update(made_at="2026-01-01T00:00Z")
    assert rotate_keys(now=timezone.now()).version == version + 1
    phone.page.context.set_offline(False)
    says(phone, "1 note from this phone was sent")
    without_signal(phone)
    write(phone, SECOND)
    says(phone, "1 note is locked")
    assert waiting(phone)[0]["key_version"] == version + 1
    phone.page.context.set_offline(False)
    says(phone, "1 note from this phone was sent")


def test_what_cannot_be_a_note_becomes_an_unfinished_one(phone, world):
    without_signal(phone)
    phone.page.get_by_label("Month").fill("13")
    write(phone, FIRST, PLACE)
    says(phone, "1 note is locked")
    phone.page.context.set_offline(False)
    says(phone, "A note needs one more look")
    draft = Draft.objects.get(user=world.her)
    assert content_of(draft)["what_happened"] == FIRST
    phone.go("/notes/")
    assert "Kept for you" in phone.page.content()


def test_turning_it_off_leaves_nothing_on_the_phone(phone, world):
    look(phone, "no-signal-on")
    phone.check()
    phone.touch("Turn it off")
    phone.button("Turn it on for this phone").wait_for()
    assert phone.kept_in_browser() == {}
    phone.soon(lambda: OfflineDevice.objects.filter(user=world.her).latest("made_at").ended_at)


def test_turning_it_off_warns_of_what_was_not_sent(phone, world):
    without_signal(phone)
    write(phone, FIRST)
    says(phone, "1 note is locked")
    Shut(phone.page, KEY)
    phone.page.context.set_offline(False)
    phone.go(ABOUT)
    phone.touch("Turn it off")
    says(phone, "1 note is not sent yet. Press again to delete it.")
    assert len(waiting(phone)) == 1
    phone.page.wait_for_timeout(DOUBLE_PRESS)
    phone.touch("Turn it off")
    phone.button("Turn it on for this phone").wait_for()
    assert phone.kept_in_browser() == {}


def test_nothing_is_kept_before_it_is_turned_on_and_the_page_says_who_might_see(open_window, world):
    seen = open_window(world.her)
    seen.go(ABOUT)
    seen.button("Turn it on for this phone").wait_for()
    assert "Could someone else look at this phone?" in seen.page.content()
    seen.check()
    look(seen, "no-signal-off")
    seen.go(WRITE)
    seen.page.get_by_text("It is not turned on here").wait_for()
    assert seen.kept_in_browser() == {}


def test_without_scripts_it_is_not_offered(open_window, world):
    seen = open_window(world.her, scripts=False)
    seen.go("/notes/account/")
    assert not seen.page.get_by_role("link", name="Write without signal").is_visible()
    seen.go(ABOUT)
    assert not seen.button("Turn it on for this phone").is_visible()


def test_a_box_left_empty_is_asked_for(phone):
    without_signal(phone)
    phone.touch("Save note")
    phone.page.get_by_text("Write what happened").wait_for()
    assert waiting(phone) == []
    phone.check()


# --- her language ----------------------------------------------------------------------------------------------------

KEPT_IN = "async (code) => (await caches.keys()).every((name) => name.endsWith(`in=${code}`))"


def speak(seen: Window, name: str, code: str) -> None:
    seen.go("/notes/")
    seen.press(name)
    for _time in range(100):
        if seen.page.evaluate(KEPT_IN, code):
            return
        seen.page.wait_for_timeout(100)
    raise AssertionError(f"the page that is kept does not speak {code}")


def test_the_page_it_keeps_speaks_the_language_she_chose_and_changes_with_it(phone):
    speak(phone, "العربية", "ar")
    phone.page.context.set_offline(True)
    phone.page.goto(phone.base + "/notes/")
    page = phone.page.locator("html[lang=ar]")
    page.wait_for()
    assert (page.get_attribute("lang"), page.get_attribute("dir")) == ("ar", "rtl")
    phone.check()
    look(phone, "no-signal-arabic")
    phone.page.context.set_offline(False)
    speak(phone, "Polski", "pl")
    phone.page.context.set_offline(True)
    phone.page.goto(phone.base + "/notes/")
    phone.page.locator("html[lang=pl]:not([dir])").wait_for()
    phone.page.context.set_offline(False)


# --- signing out, two windows ----------------------------------------------------------------------------------------


def wait_there(seen: Window) -> Shut:
    """One note waits on her phone, and the line is back for everything but sending, until that is opened."""
    without_signal(seen)
    write(seen, FIRST)
    says(seen, "1 note is locked on this phone")
    key = Shut(seen.page.context, KEY)
    seen.page.context.set_offline(False)
    return key


def test_signing_out_keeps_what_waits_and_the_page_says_so(phone, world):
    key = wait_there(phone)
    phone.go("/notes/")
    phone.sign_out()
    key.open()
    phone.go(WRITE)
    says(phone, "Sign in to send 1 note")
    assert len(waiting(phone)) == 1
    assert phone.kept_in_browser()["workers"] == 1


def test_signing_out_from_elsewhere_keeps_what_waits_too(phone, world, open_window):
    key = wait_there(phone)
    before = Incident.objects.count()
    desk: Window = open_window(world.her, size=DESKTOP)
    desk.go("/account/sign-ins/")
    desk.press("Sign out everywhere else")
    key.open()
    phone.page.goto(phone.base + WRITE)
    says(phone, "Sign in to send 1 note")
    assert len(waiting(phone)) == 1
    assert Incident.objects.count() == before


def beside(seen: Window, path: str) -> Window:
    """A second window of the same phone."""
    other = Window(seen.page.context.new_page(), seen.base, seen.problems)
    other.page.on("pageerror", lambda error: seen.problems.append(f"script: {error}"))
    other.go(path)
    return other


def test_turning_it_off_in_one_window_leaves_nothing_whatever_the_other_does(phone, world):
    other = beside(phone, WRITE)
    phone.go(ABOUT)
    phone.touch("Turn it off")
    phone.button("Turn it on for this phone").wait_for()
    other.page.evaluate("dispatchEvent(new Event('online'))")
    other.page.get_by_label("What happened?").fill(FIRST)
    other.page.context.set_offline(True)
    other.touch("Save note")
    other.page.get_by_text("This phone has no room for it. Copy your words.").wait_for()
    assert other.page.get_by_label("What happened?").input_value() == FIRST
    other.page.context.set_offline(False)
    other.page.wait_for_timeout(500)
    assert phone.kept_in_browser() == {}


def test_exit_in_one_window_takes_along_what_waits_for_both(phone, world):
    key = wait_there(phone)
    other = beside(phone, WRITE)
    assert len(waiting(other)) == 1
    phone.go("/notes/")
    phone.press("Exit this page")
    phone.page.get_by_role("heading", name="Weather").wait_for()
    key.open()
    assert waiting(other) == []
    other.page.evaluate("dispatchEvent(new Event('online'))")
    other.page.wait_for_timeout(500)
    assert waiting(other) == []


def test_the_kept_page_never_takes_the_place_of_a_form_that_is_being_sent(phone, world):
    phone.go("/notes/messages/")
    phone.page.get_by_label("Write a message").fill(FIRST)
    phone.page.context.set_offline(True)
    phone.touch("Send")
    phone.page.get_by_text("There is no signal. Your words are still on this page.").wait_for()
    assert "There may be no signal. You can still write." not in phone.page.content()
    assert phone.page.get_by_label("Write a message").input_value() == FIRST
    assert waiting(phone) == []
    phone.page.context.set_offline(False)
