"""Her notes as she reads them: hers alone, whole, with what was added, and nothing that tells on the outside."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.actions import run_due
from logs.models import Amendment, Evidence, Incident
from tests.factories import CaseFactory, CasePerpetratorFactory, IncidentFactory, SafeContactFactory, UserFactory
from tests.logs import samples
from tests.portal.test_writing import NEW, photo, text_of, typed
from tests.signing_in import sign_in


@pytest.fixture
def note(case, her):
    return IncidentFactory(case=case, number=1, recorded_by=her, what_happened="He stood there.\nFor an hour.")


@pytest.mark.parametrize("page", ["", "add/", "wrong/", "saved/", "files/1/"])
def test_anothers_note_is_not_there(web, page):
    other = CaseFactory(portal=True)
    IncidentFactory(case=other, number=4, recorded_by=other.victim.user)
    assert web.get(f"/notes/4/{page}").status_code == 404


@pytest.mark.parametrize("role", ["caseworker", "manager", "administrator", "data_protection"])
@pytest.mark.parametrize("page", ["", "new/", "all/", "1/", "reading/", "who/"])
def test_no_colleague_opens_these_pages(client, note, role, page):
    worker = UserFactory(**({} if role == "caseworker" else {role: True}))
    sign_in(client, worker)
    assert client.get(f"/notes/{page}").status_code == 404


def test_home_greets_by_the_safe_name_and_names_the_caseworker(web, case, note):
    SafeContactFactory(victim=case.victim, safe_name="Annie from the gym")
    page = text_of(web.get("/notes/"))
    assert "Hello, <bdi>Annie from the gym</bdi>" in page
    assert "Sam Rowan" in page
    assert "He stood there." in page
    assert "0300 303 3706" in page


def test_home_without_notes_says_how_to_start(web):
    page = text_of(web.get("/notes/"))
    assert "A few words are enough to start" in page
    assert "Hello, <bdi>Anna</bdi>" in page


def test_no_page_reads_what_staff_wrote_of_who_did_it(web, case, note):
    for label in ("D", "M"):  # with two to choose from a new note asks which
        link = CasePerpetratorFactory(case=case, portal_label=label)
    IncidentFactory(case=case, number=2, recorded_by=case.victim.user, case_perpetrator=link)
    with CaptureQueriesContext(connection) as asked:
        pages = [web.get(f"/notes/{page}") for page in ("", "all/", "all/print/", "2/", "2/add/", "2/saved/")]
        pages.append(web.post("/notes/new/", {}, follow=True))
    assert ">M</div>" in text_of(pages[3])
    questions = [each["sql"] for each in asked]
    assert any("cases_caseperpetrator" in each for each in questions)
    assert not any("cases_perpetratorfacts" in each for each in questions)


def test_all_eight_columns_in_the_booklets_order(web, note):
    page = text_of(web.get("/notes/1/"))
    columns = ["When", "Where", "What happened", "Evidence", "Police told", "How it affected you", "What you changed",
               "Children or other people"]  # fmt: skip
    places = [page.index(f">{column}</dt>") for column in columns]
    assert places == sorted(places)
    assert "3 June 2026" in page
    assert "He stood there.\nFor an hour." in page


def test_pictures_are_shown_as_our_own_copies_only(web):
    web.post(NEW, typed(uploads=[photo(), SimpleUploadedFile("b.mp3", samples.mp3())]))
    assert "We are getting it ready to show" in text_of(web.get("/notes/1/"))
    assert web.get("/notes/1/files/1/").status_code == 404
    run_due()
    page = text_of(web.get("/notes/1/"))
    assert 'src="/notes/1/files/1/"' in page
    assert "app-blurred" in page
    copy = web.get("/notes/1/files/1/")
    assert copy.status_code == 200
    original = Evidence.objects.order_by("exhibit_number").first()
    assert b"".join(copy.streaming_content) != photo().read()
    assert original.storage_name not in page
    assert web.get("/notes/1/files/2/").status_code == 404
    assert web.get("/notes/1/files/3/").status_code == 404


def test_adding_to_a_note_leaves_the_note_and_shows_both_times(web, note):
    key = str(uuid4())
    sent = {"key": key, "text": "  My sister saw it too.\n", "uploads": [photo()]}
    assert web.post("/notes/1/add/", sent).url == "/notes/1/"
    web.post("/notes/1/add/", {"key": key, "text": "  My sister saw it too.\n", "uploads": [photo()]})
    assert Amendment.objects.get().text == "  My sister saw it too.\n"
    assert Evidence.objects.count() == 1
    page = text_of(web.get("/notes/1/"))
    assert "He stood there." in page
    assert "My sister saw it too." in page


def test_who_added_a_file_is_told_that_she_may_say_more_about_it(web, note):
    offer = "You can tell us more about your files."
    words = {"key": str(uuid4()), "text": "My sister saw it too."}
    assert offer not in text_of(web.post("/notes/1/add/", words, follow=True))
    files = {"key": str(uuid4()), "text": "", "uploads": [photo()]}
    page = web.post("/notes/1/add/", files, follow=True)
    assert text_of(page).count(offer) == 2  # above, as what came of it, and beside the button further down
    assert reverse("portal:entry_file_about", args=[1, 1]) in page.text


def test_nothing_to_add_and_a_second_text_under_one_key_are_said(web, note):
    key = str(uuid4())
    empty = web.post("/notes/1/add/", {"key": key, "text": " "})
    assert empty.status_code == 422
    assert "Write what you would like to add" in text_of(empty)
    web.post("/notes/1/add/", {"key": key, "text": "one"})
    second = web.post("/notes/1/add/", {"key": key, "text": "two"})
    assert second.status_code == 422
    assert "two" in text_of(second)
    again = {"key": second.context["form"]["key"].value(), "text": "two"}
    assert web.post("/notes/1/add/", again).status_code == 302
    assert {each.text for each in Amendment.objects.all()} == {"one", "two"}


def test_a_wrong_note_is_marked_with_the_reason_and_never_erased(web, note):
    page = text_of(web.get("/notes/1/wrong/"))
    assert page.index("add to the note instead") < page.index("Mark as wrong")
    assert web.post("/notes/1/wrong/", {"key": str(uuid4()), "reason": ""}).status_code == 422
    web.post("/notes/1/wrong/", {"key": str(uuid4()), "reason": "It was another day."})
    page = text_of(web.get("/notes/1/"))
    assert "He stood there." in page
    assert "It was another day." in page
    assert "Marked as wrong" in page
    assert "marked as wrong" in text_of(web.get("/notes/"))
    assert web.get("/notes/1/wrong/").url == "/notes/1/"


def test_what_she_says_of_a_note_already_marked_is_added_to_it(web, note):
    web.post("/notes/1/wrong/", {"key": str(uuid4()), "reason": "It was another day."})
    page = text_of(web.post("/notes/1/wrong/", {"key": str(uuid4()), "reason": "It was Sunday."}, follow=True))
    assert "It was marked as wrong before. We added what you wrote to it." in page
    assert "It was Sunday." in page
    assert Amendment.objects.filter(kind="withdrawal").count() == 1


def test_other_words_under_a_used_key_stay_in_the_box(web, note):
    key = str(uuid4())
    web.post("/notes/1/wrong/", {"key": key, "reason": "It was another day."})
    response = web.post("/notes/1/wrong/", {"key": key, "reason": "It was Sunday."})
    assert response.status_code == 422
    assert "It was Sunday." in text_of(response)
    assert key not in text_of(response)


def test_what_is_added_is_in_the_language_of_its_note(web, case, her):
    IncidentFactory(case=case, number=1, recorded_by=her, language="pl")
    web.post("/notes/1/add/", {"key": str(uuid4()), "text": "To był wtorek."})
    assert Amendment.objects.get().language == "pl"
    assert 'lang="pl">To był wtorek.' in text_of(web.get("/notes/1/"))


def test_what_was_taken_out_of_an_addition_is_said(web, note):
    page = text_of(web.post("/notes/1/add/", {"key": str(uuid4()), "text": "a\x00b"}, follow=True))
    assert "We took out 1 invisible control character" in page


def test_the_list_narrows_to_a_month(web, case, note, her):
    IncidentFactory(case=case, number=2, recorded_by=her, occurred_on=date(2026, 5, 1), what_happened="In May.")
    page = text_of(web.get("/notes/all/"))
    assert "2 notes" in page
    may = text_of(web.get("/notes/all/?month=2026-05"))
    assert "1 note<" in may
    assert "He stood there." not in may
    assert 'href="/notes/all/print/?month=2026-05"' in may
    assert "2 notes" in text_of(web.get("/notes/all/?month=nonsense"))


def test_the_printed_sheet_holds_every_note_whole(web, case, note, her):
    IncidentFactory(case=case, number=2, recorded_by=her, what_happened="x" * 500)
    page = text_of(web.get("/notes/all/print/"))
    assert "x" * 500 in page
    assert page.index("He stood there.") < page.index("x" * 500)


@pytest.mark.parametrize("address", ["/notes/", "/notes/all/", "/notes/all/print/", "/notes/1/"])
def test_a_longer_log_takes_no_more_queries(web, case, her, note, address):
    with CaptureQueriesContext(
        connection,
    ) as few:
        web.get(address)
    for number in range(2, 12):
        IncidentFactory(case=case, number=number, recorded_by=her)
    with CaptureQueriesContext(connection) as many:
        web.get(address)
    assert len(many) == len(few)


def test_looking_is_recorded(web, note, case):
    web.get("/notes/1/")
    web.get("/notes/all/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, case_ids, detail::text FROM audit_event ORDER BY id")
        events = cursor.fetchall()
    assert [event[0] for event in events][-2:] == ["entry.read", "entry.listed"]
    assert all(event[1] == [case.pk] for event in events[-2:])
    assert "stood" not in str(events)


def test_who_has_opened_them_is_told_by_role_and_day(web, note):
    web.get("/notes/1/")
    page = text_of(web.get("/notes/who/"))
    assert "Nobody has opened them yet" in page  # her own visits are not counted


def test_the_blank_sheet_has_the_eight_columns_in_the_booklets_order(web):
    page = text_of(web.get("/notes/blank/"))
    columns = re.findall(r'<th scope="col">(.*?)</th>', page)
    begin = ["Date", "Where", "What happened", "Evidence", "Police", "How it affected you", "What you changed", "How"]
    assert [column[: len(word)] for column, word in zip(columns, begin, strict=True)] == begin
    assert page.count("<td></td>") == 40


# --- after saving ----------------------------------------------------------------------------------------------------


def test_words_of_danger_bring_up_a_plain_line_and_promise_nothing(web, guidance):
    web.post(NEW, typed(what_happened="He is outside my house now"))
    page = text_of(web.get("/notes/1/saved/"))
    main = page[page.index("<main") : page.index("</main>")]
    assert 'href="tel:999"' in main
    assert "press 55" in main
    assert "Nobody reads notes as they come in" in main
    assert "dialog" not in main
    assert "116 123" not in main


def test_words_of_self_harm_bring_up_somebody_to_talk_to(web, guidance):
    web.post(NEW, typed(what_happened="I can't go on"))
    page = text_of(web.get("/notes/1/saved/"))
    main = page[page.index("<main") : page.index("</main>")]
    assert "You do not have to be alone with this" in main
    assert 'Samaritans</bdi>: <a class="govuk-link" href="tel:116123">' in main
    assert main.count("tel:999") == 1


def test_an_ordinary_note_brings_up_nothing(web):
    web.post(NEW, typed())
    page = text_of(web.get("/notes/1/saved/"))
    main = page[page.index("<main") : page.index("</main>")]
    assert "999" not in main


def test_what_was_taken_out_of_a_text_is_said_on_the_saved_page(web):
    response = web.post(NEW, typed(what_happened="He\x07 rang"), follow=True)
    assert "We took out 1 invisible control character" in text_of(response)
    assert Incident.objects.get().what_happened == "He rang"
