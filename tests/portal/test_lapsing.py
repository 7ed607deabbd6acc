"""A sign-in that runs out while she writes: the words are kept, and nothing is shown before she is back."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.limits import SEEN
from logs.drafting import content_of
from logs.models import Amendment, Draft, Incident
from portal.addresses import letters_of
from tests.factories import IncidentFactory
from tests.portal.test_writing import NEW, photo, text_of, typed
from tests.signing_in import sign_in

KEPT = "What you wrote is kept"


def let_lapse(client):
    session = client.session
    session[SEEN] -= 601
    session.save()


def test_a_note_sent_too_late_is_kept_unfinished_and_found_again(web, her):
    let_lapse(web)
    key = uuid4()
    response = web.post(NEW, typed(key, what_happened="He is at the back gate.", place="Home"))
    assert response.url == "/sign-in/"
    assert not Incident.objects.exists()
    page = text_of(web.get(response.url, follow=True))
    assert "What you wrote is kept" in page
    assert "back gate" not in page
    assert web.get("/notes/").status_code == 302
    assert content_of(Draft.objects.get())["place"] == "Home"
    sign_in(web, her)
    assert "He is at the back gate." in text_of(web.get(f"/notes/new/{letters_of(key)}/"))


def test_one_question_sent_too_late_joins_the_draft(web):
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    let_lapse(web)
    web.post(f"/notes/new/{letters_of(key)}/2/", {"draft": str(key), "boxes": "impact", "impact": "No sleep"})
    assert content_of(Draft.objects.get()).keys() >= {"what_happened", "impact"}


@pytest.mark.parametrize(("page", "box"), [("add", "text"), ("wrong", "reason")])
def test_what_she_would_add_to_a_note_is_kept_unfinished_too(web, case, page, box):
    IncidentFactory(case=case, number=1, recorded_by=case.victim.user)
    let_lapse(web)
    web.post(f"/notes/1/{page}/", {"key": str(uuid4()), box: "It was Tuesday"})
    assert content_of(Draft.objects.get()) == {"what_happened": "It was Tuesday"}
    assert not Amendment.objects.exists()


def test_files_sent_too_late_do_not_stand_in_the_way_of_the_words(web):
    let_lapse(web)
    web.post(NEW, typed(uploads=[photo()]))
    assert content_of(Draft.objects.get())["what_happened"] == "He rang nine times."


def test_nothing_is_kept_without_the_token_of_a_page_made_for_her(her):
    strict = sign_in(Client(enforce_csrf_checks=True), her)
    let_lapse(strict)
    assert strict.post(NEW, typed()).status_code == 302
    assert not Draft.objects.exists()


def test_a_note_that_is_kept_already_is_not_written_to_and_what_it_does_not_hold_is_kept_beside_it(web):
    key = uuid4()
    web.post(NEW, typed(key))
    let_lapse(web)
    web.post(NEW, typed(key))
    assert not Draft.objects.exclude(pk=key).exists()
    assert KEPT not in text_of(web.get("/sign-in/", follow=True))
    for _time in range(2):
        web.post(NEW, typed(key, what_happened="And then he rang the bell."))
    assert content_of(Draft.objects.exclude(pk=key).get())["what_happened"] == "And then he rang the bell."
    assert KEPT in text_of(web.get("/sign-in/", follow=True))


def test_a_page_only_opened_is_not_said_to_be_kept(web):
    let_lapse(web)
    web.post(NEW, {"draft": str(uuid4()), "when": "today", "boxes": "all"})
    assert not Draft.objects.exists()
    assert "What you wrote is kept" not in text_of(web.get("/sign-in/", follow=True))
