"""The main job, done by the invented people over HTTP: `bin/start --check` runs this against a copy that is up.

Outside Django: pages, cookies and forms only, as a browser without scripts would have them.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.browser import Browser, Form, Page, Upload
from demo.codes import code_with_time_to_spare

ROOT = Path(__file__).resolve().parent.parent
FRONT_PAGES = {
    "victim": "/notes/",
    "caseworker": "/cases/work/",
    "manager": "/reports/caseload/",
    "administrator": "/people/",
    "data_protection": "/locked/",
}
WORDS = "He was outside the house again this morning. I wrote this down for the check."
BUNDLE_SECONDS = 240
UNREAD = re.compile(r"(\d+) entr(?:y|ies)")


class CheckFailed(Exception):
    """One sentence: which step failed, and how."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Name the step in whatever goes wrong inside.

    Raises:
        CheckFailed: always instead of anything else.
    """
    try:
        yield
    except CheckFailed as error:
        raise CheckFailed(f"{name}: {error}") from error
    except (OSError, ValueError, KeyError) as error:
        raise CheckFailed(f"{name}: {type(error).__name__}: {error}") from error


def run(base_url: str, demo_json: Path) -> dict[str, Any]:
    """Sign everybody in, write an entry with a file, read it, build a bundle of it, take it and verify it.

    Args:
        base_url: where the service answers.
        demo_json: the sign-ins that `manage.py demo` left.

    Returns:
        `bundle` with path, pages, bytes and sha256, and `pages_checked`.

    Raises:
        CheckFailed: with the step that failed.
    """
    known = json.loads(demo_json.read_text())
    people = {person["key"]: person for person in known["people"]}
    browsers = {}
    for key, person in people.items():
        with step(f"signing in as {person['label']}"):
            browsers[key] = signed_in(base_url, person)
    log = f"/cases/{known['story_case']}/log/"
    with step("the manager's page before the entry"):
        before = unread_count(browsers["ruth"])
    with step("writing an entry with a file"):
        write_entry(browsers["hannah"])
    with step("the manager's page after the entry"):
        expect(unread_count(browsers["ruth"]) == before + 1, "it does not count the new entry")
    with step("reading the entry as its caseworker"):
        read_entry(browsers["priya"], log)
    bundle = take_bundle(browsers["priya"], people["priya"], known["story_case"], demo_json.parent)
    return {"bundle": bundle, "pages_checked": sum(len(browser.opened) for browser in browsers.values())}


def expect(is_so: bool, sentence: str) -> None:
    """Say what is wrong unless it is right.

    Raises:
        CheckFailed: with the sentence.
    """
    if not is_so:
        raise CheckFailed(sentence)


def found(form: Form | None, page: Page, what: str) -> Form:
    """The form, or which page lacks it.

    Raises:
        CheckFailed: there is none.
    """
    if form is None:
        raise CheckFailed(f"{urlsplit(page.url).path} ({page.status}, “{page.title}”) has no form for {what}")
    return form


def signed_in(base_url: str, person: dict[str, str]) -> Browser:
    """Sign one person in through the pages, second factor included, as far as their own front page."""
    browser = Browser(base_url)
    browser.get("/before/")
    page = browser.get("/sign-in/")
    form = found(page.form_with("login", "password"), page, "signing in")
    page = browser.submit(form, {"login": person["sign_in"], "password": person["password"]})
    if person["totp_secret"]:
        form = found(page.form_with("code"), page, "the authenticator's code")
        page = browser.submit(form, {"code": code_with_time_to_spare(person["totp_secret"])})
    expect(page.status == 200, f"the front page answered {page.status}")
    path, wanted = urlsplit(page.url).path, FRONT_PAGES[person["role"]]
    expect(path == wanted, f"the way led to {path} instead of {wanted}")
    is_portal = person["role"] == "victim"
    expect(page.title.endswith("NSVCS") is not is_portal and bool(page.title), f"the title is “{page.title}”")
    return browser


def write_entry(browser: Browser) -> None:
    """One entry with one photograph, through the portal's form."""
    from demo import pictures  # pictures need Pillow, nothing of Django

    page = browser.get("/notes/new/")
    form = found(page.form_with("what_happened", "when", "uploads"), page, "a new note")
    photo = pictures.photo(pictures.street_by_day, pictures.DAY, datetime.now().astimezone())
    upload = Upload("uploads", "IMG_2301.jpg", "image/jpeg", photo)
    page = browser.submit(form, {"when": "today", "what_happened": WORDS, "press": "save"}, [upload])
    is_kept = page.status == 200 and page.url.endswith("/saved/")
    expect(is_kept, f"the note was not kept: {page.status}, “{page.title}”")


def unread_count(browser: Browser) -> int:
    """How many unread entries the manager's page counts."""
    page = browser.get("/reports/caseload/")
    expect(page.status == 200, f"the page answered {page.status}")
    counted = UNREAD.search(page.text)
    return int(counted[1]) if counted else 0


def read_entry(browser: Browser, log: str) -> None:
    """Find the new entry on top of the log, open it, and mark it as read."""
    page = browser.get(log)
    entries = [url for url, words in page.links if re.fullmatch(r"Entry \d+", words)]
    expect(bool(entries), f"the log shows no entry ({page.status}, “{page.title}”)")
    pages = (browser.get(url) for url in entries)
    page = next((each for each in pages if WORDS in each.text), page)
    expect(WORDS in page.text, "the new entry is not in the log")
    expect("JPEG picture" in page.text, "the entry shows no photograph")
    reading = next((form for form in page.forms if form.action.endswith("/read/")), None)
    page = browser.submit(found(reading, page, "marking the entry as read"), {})
    expect(page.status == 200, f"marking as read answered {page.status}")


def take_bundle(browser: Browser, person: dict[str, str], case_id: str, folder: Path) -> dict[str, Any]:
    """Ask for a bundle of the whole log, wait for the worker, take it after fresh proof, verify it."""
    with step("asking for a bundle"):
        address = ask_for_bundle(browser, f"/cases/{case_id}/bundles/new/")
    with step("building the bundle"):
        page = wait_for_bundle(browser, address)
    with step("downloading the bundle"):
        content = download(browser, page, person)
        digest = hashlib.sha256(content).hexdigest()
        expect(digest in page.text, "the page names another digest than that of the file")
    path = folder / "check-bundle.pdf"
    path.write_bytes(content)
    with step("verifying the bundle"):
        pages = verified_pages(path, folder)
    return {"path": str(path), "pages": pages, "bytes": len(content), "sha256": digest}


def ask_for_bundle(browser: Browser, address: str) -> str:
    """Choose everything for the officer in the case, step by step; check, ask; returns where the bundle's page is."""
    page = browser.get(address)
    page = browser.submit(found(page.form_with("key"), page, "beginning"), {})
    # Her own: one person approves it, and it may be taken at once.
    page = answered(browser, page, "purpose", {"purpose": "own_copy", "words": "Check of this copy"})
    page = answered(browser, page, "recipient_ref", {"recipient_ref": "victim:herself"})
    page = answered(browser, page, "file_kinds", {})
    while page.form_with("why_all"):
        page = answered(browser, page, "why_all", {})
    page = answered(browser, page, "sections", {})
    page = answered(browser, page, "shown", {})
    page = answered(browser, page, "producer", {"producer": "victim"})
    page = answered(browser, page, "version", {})
    is_asked = page.status == 200 and re.search(r"/bundles/[0-9a-f-]{36}/$", page.url)
    expect(bool(is_asked), f"the answer was {page.status}, “{page.title}”")
    return page.url


def answered(browser: Browser, page: Page, name: str, values: Mapping[str, Any]) -> Page:
    """The page after one step of choosing; what is ticked on it stays ticked.

    Raises:
        CheckFailed: the step is not there, or not taken.
    """
    page = browser.submit(found(page.form_with(name), page, name), values)
    expect(page.status == 200, f"{name} answered {page.status}: {page.text[:400]}")
    return page


def wait_for_bundle(browser: Browser, address: str) -> Page:
    """Ask again until the worker has made it.

    Raises:
        CheckFailed: it could not be made, or not in time.
    """
    until = time.monotonic() + BUNDLE_SECONDS
    while time.monotonic() < until:
        page = browser.get(address)
        if any(url.endswith("/checks/") for url, _ in page.links):
            return page
        failed = any(form.action.endswith("/again/") for form in page.forms)
        expect(page.status == 200 and not failed, f"the page says: {page.text[:400]}")
        time.sleep(0.5)
    raise CheckFailed(f"it was not ready after {BUNDLE_SECONDS} seconds")


def download(browser: Browser, page: Page, person: dict[str, str]) -> bytes:
    """Prove who it is once more, then take the file."""
    proof = browser.get("/confirm/")
    form = found(proof.form_with("password"), proof, "the password")
    proof = browser.submit(form, {"password": person["password"]})
    expect(proof.status == 200, f"the proof answered {proof.status}")
    page = wait_for_checks(browser, page.url)
    form = found(page.form_with("way", "to_name"), page, "approving")
    page = browser.submit(form, {"way": "hand", "to_name": "The victim"})
    taking = next((form for form in page.forms if form.action.endswith("/take/")), None)
    begun = browser.submit(found(taking, page, "taking it out"), {})
    address = next((url for url, words in begun.links if words.startswith("Download it again")), "")
    expect(bool(address), f"taking it out led to {begun.status}, “{begun.title}”")
    taken = browser.get(address)
    is_file = taken.status == 200 and taken.content.startswith(b"%PDF-")
    expect(is_file, f"the answer was {taken.status}, “{taken.title}”, no PDF")
    return taken.content


def wait_for_checks(browser: Browser, address: str) -> Page:
    """Look at the checks until the worker has made them; returns the page on which the bundle is approved.

    Raises:
        CheckFailed: they do not let it go, or were not made in time.
    """
    until = time.monotonic() + BUNDLE_SECONDS
    while time.monotonic() < until:
        page = browser.get(f"{address}checks/")
        if on := next((url for url, words in page.links if words == "Go on to approve it"), ""):
            return browser.get(on)
        expect(page.status == 200 and "cannot leave" not in page.text, f"the page says: {page.text[:400]}")
        time.sleep(0.5)
    raise CheckFailed(f"it was not checked after {BUNDLE_SECONDS} seconds")


def verified_pages(path: Path, var: Path) -> int:
    """Verify a bundle without the database; returns how many pages it has.

    Raises:
        CheckFailed: it is not as it was sealed.
    """
    told = {**os.environ, "NSVCS_VAR": str(var), "NSVCS_PROCESS": "web", "DJANGO_SETTINGS_MODULE": "nsvcs.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "verify_bundle", "--inside", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=told, cwd=ROOT)
    counted = re.search(r"(\d+) pages", done.stdout)
    if done.returncode or counted is None:
        raise CheckFailed((done.stdout + done.stderr).strip()[-400:] or "the command said nothing")
    return int(counted[1])
