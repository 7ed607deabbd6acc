"""What pages load: built from packages, free of foreign marks; the frame, the headers, and files on their way in."""

import datetime
import errno
import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from nsvcs import context, frontend, htmx, uploads
from nsvcs.fields import FilesField
from nsvcs.headers import HeadersMiddleware

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("frontend")
    assert frontend.build(MODULES, target)
    return target / "vendor"


def served(built: Path) -> list[Path]:
    ours = ROOT / "nsvcs" / "assets"
    return [path for folder in (built, ours) for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]


# --- the build -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ["GDS Transport", "-crest.", "GOV.UK logotype", "/assets/", "sourceMappingURL", "Calvert"]
)
def test_nothing_served_holds_a_foreign_mark(built: Path, mark: str) -> None:
    assert [path.name for path in served(built) if mark in path.read_text(encoding="utf-8")] == []


def test_nothing_served_names_an_outside_address(built: Path) -> None:
    found = {path.name: OUTSIDE.findall(without_comments(path)) for path in served(built)}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_every_picture_of_a_sheet_is_there(built: Path) -> None:
    for sheet in built.glob("*.css"):
        for name in re.findall(r"url\(([^)]*)\)", sheet.read_text(encoding="utf-8")):
            assert name.startswith(('"data:', "data:")) or (built / name).exists(), name


def test_font_is_the_brand_variable(built: Path) -> None:
    text = (built / "govuk-frontend.css").read_text(encoding="utf-8")
    assert "@font-face" not in text
    assert text.count("var(--brand-font)") > 50


def test_mirrored_sheets_differ(built: Path) -> None:
    for name, mirrored in frontend.MIRRORED.items():
        assert (built / name).read_bytes() != (built / mirrored).read_bytes()


def test_manifest_tells_versions_and_digests(built: Path) -> None:
    told = json.loads((built / frontend.MANIFEST).read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: locked[name] for name in told["versions"]} == told["versions"]
    for name, digest in told["files"].items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == digest


def test_second_build_makes_nothing_and_a_changed_file_is_made_again(built: Path) -> None:
    assert not frontend.build(MODULES, built.parent)
    (built / "htmx.js").write_text("changed", encoding="utf-8")
    assert frontend.build(MODULES, built.parent)
    assert (built / "htmx.js").read_text(encoding="utf-8") != "changed"


def test_missing_package_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(frontend.BuildError, match="npm ci"):
        frontend.build(tmp_path, tmp_path / "out")


def test_imports_of_our_scripts_exist(built: Path) -> None:
    folder = ROOT / "nsvcs" / "assets" / "js"
    for script in folder.glob("*.js"):
        for name in re.findall(r'from "([^"]+)"', script.read_text(encoding="utf-8")):
            target = built / name.removeprefix("../vendor/") if "vendor" in name else folder / name
            assert target.exists(), name


# Notes sealed for want of signal, and only where somebody turned it on: tests/browser/test_no_signal.py.
SEALED = {"queue.js", "no-signal.js"}


def test_our_scripts_keep_nothing_in_the_browser() -> None:
    for script in (ROOT / "nsvcs" / "assets" / "js").glob("*.js"):
        if script.name in SEALED:
            continue
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"localStorage|indexedDB|sessionStorage\.setItem|document\.cookie", text), script.name


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|<style")
    printed = ROOT / "templates" / "bundles" / "pdf"  # never served: the typesetter reads them
    for template in (ROOT / "templates").rglob("*.html"):
        if not template.is_relative_to(printed):
            assert not inline.search(template.read_text(encoding="utf-8")), template.name


# --- headers ---------------------------------------------------------------------------------------------------------


class SignedIn:
    is_authenticated = True
    role = "victim"


def through_headers(response: HttpResponse, user: object = None) -> HttpResponse:
    request = RequestFactory().get("/")
    request.user = user
    return HeadersMiddleware(lambda _: response)(request)


def test_every_page_is_kept_nowhere() -> None:
    response = through_headers(HttpResponse("x"), SignedIn())
    assert "no-store" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_shared_page_is_shared_only_while_nobody_is_signed_in() -> None:
    shared = {"Cache-Control": "public, max-age=60"}
    assert "public" in through_headers(HttpResponse("x", headers=shared))["Cache-Control"]
    assert "no-store" in through_headers(HttpResponse("x", headers=shared), SignedIn())["Cache-Control"]


# --- files coming in -------------------------------------------------------------------------------------------------


def upload(settings: object, tmp_path: Path, *contents: bytes, limit: int = 1_000_000) -> object:
    settings.FILE_UPLOAD_HANDLERS = ["nsvcs.uploads.CappedUploadHandler"]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    settings.UPLOAD_MAX_BYTES = limit
    files = [io.BytesIO(content) for content in contents]
    for number, file in enumerate(files):
        file.name = f"{number}.bin"
    return RequestFactory().post("/", {"files": files, "text": "kept"})


def test_file_is_on_disk_with_its_digest(settings: object, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    request = upload(settings, tmp_path, content, b"second")
    first, second = request.FILES.getlist("files")
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert second.sha256 == hashlib.sha256(b"second").hexdigest()
    assert Path(first.temporary_file_path()).read_bytes() == content
    assert request.POST["text"] == "kept"


def test_upload_of_exactly_the_limit_is_taken(settings: object, tmp_path: Path) -> None:
    request = upload(settings, tmp_path, b"x" * 500, b"x" * 500, limit=1000)
    assert len(request.FILES.getlist("files")) == 2


def test_one_byte_more_stops_and_leaves_nothing(settings: object, tmp_path: Path) -> None:
    request = upload(settings, tmp_path, b"x" * 500, b"x" * 501, limit=1000)
    with pytest.raises(uploads.UploadTooLarge):
        assert request.FILES
    del request
    assert [path for path in (tmp_path / "incoming").iterdir() if path.stat().st_size > 500] == []


def test_too_long_a_request_is_refused_unread(settings: object, tmp_path: Path) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    request = upload(settings, tmp_path, b"x" * 5000, limit=1000)
    with pytest.raises(uploads.UploadTooLarge):
        assert request.FILES
    assert not (tmp_path / "incoming").exists()


@pytest.mark.h("H39")
@pytest.mark.parametrize("step", ["receive_data_chunk", "file_complete"])
def test_a_full_disk_loses_the_file_and_no_word(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(f"django.core.files.uploadhandler.TemporaryFileUploadHandler.{step}", full)
    request = upload(settings, tmp_path, b"x" * 100_000)
    assert request.POST["text"] == "kept"
    with pytest.raises(ValidationError, match="Your words are safe"):
        FilesField().clean(request.FILES.getlist("files"))
    assert list((tmp_path / "incoming").iterdir()) == []


def test_another_fault_of_the_disk_is_no_full_disk(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", broken)
    with pytest.raises(OSError, match="broken"):
        len(upload(settings, tmp_path, b"x").FILES)


def test_too_large_is_answered_413_with_the_limit_and_the_rest_400(settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 200 * 1024 * 1024
    request = RequestFactory().get("/")
    too_large = uploads.bad_request(request, uploads.UploadTooLarge("x"))
    assert too_large.status_code == 413
    assert "200.0" in too_large.content.decode()
    assert uploads.bad_request(request, RequestDataTooBig("x")).status_code == 413
    assert uploads.bad_request(request, ValueError("x")).status_code == 400


# --- the frame and its parts -----------------------------------------------------------------------------------------


def draw(source: str, **values: object) -> str:
    return engines["django"].from_string("{% load govuk %}" + source).render(values)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "templates").glob("[45]*.html")))
def test_error_pages_are_neutral_and_offer_the_exit(name: str) -> None:
    page = render_to_string(name, {"limit": "1 MB"}, request=RequestFactory().get("/"))
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL).group(1)
    assert not re.search(r"nsvcs|victim|stalk|police|court|gov\.uk", title, re.IGNORECASE)
    assert 'href="/exit"' in page


def test_page_of_last_resort_needs_nothing_to_be_drawn() -> None:
    assert not re.search(r"\{[{%]", (ROOT / "templates" / "500.html").read_text(encoding="utf-8"))


def test_navigation_leaves_out_pages_that_do_not_exist_or_are_not_for_this_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(context, "url_or_none", {"cases:work": "/cases/work", "cases:list": "/cases/"}.get)
    request = RequestFactory().get("/cases/work")
    request.user = SignedIn()
    assert context.navigation_links(request, "staff") == []
    request.user.role = "caseworker"
    links = context.navigation_links(request, "staff")
    assert [(link["href"], link["is_current"]) for link in links] == [("/cases/work", True), ("/cases/", False)]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/notes/", "Home"),
        ("/notes/3/", "My notes"),
        ("/notes/all/month/", "My notes"),
        ("/notes/help/", "Safety"),
        ("/notes/messages/", "Messages"),
        ("/notes/details/", None),
    ],
)
def test_the_menu_marks_the_place_a_page_belongs_to(path: str, place: str | None) -> None:
    request = RequestFactory().get(path)
    request.user, request.resolver_match = SignedIn(), resolve(path)
    links = context.navigation_links(request, "portal")
    assert [link["text"] for link in links if link["is_current"]] == ([place] if place else [])


def test_timeout_follows_the_limits_of_the_role(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.IDLE_MINUTES = {"staff": 15, "portal": 10}
    monkeypatch.setattr(context, "url_or_none", lambda name: f"/{name}")
    request = RequestFactory().get("/")
    request.user = SignedIn()
    assert context.timeout(request)["idle_seconds"] == 600
    request.user = None
    assert context.timeout(request) == {}


def test_dates_and_times_read_as_people_write_them() -> None:
    at = datetime.datetime(2026, 7, 1, 13, 30, tzinfo=datetime.UTC)
    assert draw("{{ at|day_and_clock }}", at=at) == "1 July 2026 at 2:30pm"
    assert draw("{{ at|clock }}", at=datetime.time(9)) == "9am"
    assert draw("{{ at|clock }}", at=datetime.time(12)) == "midday"
    assert draw("{{ at|day }}", at=datetime.date(2026, 11, 22)) == "22 November 2026"
    assert draw("{{ at|short_day }}", at=datetime.date(2026, 11, 22)) == "22 Nov 2026"
    assert draw("{{ at }}", at=datetime.date(2026, 11, 22)) == "22 November 2026"
    assert draw("{{ at|day }}{{ at|clock }}{{ at|day_and_clock }}", at=None) == ""


def test_summary_row_names_what_is_missing_and_what_change_changes() -> None:
    drawn = draw('{% summary_list %}{% row "Phone" "/change" %}{% endrow %}{% endsummary_list %}')
    assert "Not given" in drawn
    assert 'Change<span class="govuk-visually-hidden"> Phone</span>' in drawn


def test_what_people_wrote_is_escaped_in_every_part() -> None:
    text = "<b>x</b>"
    drawn = draw(
        "{% card t %}{{ t }}{% endcard %}{% row t %}{{ t }}{% endrow %}{% tag t %}{% button t %}"
        "{% timeline_item t now by=t %}{{ t }}{% endtimeline_item %}{% table t t %}{% endtable %}"
        "{% alert title=t %}{% endalert %}",
        t=text,
        now=timezone.now(),
    )
    assert text not in drawn


def test_pages_keep_the_filters() -> None:
    request = RequestFactory().get("/?q=a&page=2")
    template = engines["django"].from_string("{% load govuk %}{% pagination page %}")
    drawn = template.render({"page": Paginator(range(100), 10).page(2)}, request)
    assert "?q=a&amp;page=3" in drawn
    assert 'aria-current="page"' in drawn
    assert template.render({"page": Paginator(range(5), 10).page(1)}, request).strip() == ""


def test_one_way_to_tell_an_htmx_request() -> None:
    ask = RequestFactory().get
    assert htmx.is_htmx(ask("/", headers={"HX-Request": "true"}))
    assert not htmx.is_htmx(ask("/"))
    assert not htmx.is_htmx(ask("/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}))
    answer = htmx.redirect(ask("/", headers={"HX-Request": "true"}), "/there")
    assert (answer.status_code, answer["HX-Redirect"], answer["Vary"]) == (204, "/there", "HX-Request")
    assert htmx.redirect(ask("/"), "/there").status_code == 302


def test_third_parties_are_named_with_their_versions() -> None:
    notice = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    for name, version in frontend.versions(MODULES).items():
        assert f"{name} {version}" in notice
    assert site_settings.STATIC_URL == "/static/"
