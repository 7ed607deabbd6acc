"""Writing a note: nothing typed is lost, nothing is kept twice, nothing leaks into the next one."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from logs.drafting import content_of
from logs.models import Amendment, Draft, Evidence, Incident
from portal.addresses import letters_of
from tests.factories import CaseFactory, CasePerpetratorFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

NEW = "/notes/new/"


def typed(draft=None, **fields):
    return {"draft": str(draft or uuid4()), "when": "today", "what_happened": "He rang nine times."} | fields


def photo(name="photo.jpg"):
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def text_of(response):
    return response.content.decode()


def test_a_note_is_kept_in_one_step(web, case):
    response = web.post(NEW, typed(place="Home", at="2:30pm"))
    entry = Incident.objects.get()
    assert response.url == f"/notes/{entry.number}/saved/"
    assert (entry.case_id, entry.source, entry.place) == (case.pk, "portal", "Home")
    page = text_of(web.get(response.url))
    assert "Your note is saved" in page
    assert "It is note 1" in page


@pytest.mark.h("H35")
def test_the_same_note_sent_twice_is_kept_once(web):
    sent = typed()
    first, second = web.post(NEW, sent), web.post(NEW, sent)
    assert Incident.objects.count() == 1
    assert first.url == second.url
    assert "We kept it once" in text_of(web.get(second.url))


@pytest.mark.h("H35")
def test_other_words_under_the_same_key_are_shown_and_can_be_kept_both_ways(web):
    key = uuid4()
    web.post(NEW, typed(key))
    response = web.post(NEW, typed(key, what_happened="He rang <b>ten</b> times.", impact="No sleep", at="after work"))
    page = text_of(response)
    assert response.status_code == 409
    assert Incident.objects.count() == 1
    assert "He rang &lt;b&gt;ten&lt;/b&gt; times." in page
    assert str(key) not in page
    web.post("/notes/1/add/", {"key": str(uuid4()), "text": response.context["words"]})
    assert Amendment.objects.get().text == "after work\n\nHe rang <b>ten</b> times.\n\nNo sleep"
    again = dict(response.context["typed"]) | {"draft": str(response.context["draft_id"]), "press": "save"}
    assert web.post(NEW, again).url == "/notes/2/saved/"
    assert Incident.objects.get(number=2).impact == "No sleep"


def test_a_note_with_faults_comes_back_with_every_word_and_is_saved_as_a_draft(web):
    sent = typed(what_happened="", impact="I am tired", behaviours=["CALLS"], place="Café “Rose”")
    response = web.post(NEW, sent)
    page = text_of(response)
    assert response.status_code == 422
    assert "<title>Error: Add a note – My notes</title>" in page
    assert "Write what happened" in page
    assert "I am tired" in page
    assert "Café “Rose”" in page
    draft = Draft.objects.get()
    assert str(draft.pk) == sent["draft"]
    assert content_of(draft)["behaviours"] == ["CALLS"]


@pytest.mark.parametrize("length", [20_001, 500_000])
def test_words_too_long_for_a_note_come_back_whole_and_are_kept_as_a_draft(web, length):
    words = "a" * length
    response = web.post(NEW, typed(what_happened=words))
    assert response.status_code == 422
    assert words in text_of(response)
    assert content_of(Draft.objects.get())["what_happened"] == words
    assert web.post(reverse("portal:autosave"), typed(boxes="all", what_happened=words)).status_code == 200


def test_who_only_knows_the_month_is_told_where_to_say_so(web):
    sent = typed(when="other", on_month="March", on_year="2026")
    page = text_of(web.post(NEW, sent))
    assert "If you only know the month, say so below." in page
    assert 'app-note-fold" open' in page
    assert web.post(NEW, sent | {"precision": "month"}).status_code == 302


def test_which_of_two_hours_is_not_called_optional(web):
    sent = typed(when="other", on_day="25", on_month="10", on_year="2026", at="1:30am")
    with time_machine.travel("2026-11-25 12:00Z"):
        response = web.post(NEW, sent)
    page = text_of(response)
    assert response.status_code == 422
    legend = page[page.index("so that hour came twice") :]
    assert "optional" not in legend[: legend.index("</legend>")]


def test_a_refused_file_is_named_and_the_text_stays(web):
    response = web.post(NEW, typed(uploads=[photo(), SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 100)]))
    page = text_of(response)
    assert response.status_code == 422
    assert "run.exe: " in page
    assert "Choose your files again" in page
    assert "He rang nine times." in page
    assert not Evidence.objects.exists()
    assert not Incident.objects.exists()


def test_several_files_are_kept_with_the_note(web):
    web.post(NEW, typed(uploads=[photo("a.jpg"), SimpleUploadedFile("a.txt", b"I see you.")]))
    assert Evidence.objects.filter(incident__number=1).count() == 2


def test_20000_right_to_left_characters_with_emoji_come_back_exactly(web):
    words = ("كان واقفا أمام البيت 😱👩‍👧 <&> " * 1000)[:20_000]
    web.post(NEW, typed(what_happened=words))
    assert Incident.objects.get().what_happened == words
    page = text_of(web.get("/notes/1/"))
    assert words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in page


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_every_few_seconds_and_offered_again(web, her):
    key = uuid4()
    answer = web.post(reverse("portal:autosave"), typed(key, boxes="all"))
    assert answer.json().keys() == {"saved_at", "revision", "draft", "notices"}
    assert answer.json()["notices"] == []
    home = text_of(web.get("/notes/"))
    address = f"/notes/new/{letters_of(key)}/"
    assert address in home
    assert str(key) not in home
    page = text_of(web.get(address))
    assert "He rang nine times." in page
    assert f'name="draft" value="{key}"' in page


def autosaved(web, key, **fields):
    return web.post(reverse("portal:autosave"), typed(key, boxes="all", **fields)).json()


def words_of(her):
    return sorted(content_of(each)["what_happened"] for each in Draft.objects.open_for(her))


def test_two_windows_on_one_unfinished_note_lose_no_word_of_either(web, case):
    her, key = case.victim.user, uuid4()
    first = autosaved(web, key, what_happened="He rang.")
    second = autosaved(web, key, what_happened="He rang. And came to the door.", revision=first["revision"])
    fork = autosaved(web, key, what_happened="He rang from a new number.", revision=first["revision"])
    assert second["draft"] == str(key) != fork["draft"]
    again = {"what_happened": "He rang from a new number, twice.", "revision": fork["revision"]}
    assert autosaved(web, fork["draft"], **again)["draft"] == fork["draft"]
    assert words_of(her) == ["He rang from a new number, twice.", "He rang. And came to the door."]


def test_a_window_that_only_missed_its_last_answer_goes_on_with_the_same_note(web, case):
    her, key = case.victim.user, uuid4()
    first = autosaved(web, key, what_happened="He rang.")
    autosaved(web, key, what_happened="He rang. And", revision=first["revision"])
    late = autosaved(web, key, what_happened="He rang. And came.", revision=first["revision"])
    assert late["draft"] == str(key)
    assert words_of(her) == ["He rang. And came."]


def test_words_may_be_taken_out_again_in_the_same_window(web, case):
    her, key = case.victim.user, uuid4()
    first = autosaved(web, key, what_happened="He rang nine times.")
    autosaved(web, key, what_happened="He rang.", revision=first["revision"])
    assert words_of(her) == ["He rang."]


def test_a_note_that_is_kept_leaves_the_other_windows_words_as_an_unfinished_one(web, case):
    her, key = case.victim.user, uuid4()
    first = autosaved(web, key, what_happened="He rang.")
    autosaved(web, key, what_happened="Somebody was at the door.", revision=first["revision"])
    response = web.post(NEW, typed(key, what_happened="He rang from a new number.", revision=first["revision"]))
    assert "They are kept as an unfinished note" in text_of(web.get(response.url))
    assert Incident.objects.get().what_happened == "He rang from a new number."
    assert words_of(her) == ["Somebody was at the door."]


def test_an_autosave_of_one_question_leaves_the_others(web):
    key = uuid4()
    web.post(reverse("portal:autosave"), typed(key, boxes="all"))
    web.post(reverse("portal:autosave"), {"draft": str(key), "boxes": "impact", "impact": "No sleep"})
    assert content_of(Draft.objects.get()).keys() >= {"what_happened", "impact"}


def test_a_page_only_opened_leaves_no_draft(web):
    web.get(NEW)
    web.post(reverse("portal:autosave"), {"draft": str(uuid4()), "boxes": "all", "when": "today"})
    assert not Draft.objects.exists()


def test_a_kept_note_takes_no_more_autosaves_and_leaks_into_nothing(web):
    key = uuid4()
    web.post(reverse("portal:autosave"), typed(key, boxes="all"))
    web.post(NEW, typed(key))
    assert web.post(reverse("portal:autosave"), typed(key, what_happened="late")).status_code == 409
    assert "late" not in Draft.objects.get().content
    assert "He rang" not in text_of(web.get(NEW))
    assert "Not finished" not in text_of(web.get("/notes/"))
    assert web.get(f"/notes/new/{letters_of(key)}/").url == "/notes/1/"


def test_save_and_finish_later(web):
    response = web.post(NEW, typed(press="later", what_happened="Half a sent"), follow=True)
    assert "You can finish your note any time" in text_of(response)
    assert content_of(Draft.objects.get())["what_happened"] == "Half a sent"
    assert not Incident.objects.exists()


def test_of_a_page_with_nothing_on_it_nothing_is_said_to_be_saved(web):
    answer = web.post(NEW, {"draft": str(uuid4()), "press": "later"}, follow=True)
    assert "You can finish your note any time" not in text_of(answer)
    for press in ("stay", "table", "page"):
        assert web.post(NEW, {"draft": str(uuid4()), "when": "today", "press": press}, follow=True).status_code == 200
    assert not Draft.objects.exists()


def test_return_in_a_one_line_box_keeps_nothing_for_good(web):
    page = text_of(web.get(NEW))
    first = page.index('form="note"')
    assert page.index('name="press"') > first
    assert 'name="press" value="stay"' in page[first : first + 120]
    key = uuid4()
    assert web.post(NEW, typed(key, press="stay")).url == f"/notes/new/{letters_of(key)}/"
    assert not Incident.objects.exists()


def test_her_drafts_are_hers_alone(web, client, db):
    key = uuid4()
    web.post(reverse("portal:autosave"), typed(key, boxes="all"))
    other = CaseFactory(portal=True).victim.user
    sign_in(client, other)
    assert client.get(f"/notes/new/{letters_of(key)}/").status_code == 404
    assert client.post(reverse("portal:autosave"), typed(key, what_happened="x")).status_code == 409


def test_an_unfinished_note_can_be_deleted_after_being_asked(web):
    key = uuid4()
    web.post(NEW, typed(key, press="later"))
    address = f"/notes/new/{letters_of(key)}/discard/"
    assert "cannot be brought back" in text_of(web.get(address))
    assert Draft.objects.exists()
    web.post(address)
    assert not Draft.objects.exists()


# --- one question after another --------------------------------------------------------------------------------------


def test_more_detail_one_question_a_page_then_check_then_kept(web):
    key = uuid4()
    base = f"/notes/new/{letters_of(key)}/"
    assert web.post(NEW, typed(key, press="more")).url == f"{base}1/"
    police = {"police_contacted": "yes", "police_reference": "36/1", "boxes": "police"}
    assert web.post(f"{base}1/", police | {"press": "check"}).url == f"{base}check/"
    assert web.post(f"{base}1/", police | {"press": "next"}).url == f"{base}2/"
    assert web.post(f"{base}2/", {"boxes": "impact", "impact": "No sleep", "press": "skip"}).url == f"{base}3/"
    assert web.post(f"{base}3/", {"boxes": "changes", "changes_made": "Locks", "press": "next"}).url == f"{base}4/"
    assert web.post(f"{base}4/", {"boxes": "others", "press": "next"}).url == f"{base}5/"
    ticks = {"boxes": "behaviours", "behaviours": ["CALLS", "TEXTS"], "press": "next"}
    assert web.post(f"{base}5/", ticks).url == f"{base}6/"
    assert web.post(f"{base}6/", {"boxes": "helped", "helped_by": "my sister", "press": "next"}).url == f"{base}7/"
    private = {"boxes": "private", "never_disclose": ["place", "impact"], "press": "next"}
    assert web.post(f"{base}7/", private).url == f"{base}check/"
    page = web.get(f"{base}check/")
    assert "36/1" in text_of(page)
    sent = {"revision": page.context["draft"].revision, "uploads": [photo()]}
    assert web.post(f"{base}check/", sent).url == "/notes/1/saved/"
    entry = Incident.objects.get()
    assert (entry.pk, entry.changes_made, entry.impact) == (key, "Locks", "No sleep")
    assert entry.behaviours == ["CALLS", "TEXTS"]
    assert (entry.helped_by, entry.never_disclose) == ("my sister", ["place", "impact"])
    assert entry.evidence.count() == 1
    shown = text_of(web.get("/notes/1/"))
    assert "my sister" in shown
    assert "Keep out of papers" in shown
    assert "How it affected me" in shown


def test_the_check_page_sends_back_for_what_is_missing_and_says_what(web):
    key = uuid4()
    web.post(NEW, typed(key, when="", place="Home", press="more"))
    response = web.get(f"/notes/new/{letters_of(key)}/check/", follow=True)
    assert "Choose when it happened" in text_of(response)
    assert response.request["PATH_INFO"] == f"/notes/new/{letters_of(key)}/"


def test_every_optional_question_says_why_it_is_asked(web):
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    pages = [text_of(web.get(f"/notes/new/{letters_of(key)}/{number}/")) for number in range(1, 8)]
    said = [re.search(r"Why we ask.*?govuk-body[^>]*>([^<]+)", page, re.DOTALL) for page in pages[:6]]
    assert len({found.group(1) for found in said}) == 6
    assert "Papers for a court can reach the person doing this." in pages[6]
    assert text_of(web.get(NEW)).count("Why we ask") == 6


@pytest.mark.parametrize("press", ["next", "check"])
def test_what_is_changed_at_the_last_look_leads_back_to_it(web, press):
    key = uuid4()
    letters = letters_of(key)
    web.post(NEW, typed(key, press="more"))
    check = f"/notes/new/{letters}/check/"
    change = web.get(check).context["change"]
    assert web.post(change["police"], {"draft": str(key), "boxes": "police", "press": "back"}).url == check
    answer = web.post(change["impact"], {"draft": str(key), "boxes": "impact", "impact": "No sleep.", "press": press})
    assert answer.url == check
    page = text_of(web.get(change["what"]))
    assert 'app-back-button" type="submit" name="press" value="check"' in page
    assert "Go to the end and save" in page
    assert (
        web.post(change["what"], typed(key, press="check", what_happened="He rang twice.", impact="No sleep.")).url
        == check
    )
    assert "He rang twice." in text_of(web.get(check))
    assert "No sleep." in text_of(web.get(check))


def test_a_note_that_changed_on_another_page_is_looked_over_again(web):
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    page = web.get(f"/notes/new/{letters_of(key)}/check/")
    web.post(reverse("portal:autosave"), {"draft": str(key), "boxes": "impact", "impact": "changed elsewhere"})
    response = web.post(f"/notes/new/{letters_of(key)}/check/", {"revision": page.context["draft"].revision})
    assert "changed on another page" in text_of(response)
    assert not Incident.objects.exists()


def test_files_chosen_too_early_are_said_to_be_lost(web):
    response = web.post(NEW, typed(press="more", uploads=[photo()]), follow=True)
    assert "Choose them again at the end" in text_of(response)


# --- whose case ------------------------------------------------------------------------------------------------------


def test_with_several_open_cases_she_picks_by_the_agreed_label(web, case):
    second = CaseFactory(is_portal_open=True, victim=case.victim, portal_label="The neighbour")
    page = text_of(web.get(NEW))
    assert "What is this note about?" in page
    assert str(second.pk) not in page
    assert web.post(NEW, typed()).status_code == 422
    web.post(NEW, typed(case=letters_of(second.pk)))
    assert Incident.objects.get().case_id == second.pk


def test_with_one_open_case_nothing_is_asked(web, case):
    CaseFactory(is_portal_open=True, victim=case.victim, closed=True)
    assert "What is this note about?" not in text_of(web.get(NEW))
    web.post(NEW, typed())
    assert Incident.objects.get().case_id == case.pk


# --- who, and in which language --------------------------------------------------------------------------------------


def two_people(case):
    named = [CasePerpetratorFactory(case=case, portal_label=label) for label in ("D", "my uncle")]
    CasePerpetratorFactory(case=case, portal_label="")
    return named


def test_who_it_was_is_asked_by_the_agreed_labels_when_there_are_several(web, case):
    CasePerpetratorFactory(case=case, portal_label="R")
    assert "Who was it?" not in text_of(web.get(NEW))
    CasePerpetratorFactory(case=CaseFactory(portal=True), portal_label="the neighbour")
    _first, second = two_people(case)
    page = text_of(web.get(NEW))
    assert "Who was it?" in page
    for hidden in ("the neighbour", "Dean Farrow", "Blue hatchback", str(second.pk)):
        assert hidden not in page
    web.post(NEW, typed(who=letters_of(second.pk)))
    web.post(NEW, typed())
    named, unnamed = Incident.objects.order_by("number")
    assert (named.case_perpetrator, unnamed.case_perpetrator) == (second, None)
    assert "my uncle" in text_of(web.get("/notes/1/"))
    assert "my uncle" not in text_of(web.get("/notes/2/"))


def test_who_it_was_is_kept_in_a_draft_and_shown_to_check(web, case):
    _first, second = two_people(case)
    key = uuid4()
    web.post(NEW, typed(key, who=letters_of(second.pk), press="later"))
    letters = letters_of(key)
    assert "selected>my uncle" in text_of(web.get(f"/notes/new/{letters}/"))
    page = web.get(f"/notes/new/{letters}/check/")
    assert "my uncle" in text_of(page)
    web.post(f"/notes/new/{letters}/check/", {"revision": Draft.objects.get().revision})
    assert Incident.objects.get().case_perpetrator == second


def test_somebody_of_another_matter_is_refused(web, case):
    second = CaseFactory(is_portal_open=True, victim=case.victim, portal_label="The neighbour")
    first, _other = two_people(case)
    sent = typed(case=letters_of(second.pk), who=letters_of(first.pk))
    assert web.post(NEW, sent).status_code == 422
    assert not Incident.objects.exists()
    assert web.post(NEW, sent | {"who": "zzzzzz"}).status_code == 422


def test_the_language_is_asked_of_who_has_another_than_english(web, case):
    assert "Which language" not in text_of(web.get(NEW))
    web.post(NEW, typed())
    type(case.victim).objects.update(language="pl")
    assert "Which language is your note in?" in text_of(web.get(NEW))
    web.post(NEW, typed(language="pl"))
    web.post(NEW, typed(language="en"))
    assert [entry.language for entry in Incident.objects.order_by("number")] == ["en", "pl", "en"]
    assert 'lang="pl">He rang' in text_of(web.get("/notes/2/"))


def test_a_language_alone_is_not_worth_a_draft(web, case):
    type(case.victim).objects.update(language="pl")
    web.post("/notes/new/autosave/", {"draft": str(uuid4()), "when": "today", "language": "pl", "boxes": "all"})
    assert not Draft.objects.exists()


def test_a_note_on_a_closed_case_with_its_portal_open_is_kept(client, db):
    closed = CaseFactory(portal=True, closed=True)
    sign_in(client, closed.victim.user)
    assert client.post(NEW, typed()).status_code == 302
    assert Incident.objects.get().case_id == closed.pk


def test_with_the_portal_ended_the_words_are_kept_as_a_draft_and_she_is_told_whom_to_call(client, db):
    ended = CaseFactory(portal=True)
    type(ended).objects.update(is_portal_open=False)
    sign_in(client, ended.victim.user)
    page = text_of(client.post(NEW, typed()))
    assert "You cannot add notes here now" in page
    assert "Your unfinished note" in page
    assert "He rang nine times." in page
    assert Draft.objects.count() == 1


def test_with_the_portal_ended_nothing_looks_as_if_her_notes_were_gone(client, db):
    ended = CaseFactory(portal=True)
    sign_in(client, ended.victim.user)
    client.post(NEW, typed())
    key = uuid4()
    client.post(NEW, typed(key, press="later", what_happened="Half a sent"))
    type(ended).objects.update(is_portal_open=False)
    for page in ("/notes/", "/notes/all/"):
        words = text_of(client.get(page))
        assert "What you wrote before is still kept safe" in words
        assert "Your notes will be here" not in words
    assert "Half a sent" in text_of(client.get(f"/notes/new/{letters_of(key)}/"))


def test_unfinished_notes_are_told_apart_by_their_words(web):
    for words in ("He rang", "She wrote"):
        web.post(NEW, typed(press="later", what_happened=words))
    page = text_of(web.get("/notes/"))
    assert "“<bdi>He rang</bdi>”" in page
    assert "“<bdi>She wrote</bdi>”" in page


def test_numbers_go_on_over_all_her_notes(web, case):
    IncidentFactory(case=case, number=7, recorded_by=UserFactory())
    web.post(NEW, typed())
    assert Incident.objects.filter(number=8).exists()


def test_an_expired_session_loses_nothing_that_was_saved(web, her):
    key = uuid4()
    web.post(reverse("portal:autosave"), typed(key, boxes="all"))
    web.session.flush()
    web.cookies.clear()
    answer = web.post(NEW, typed(key))
    assert answer.status_code == 401
    assert "He rang nine times." in text_of(answer)
    assert not Incident.objects.exists()
    sign_in(web, her)
    assert f"/notes/new/{letters_of(key)}/" in text_of(web.get("/notes/"))
