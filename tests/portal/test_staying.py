"""A form whose page stays until it knows: its view names the address to go to, and a person's own new token."""

import re
from uuid import uuid4

import pytest

from logs.drafting import content_of
from logs.models import Draft, Incident
from portal.addresses import letters_of
from tests.factories import UserFactory
from tests.portal.test_writing import NEW, text_of, typed
from tests.signing_in import sign_in

ASKS = {"Accept": "application/json"}
TIME = "/account/time/"


@pytest.fixture
def kept(web):
    """A note that is kept."""
    web.post(NEW, typed())
    return Incident.objects.get()


@pytest.mark.parametrize(
    ("address", "sent", "to"),
    [
        (NEW, lambda: typed(), "/notes/2/saved/"),
        ("/notes/messages/", lambda: {"text": "Can you ring?", "key": uuid4()}, "/notes/messages/#newest"),
        ("/notes/details/change/", lambda: {"text": "A new number", "key": uuid4()}, "/notes/details/"),
        ("/notes/1/add/", lambda: {"text": "And twice more", "key": uuid4()}, "/notes/1/"),
        ("/notes/1/wrong/", lambda: {"reason": "Another day", "key": uuid4()}, "/notes/1/"),
    ],
)
def test_a_page_that_stays_is_told_where_to_go(web, kept, address, sent, to):
    fields = sent()
    answer = web.post(address, fields, headers=ASKS)
    assert (answer.status_code, answer.json()) == (200, {"to": to})
    assert web.post(address, fields).status_code == 302  # without scripts as ever, and once


def test_every_form_whose_page_stays_has_the_words_for_it(web, kept):
    for address in (NEW, "/notes/messages/", "/notes/details/change/", "/notes/1/add/", "/notes/1/wrong/"):
        page = text_of(web.get(address))
        assert page.count("data-held ") == 1, address
        assert "There is no signal. Your words are still on this page. Keep it open." in page


# --- back and forth between questions --------------------------------------------------------------------------------


@pytest.fixture
def begun(web):
    """The address of an unfinished note's questions."""
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    return f"/notes/new/{letters_of(key)}/"


def test_back_keeps_what_was_typed_and_goes_one_question_back(web, begun):
    sent = {"boxes": "impact", "impact": "No sleep", "press": "back"}
    assert web.post(f"{begun}2/", sent).url == f"{begun}1/"
    assert content_of(Draft.objects.get())["impact"] == "No sleep"
    assert "No sleep" in text_of(web.get(f"{begun}2/"))
    assert web.post(f"{begun}1/", {"boxes": "police", "press": "back"}).url == begun


def test_back_and_skip_go_on_whatever_stands_in_the_box(web, begun):
    long = "x" * 20_001
    for press, to in (("back", "1/"), ("skip", "3/")):
        assert web.post(f"{begun}2/", {"boxes": "impact", "impact": long, "press": press}).url == f"{begun}{to}"
    assert content_of(Draft.objects.get())["impact"] == long
    assert web.post(f"{begun}2/", {"boxes": "impact", "impact": long, "press": "next"}).status_code == 422


@pytest.mark.parametrize("path", ["2/", ""])
def test_enter_presses_what_goes_on_and_not_back(web, begun, path):
    page = text_of(web.get(begun + path))
    first, back = page.index('form="note"'), page.index("app-back-button")
    assert first < back
    assert f'value="{"next" if path else "stay"}"' in page[first:back]


def test_words_for_a_note_that_was_finished_in_another_window_are_shown_and_not_dropped(web, begun):
    draft = Draft.objects.get()
    web.post(begun, typed(draft.pk, press="save", revision=draft.revision))
    for press in ("next", "back", "skip", "later", "check"):
        answer = web.post(f"{begun}2/", {"boxes": "impact", "impact": "No sleep", "press": press, "draft": draft.pk})
        assert answer.status_code == 409
        assert "No sleep" in text_of(answer)
    assert web.post(f"{begun}2/", {"boxes": "impact", "press": "next", "draft": draft.pk}).url == "/notes/1/"


# --- a token that went stale -----------------------------------------------------------------------------------------


def owner_in(page):
    return re.search(r'name="form_owner" value="(\w+)"', text_of(page))[1]


def test_a_new_token_is_told_to_a_page_of_the_same_person_alone(web, client, her):
    hers = owner_in(web.get(NEW))
    assert web.get(TIME, headers={"X-Form-Owner": hers}).json()["token"]
    for other in ("", "x", hers[:-1]):
        assert "token" not in web.get(TIME, headers={"X-Form-Owner": other}).json()
    sign_in(client, UserFactory(role="victim"))
    assert "token" not in client.get(TIME, headers={"X-Form-Owner": hers}).json()
