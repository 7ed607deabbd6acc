"""Words that may mean danger now: numbers at once, while she writes too; a flag for staff once the note is kept."""

import re
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse

from cases.models import Task
from jobs.actions import run_due
from logs.models import Incident
from portal.addresses import letters_of
from tests.portal.test_writing import NEW, text_of, typed

AUTOSAVE = "/notes/new/autosave/"
NEAR, LOW = "He is outside my house now", "I can't go on"


def main_of(response):
    """The page's own part as it is seen: what waits in a template for a script is not."""
    page = text_of(response)
    main = page[page.index("<main") : page.index("</main>")]
    while "<template" in main:
        main = main[: main.index("<template")] + main[main.index("</template>") + len("</template>") :]
    return re.sub(r' value="[^"]*"', "", main)  # a key in a form may hold any figures


@pytest.mark.parametrize(("words", "notices"), [(NEAR, ["now"]), (LOW, ["now", "self_harm"]), ("He rang.", [])])
def test_the_answer_to_an_autosave_says_which_lines_to_show(web, words, notices):
    assert web.post(AUTOSAVE, typed(boxes="all", what_happened=words)).json()["notices"] == notices


def test_one_question_saved_by_itself_is_read_with_the_whole_draft(web):
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    answer = web.post(AUTOSAVE, {"draft": str(key), "boxes": "impact", "impact": "I fear for my life"})
    assert answer.json()["notices"] == ["now"]


@pytest.mark.parametrize(("words", "is_low"), [(NEAR, False), (LOW, True)])
@pytest.mark.parametrize("page", ["", "1/", "check/"])
def test_without_scripts_every_page_of_the_draft_brings_them(web, page, words, is_low):
    key = uuid4()
    web.post(NEW, typed(key, what_happened=words, press="later"))
    main = main_of(web.get(f"/notes/new/{letters_of(key)}/{page}"))
    assert 'href="tel:999"' in main
    assert "press 55" in main
    assert "Nobody sees this while you write." in main
    assert ("You do not have to be alone" in main) is is_low
    assert "dialog" not in main


def test_a_note_with_faults_and_a_clash_bring_them_too(web):
    assert 'href="tel:999"' in main_of(web.post(NEW, typed(when="", what_happened=NEAR)))
    key = uuid4()
    web.post(NEW, typed(key))
    assert 'href="tel:999"' in main_of(web.post(NEW, typed(key, what_happened=NEAR)))


def test_an_ordinary_draft_brings_nothing(web):
    key = uuid4()
    web.post(NEW, typed(key, press="later"))
    assert "999" not in main_of(web.get(f"/notes/new/{letters_of(key)}/"))
    assert "999" not in main_of(web.get(NEW))


@pytest.mark.parametrize(("page", "box"), [("add", "text"), ("wrong", "reason")])
def test_words_added_to_a_note_bring_numbers_and_a_flag(web, page, box):
    web.post(NEW, typed())
    run_due()
    answer = web.post(f"/notes/1/{page}/", {"key": str(uuid4()), box: NEAR}, follow=True)
    assert "In danger now? Call 999. If you cannot speak, press 55 when asked." in main_of(answer)
    run_due()
    assert Task.objects.get().kind == Task.Kind.RED_FLAG


@pytest.mark.parametrize("page", ["/notes/1/add/", "/notes/details/change/"])
def test_words_of_despair_bring_somebody_to_talk_to_on_every_page(web, page):
    call_command("load_reference")
    web.post(NEW, typed())
    answer = main_of(web.post(page, {"key": str(uuid4()), "text": "I want to die"}, follow=True))
    assert "Call 999" in answer
    assert "Samaritans, 116 123" in answer


def test_ordinary_words_added_raise_nothing(web):
    web.post(NEW, typed())
    assert "tel:999" not in main_of(
        web.post("/notes/1/add/", {"key": str(uuid4()), "text": "He rang too."}, follow=True)
    )
    run_due()
    assert not Task.objects.exists()


def test_a_draft_raises_no_flag_and_the_note_made_of_it_does(web):
    key = uuid4()
    web.post(reverse("portal:autosave"), typed(key, boxes="all", what_happened=NEAR))
    run_due()
    assert not Task.objects.exists()
    web.post(NEW, typed(key, what_happened=NEAR))
    run_due()
    assert Task.objects.get().kind == Task.Kind.RED_FLAG


@pytest.mark.parametrize("words", ["Stoi teraz pod moim domem", "Jis stovi prie mano durų", "Cineva e la ușă"])
def test_words_in_her_own_language_bring_numbers_and_a_flag(web, words):
    assert 'href="tel:999"' in main_of(web.post(NEW, typed(what_happened=words), follow=True))
    run_due()
    assert Task.objects.get().key.endswith(str(Incident.objects.get().pk))
