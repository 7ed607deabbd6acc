"""What is typed for a message, or beside a note that is kept: saved by itself, gone once it is sent."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.limits import SEEN
from cases.actions import send_message
from logs.drafting import content_of
from logs.models import Amendment, Draft
from nsvcs.identity import acting_as
from tests.factories import CaseFactory
from tests.portal.test_writing import NEW, text_of, typed
from tests.signing_in import sign_in

KEEP, HOME = "/notes/keep/", "/notes/"
WORDS = "I had only just typed this"
PAGES = {
    "/notes/messages/": "text",
    "/notes/details/change/": "text",
    "/notes/1/add/": "text",
    "/notes/1/wrong/": "reason",
}


@pytest.fixture
def note(web):
    web.post(NEW, typed())


def unfinished(her):
    with acting_as(her.pk):
        return [content_of(draft)["what_happened"] for draft in Draft.objects.open_for(her)]


@pytest.mark.parametrize(("page", "box"), PAGES.items())
def test_words_are_kept_while_they_are_typed_and_are_no_unfinished_note_once_sent(web, her, note, page, box):
    sent = {"key": str(uuid4()), box: WORDS}
    assert f'data-autosave-url="{KEEP}"' in text_of(web.get(page))
    assert web.post(KEEP, sent).json()["saved_at"]
    assert WORDS in text_of(web.get(HOME))
    web.post(page, sent)
    assert unfinished(her) == []
    assert "Finish your note" not in text_of(web.get(HOME))


def test_words_still_on_their_way_when_the_page_is_sent_bring_nothing_back(web, her):
    sent = {"key": str(uuid4()), "text": WORDS}
    web.post("/notes/messages/", sent)
    assert web.post(KEEP, sent).status_code == 409
    assert unfinished(her) == []


def test_the_newest_words_are_kept_once_and_taken_out_they_are_gone(web, her):
    key = str(uuid4())
    for words in ("I had", WORDS):
        web.post(KEEP, {"key": key, "text": words})
    assert unfinished(her) == [WORDS]
    web.post(KEEP, {"key": key, "text": "  "})
    assert unfinished(her) == []


def test_a_page_with_faults_leaves_what_was_kept(web, her, note):
    sent = {"key": str(uuid4()), "text": "x" * 20_001}
    web.post(KEEP, sent)
    assert web.post("/notes/1/add/", sent).status_code == 422
    assert len(unfinished(her)[0]) == 20_001
    assert Amendment.objects.count() == 0


def test_nothing_is_kept_of_a_page_without_a_key_or_of_an_empty_one(web, her):
    web.post(KEEP, {"text": WORDS})
    web.post(KEEP, {"key": str(uuid4()), "text": ""})
    with acting_as(her.pk):
        assert not Draft.objects.visible_to(her).exists()


def test_words_of_danger_bring_numbers_while_a_message_is_typed(web):
    call_command("load_reference")
    assert web.post(KEEP, {"key": str(uuid4()), "text": "He is outside my house now"}).json()["notices"] == ["now"]
    page = text_of(web.get("/notes/messages/"))
    assert '<template data-notice="now">' in page


def test_after_a_lapsed_sign_in_they_are_kept_and_nothing_is_told(web, her):
    session = web.session
    session[SEEN] -= 3600
    session.save()
    answer = web.post(KEEP, {"key": str(uuid4()), "reason": WORDS})
    assert (answer.status_code, set(answer.json())) == (401, {"is_kept", "said"})
    assert unfinished(her) == [WORDS]


def test_another_person_cannot_touch_what_is_kept(web, her):
    sent = {"key": str(uuid4()), "text": WORDS}
    web.post(KEEP, sent)
    other = sign_in(Client(), CaseFactory(portal=True).victim.user)
    assert other.post(KEEP, sent | {"text": "other"}).status_code == 409
    assert unfinished(her) == [WORDS]


def test_home_names_at_most_five_things_to_do(web, case, her):
    worker = case.allocations.get().worker
    with acting_as(worker.pk):
        send_message(case=case, key=uuid4(), text="Shall we talk on Tuesday?", by=worker)
    for number in range(6):
        web.post(KEEP, {"key": str(uuid4()), "text": f"Words {number}"})
    page = text_of(web.get(HOME))
    assert "Read 1 new message" in page
    assert page.count("Finish your note") == 4
