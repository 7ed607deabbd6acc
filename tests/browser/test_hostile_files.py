"""Files that are a picture and a page at once: no script in them ever runs, neither as original nor as our copy."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Dialog, FilePayload

from jobs.actions import run_due
from logs.models import Evidence
from tests.browser.windows import DESKTOP, Window
from tests.factories import CaseFactory, UserFactory
from tests.logs.samples import drawing, encoded

RAN = "document.title='it ran';window.itRan=1;alert('it ran');fetch('http://127.0.0.1:%d/it-ran')"
FIRST_BYTES = {"image/gif": b"GIF89a/*", "image/jpeg": b"\xff\xd8"}


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port that notes whatever reaches it."""
    heard: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    yield server.server_port, heard
    server.shutdown()
    server.server_close()
    thread.join()


def hostile(port: int) -> dict[str, bytes]:
    """The four of them; the GIF is a page and, read as a script, a program too: its width in bytes is `/*`."""
    script = (RAN % port).encode()
    page = b'<html><body><img src=x onerror="%s"><script>%s</script></body></html>' % (script, script)
    width = int.from_bytes(b"/*", "little")
    gif = encoded(drawing(width, 4).convert("P"), "GIF", comment=page) + b"*/=1;" + script + b"//"
    return {
        "both.gif": gif,
        "tail.jpg": encoded(drawing(), "JPEG") + page,
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="%s"><script>%s</script></svg>'
        % (script, script),
        "holiday.jpg": page,
    }


def chosen(files: dict[str, bytes], *names: str) -> list[FilePayload]:
    return [{"name": name, "mimeType": "image/jpeg", "buffer": files[name]} for name in names]


@pytest.mark.h("H25")
def test_no_script_in_a_file_runs_whichever_way_it_is_opened(open_window, site, listener):
    port, heard = listener
    files, worker = hostile(port), UserFactory()
    case = CaseFactory(worker=worker, portal=True)
    pages_are_refused_pictures_kept(open_window(case.victim.user, scripts=False), files)  # the form by itself
    hers: Window = open_window(case.victim.user)
    dialogs = watch_dialogs(hers)
    run_due()
    kept = list(Evidence.objects.filter(case=case).order_by("exhibit_number"))
    assert [(each.media_type, each.size_bytes) for each in kept] == [
        ("image/gif", len(files["both.gif"])), ("image/jpeg", len(files["tail.jpg"])),
    ]  # fmt: skip
    for place in (1, 2):
        a_copy_is_a_picture_of_ours(hers, f"/notes/1/files/{place}/")
    theirs: Window = open_window(worker, size=DESKTOP)
    dialogs += watch_dialogs(theirs)
    for evidence in kept:
        address = f"/cases/{case.pk}/log/files/{evidence.pk}/"
        a_copy_is_a_picture_of_ours(theirs, f"{address}page/")
        the_original_only_comes_as_a_download(theirs, evidence, address)
    assert (dialogs, heard) == ([], [])
    the_same_bytes_as_a_page_would_run(theirs, files["tail.jpg"])


def watch_dialogs(seen: Window) -> list[str]:
    """What a script would raise; noted, and waved away."""
    raised: list[str] = []

    def wave_away(dialog: Dialog) -> None:
        raised.append(dialog.message)
        dialog.dismiss()

    seen.page.context.on("dialog", wave_away)
    return raised


def pages_are_refused_pictures_kept(seen: Window, files: dict[str, bytes]) -> None:
    """Through her own form: pages under a picture's name are named with what to do, and nothing of them is kept."""
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill("He sent me these.")
    picker = seen.page.locator("input[type=file]:not([capture])")
    picker.set_input_files(chosen(files, "drawing.svg", "holiday.jpg"))
    seen.press("Save note")
    said = seen.page.locator(".govuk-error-summary").inner_text()
    assert "drawing.svg: This is a drawing made of code (SVG)." in said
    assert "holiday.jpg: This looks like a web page." in said
    assert not Evidence.objects.exists()
    picker.set_input_files(chosen(files, "both.gif", "tail.jpg"))
    seen.press("Save note")
    seen.page.get_by_role("heading", name="Your note is saved").wait_for()


def is_untouched(seen: Window) -> bool:
    """Whether no script of a file's ran in the window."""
    seen.page.wait_for_timeout(200)
    ran: Any = seen.page.evaluate("() => window.itRan || document.title === 'it ran'")
    return not ran


def a_copy_is_a_picture_of_ours(seen: Window, address: str) -> None:
    """Opened as a page of its own it is still a picture, made anew, with nothing of the sender's in it."""
    answer = seen.page.goto(seen.base + address)
    assert answer is not None
    headers, body = answer.headers, answer.body()
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert seen.page.evaluate("() => document.contentType") == "image/jpeg"
    assert body.startswith(FIRST_BYTES["image/jpeg"])
    assert b"<script" not in body
    assert b"it ran" not in body
    assert is_untouched(seen)


def the_original_only_comes_as_a_download(seen: Window, evidence: Evidence, address: str) -> None:
    """Bit for bit, under a neutral name; asked for as script or frame by a page of our own, it does nothing."""
    seen.go(f"/cases/{evidence.case_id}/log/{evidence.incident_id}/")
    seen.link(f"Download the original of exhibit E{evidence.exhibit_number}").click()
    with seen.page.expect_download() as taking:
        seen.link("Download it all the same").click()
    seen.page.go_back()
    sent = taking.value.path().read_bytes()
    assert sent.startswith(FIRST_BYTES[evidence.media_type])
    assert len(sent) == evidence.size_bytes
    assert taking.value.suggested_filename.endswith((".gif", ".jpg"))
    address = f"{address}?sure=yes"
    headers = seen.page.context.request.get(seen.base + address).headers
    assert headers["content-disposition"].startswith('attachment; filename="document-')
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    before = len(seen.problems)
    seen.page.evaluate(
        """(address) => new Promise((done) => {
          const script = document.createElement("script");
          script.src = address;
          script.onload = script.onerror = done;
          document.body.append(script);
        })""",
        address,
    )
    assert is_untouched(seen)
    assert "MIME type" in "\n".join(seen.problems[before:])
    del seen.problems[before:]


def the_same_bytes_as_a_page_would_run(seen: Window, content: bytes) -> None:
    """The bait is real: shown as a page by somebody careless, it runs."""
    assert seen.problems == []
    seen.page.goto("about:blank")
    seen.page.set_content(content.decode("latin1"))
    assert not is_untouched(seen)
    seen.problems.clear()
