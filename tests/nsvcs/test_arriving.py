"""What is sent arrives whole and from a page of ours, or is clearly refused with nothing lost."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import UnreadablePostError
from django.test import Client

from nsvcs.uploads import WholeBody
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in

OURS = "http://localhost:8000"


@pytest.fixture
def her(db):
    return CaseFactory(portal=True).victim.user


@pytest.fixture
def strict(her, settings):
    """Her browser, with the token checked as it is in earnest."""
    settings.CSRF_TRUSTED_ORIGINS = [OURS]
    return sign_in(Client(enforce_csrf_checks=True), her)


def owner_in(page):
    """The mark of whose page it is, as each form of words carries it."""
    return re.search(r'name="form_owner" value="(\w+)"', text_of(page))[1]


def text_of(response):
    return response.content.decode()


# --- an old token ----------------------------------------------------------------------------------------------------


def test_a_form_with_an_old_token_can_be_sent_again_with_every_word(strict):
    sent = {"what_happened": "He <rang>.", "behaviours": ["CALLS", "TEXTS"], "csrfmiddlewaretoken": "x" * 64}
    sent["form_owner"] = owner_in(strict.get("/notes/new/"))
    response = strict.post("/notes/new/", sent, headers={"Origin": OURS})
    page = text_of(response)
    assert response.status_code == 403
    assert 'name="what_happened" value="He &lt;rang&gt;."' in page
    assert page.count('name="behaviours"') == 2
    assert 'action="/notes/new/"' in page
    assert "x" * 64 not in page
    assert 'href="/exit"' in page
    assert page.count(f'name="form_owner" value="{sent["form_owner"]}"') >= 1


def test_nobody_else_who_signs_in_on_the_same_device_is_offered_what_she_wrote(strict, her):
    sent = {"what_happened": "He rang.", "form_owner": owner_in(strict.get("/notes/new/"))}
    for other in (CaseFactory(portal=True).victim.user, UserFactory(), UserFactory(administrator=True)):
        response = sign_in(strict, other).post("/notes/new/", sent, headers={"Origin": OURS})
        assert response.status_code in {403, 404}
        assert "He rang" not in text_of(response)
        assert sent["form_owner"] not in text_of(response)
    again = sign_in(strict, her).post("/notes/new/", sent, headers={"Origin": OURS})
    assert 'name="what_happened" value="He rang."' in text_of(again)


@pytest.mark.parametrize("mark", ["", "x" * 32])
def test_a_form_without_her_mark_is_not_offered(strict, mark):
    sent = {"what_happened": "He rang.", "form_owner": mark}
    assert "He rang" not in text_of(strict.post("/notes/new/", sent, headers={"Origin": OURS}))


def test_the_mark_is_one_accounts_own_and_tells_nothing_of_it(strict, her):
    mine, other = owner_in(strict.get("/notes/new/")), UserFactory()
    theirs = owner_in(sign_in(strict, other).get("/account/"))
    assert mine != theirs
    assert her.pk.hex not in mine
    assert 'name="form_owner"' not in text_of(Client().get("/sign-in/"))


def test_files_that_came_with_an_old_token_are_said_to_be_lost(strict):
    mark = owner_in(strict.get("/notes/new/"))
    sent = {"what_happened": "He rang.", "form_owner": mark, "uploads": SimpleUploadedFile("a.txt", b"x")}
    assert "The files were not sent" in text_of(strict.post("/notes/new/", sent, headers={"Origin": OURS}))


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_not_offered_again(strict, headers):
    sent = {"what_happened": "not hers", "form_owner": owner_in(strict.get("/notes/new/"))}
    response = strict.post("/notes/new/", sent, headers=headers)
    assert response.status_code == 403
    assert "not hers" not in text_of(response)
    assert 'href="/exit"' in text_of(response)


def test_a_password_is_never_written_back(strict):
    sent = {"old_password": "oldword", "form_owner": owner_in(strict.get("/notes/new/"))}
    response = strict.post("/account/password/", sent, headers={"Origin": OURS})
    assert "oldword" not in text_of(response)


def test_who_is_not_signed_in_is_offered_nothing(db, settings):
    settings.CSRF_TRUSTED_ORIGINS = [OURS]
    stranger = Client(enforce_csrf_checks=True)
    response = stranger.post("/sign-in/", {"login": "somebody"}, headers={"Origin": OURS})
    assert response.status_code == 403
    assert "somebody" not in text_of(response)


# --- a cut line ------------------------------------------------------------------------------------------------------


def read_all(body, length):
    stream = WholeBody(io.BytesIO(body), length)
    return stream.read(3) + stream.read()


def test_a_whole_body_is_read_as_it_is():
    assert read_all(b"what happened", 13) == b"what happened"


def test_a_body_cut_short_is_an_error_and_not_a_shorter_body():
    with pytest.raises(OSError, match="cut"):
        read_all(b"what hap", 13)


def test_a_body_that_comes_in_drops_is_read_whole():
    class Drops(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 2) if size > 0 else 2)

    assert WholeBody(Drops(b"what happened"), 13).read(13) == b"what happened"


@pytest.mark.h("H30")
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=B", "application/x-www-form-urlencoded"])
def test_a_request_cut_short_cannot_be_read_by_any_page(rf, kind):
    whole = b'--B\r\nContent-Disposition: form-data; name="what_happened"\r\n\r\nHe rang and then he sa'
    request = rf.generic("POST", "/notes/new/", whole, content_type=kind)
    request._stream.__init__(WholeBody(io.BytesIO(whole), 500), 500)
    request.META["CONTENT_LENGTH"] = "500"
    with pytest.raises(UnreadablePostError):
        len(request.POST)


def test_a_request_of_which_nothing_could_be_read_is_not_offered_again(strict):
    response = strict.post("/notes/new/", {}, headers={"Origin": OURS})
    assert response.status_code == 400
    assert 'href="/exit"' in text_of(response)
