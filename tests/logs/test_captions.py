"""What is said about a file: beside it, by versions, by whom; hers and, on her behalf, her caseworker's."""

import json
from datetime import date, time
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from audit.models import Event
from cases.models import Task
from jobs.actions import run_due
from logs.actions import OtherContent, TypedMeanwhile, lock_evidence, say_of_file
from logs.caption_forms import CaptionForm, as_begun
from logs.models import Caption, Draft, Evidence
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LONG = ("His car, outside. سيارته 🙁\n" * 800)[:20_000].strip()


@pytest.fixture
def worker():
    return UserFactory(name="Sam Rowan")


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def her(case):
    return case.victim.user


@pytest.fixture
def incident(case, her):
    return IncidentFactory(case=case, recorded_by=her, number=3, language="pl")


@pytest.fixture
def file(incident, her):
    return EvidenceFactory(incident=incident, uploaded_by=her, media_type="application/zip")


def typed(**changes):
    return {"shows": "His car outside my work.", "based_on": "0", "key": str(uuid4()), **changes}


def day(text):
    return dict(zip(("on_day", "on_month", "on_year"), text.split("/"), strict=True))


def about(file):
    return reverse("logs:about", args=[file.case_id, file.pk])


def said(**data):
    form = CaptionForm(MultiValueDict({name: [value] for name, value in typed(**data).items()}))
    assert form.is_valid(), form.errors
    return form.content()


# --- the form -------------------------------------------------------------------------------------------------------


def test_a_day_and_a_time_are_kept_as_an_entry_keeps_them():
    told = said(when="other", **day("29/2/2024"), at="about 2:30pm", taken_by="victim")
    assert (told["taken_on"], told["taken_time"], told["precision"]) == (date(2024, 2, 29), time(14, 30), "about")


def test_a_month_alone_and_words_for_a_time():
    told = said(when="other", on_day="", on_month="6", on_year="2026", precision="month", at="after work")
    assert (told["taken_on"], told["precision"], told["when_words"]) == (date(2026, 6, 1), "month", "after work")


def test_words_without_any_day_are_enough():
    assert said(when="other", on_day="", on_month="", on_year="", at="last summer")["when_words"] == "last summer"
    assert said(when="unsure", at="10am")["when_words"] == "10am"


def test_a_day_typed_below_no_choice_is_meant():
    assert said(**day("3/6/2026"))["taken_on"] == date(2026, 6, 3)


@pytest.mark.parametrize(
    ("data", "box"),
    [
        ({"shows": " \n "}, "shows"),
        ({"shows": "", "never_disclose": "on"}, "shows"),
        ({"when": "other", **day("30/2/2026")}, "on"),
        ({"when": "other", **day("1/1/2090")}, "on"),
        ({"when": "other", **day("3/6/2026"), "precision": "between"}, "until_on"),
        ({"when": "other", **day("25/10/2026"), "at": "1:30am", "precision": "exact"}, "fold"),
    ],
)
def test_what_cannot_be_is_said_beside_the_box(data, box):
    form = CaptionForm(MultiValueDict({name: [value] for name, value in typed(**data).items()}))
    assert not form.is_valid()
    assert set(form.errors) == {box}


def test_the_hour_that_came_twice_is_kept(file, her):
    told = said(when="other", **day("25/10/2026"), at="1:30am", precision="exact", fold="1")
    kept = say_of_file(key=uuid4(), evidence=file, said=told, based_on=0, by=her)
    assert "1:30am" in kept.taken
    assert kept.fold == 1


def test_a_version_is_begun_with_the_one_before(file, her):
    told = said(when="other", **day("3/6/2026"), at="2:30pm", taken_by="other", taken_by_words="my sister")
    newest = say_of_file(key=uuid4(), evidence=file, said=told, based_on=0, by=her)
    begun = as_begun(newest)
    assert begun["at"] == "14:30"
    assert (begun["on"], begun["taken_by_words"], begun["based_on"]) == (date(2026, 6, 3), "my sister", 1)


# --- keeping it -----------------------------------------------------------------------------------------------------


def test_she_says_it_and_it_stands_beside_the_file_for_her_and_her_caseworker(client, her, worker, file):
    web = sign_in(client, her)
    page = web.get("/notes/3/").text
    assert "Say what file 1 shows" in page
    sent = typed(shows=LONG, when="other", **day("3/6/2026"), taken_by="other", taken_by_words="my sister")
    assert web.post("/notes/3/files/1/about/", sent).url == "/notes/3/"
    page = web.get("/notes/3/").text
    assert "written by you" in page
    assert "3 June 2026" in page
    assert "my sister" in page
    kept = Caption.objects.get()
    assert kept.shows.replace("\r\n", "\n") == LONG
    assert (kept.number, kept.source, kept.language, kept.case_id) == (1, "portal", "pl", file.case_id)
    assert Event.objects.get(action="evidence.described").detail == {"sha256": kept.digest, "version": 1}
    theirs = sign_in(client, worker)
    for name, pk in (("entry", file.incident_id), ("file", file.pk)):
        page = theirs.get(reverse(f"logs:{name}", args=[file.case_id, pk])).text
        assert "said by the victim" in page
        assert "someone else: my sister" in page
    assert Evidence.objects.get().description == ""


def test_staff_say_it_on_her_behalf_and_are_named(client, worker, her, file):
    web = sign_in(client, worker)
    answer = web.post(about(file), typed(language="en", taken_by="victim"))
    assert answer.url == reverse("logs:entry", args=[file.case_id, file.incident_id])
    page = web.get(answer.url).text
    assert "written on the victim’s behalf by Sam Rowan" in page
    assert Caption.objects.get().source == "on_behalf"
    assert "written by your caseworker" in sign_in(client, her).get("/notes/3/").text


def test_a_correction_is_a_further_version_and_the_first_stays(client, worker, file):
    web = sign_in(client, worker)
    web.post(about(file), typed(language="en"))
    assert "His car outside my work." in web.get(about(file)).text
    web.post(about(file), typed(language="en", shows="Her car.", based_on="1"))
    page = web.get(reverse("logs:entry", args=[file.case_id, file.incident_id])).text
    assert page.index("Her car.") < page.index("His car outside my work.")
    web.post(about(file), typed(language="en", shows="Her car.", based_on="2"))
    assert Caption.objects.count() == 2  # the same again is no news


def test_two_who_say_it_at_once_lose_nothing(client, her, worker, file):
    told = {"shows": "Theirs.", "language": "en"}
    say_of_file(key=uuid4(), evidence=file, said=told, based_on=0, by=worker)
    web, sent = sign_in(client, her), typed(shows="Mine.", when="yesterday")
    answer = web.post("/notes/3/files/1/about/", sent)
    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert "Mine." in answer.text
    assert web.post("/notes/3/files/1/about/", sent | {"based_on": "1"}).status_code == 302
    assert Caption.objects.count() == 2


def test_the_same_page_sent_twice_is_kept_once_and_other_words_refused(worker, file):
    key = uuid4()
    sent = {"key": key, "evidence": file, "based_on": 0, "by": worker}
    first = say_of_file(said={"shows": "One."}, **sent)
    assert say_of_file(said={"shows": "One."}, **sent) == first
    with pytest.raises(OtherContent):
        say_of_file(said={"shows": "Two."}, **sent)
    with pytest.raises(TypedMeanwhile):
        say_of_file(said={"shows": "Three."}, **sent | {"key": uuid4()})


def test_what_was_said_never_changes(worker, file):
    kept = say_of_file(key=uuid4(), evidence=file, said={"shows": "One."}, based_on=0, by=worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        Caption.objects.filter(pk=kept.pk).update(taken_by="victim")
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()


def test_words_of_danger_bring_numbers_and_a_task_for_today(client, her, file):
    web = sign_in(client, her)
    web.post("/notes/3/files/1/about/", typed(shows="He is outside my door now."))
    assert "Call 999" in web.get("/notes/3/").text
    run_due()
    assert Task.objects.get(kind="red_flag").title.startswith("Red flag in what was said about exhibit")


# --- being asked ----------------------------------------------------------------------------------------------------


def test_after_saving_she_is_asked_of_each_file_and_may_skip(client, her, incident, file):
    EvidenceFactory(incident=incident, uploaded_by=her)
    web = sign_in(client, her)
    assert "/notes/3/files/1/about/?next" in web.get("/notes/3/saved/").text
    skipped = {"press": "skip", "key": str(uuid4()), "based_on": "0", "shows": ""}
    assert web.post("/notes/3/files/1/about/?next", skipped).url == "/notes/3/files/2/about/?next"
    assert web.post("/notes/3/files/2/about/?next", skipped).url == "/notes/3/"
    assert not Caption.objects.exists()


def test_words_are_kept_even_when_skip_is_pressed(client, her, file):
    sign_in(client, her).post("/notes/3/files/1/about/", typed(press="skip"))
    assert Caption.objects.get().shows == "His car outside my work."


def test_after_adding_a_file_she_is_asked_about_it(client, her, incident):
    web = sign_in(client, her)
    sent = {"text": "", "uploads": SimpleUploadedFile("a.txt", b"words in a file"), "key": str(uuid4())}
    assert web.post("/notes/3/add/", sent).url == "/notes/3/"
    assert "/notes/3/files/1/about/?next" in web.get("/notes/3/").text
    web.post("/notes/3/files/1/about/", typed())
    assert "?next" not in web.get("/notes/3/").text


def test_a_locked_file_is_not_spoken_of(client, her, worker, file):
    say_of_file(key=uuid4(), evidence=file, said={"shows": "Secret."}, based_on=0, by=her)
    with acting_as(worker.pk):
        lock_evidence(key=uuid4(), evidence=file, reason="other", words="", by=worker)
    assert sign_in(client, her).get("/notes/3/files/1/about/").status_code == 404
    assert "Secret." not in client.get("/notes/3/").text
    assert sign_in(client, worker).get(about(file)).status_code == 404
    assert "Secret." not in client.get(reverse("logs:file", args=[file.case_id, file.pk])).text


def test_a_strangers_file_is_not_there(client, file):
    other = CaseFactory(portal=True)
    IncidentFactory(case=other, recorded_by=other.victim.user, number=3)
    assert sign_in(client, other.victim.user).get("/notes/3/files/1/about/").status_code == 404
    assert sign_in(client, UserFactory()).get(about(file)).status_code == 404


def test_the_entry_page_asks_the_same_of_one_file_as_of_ten(client, worker, case):
    counts = []
    for files in (1, 10):
        incident = IncidentFactory(case=case, recorded_by=case.victim.user)
        for _ in range(files):
            evidence = EvidenceFactory(incident=incident, uploaded_by=case.victim.user)
            say_of_file(key=uuid4(), evidence=evidence, said={"shows": "x"}, based_on=0, by=worker)
        web = sign_in(client, worker)
        web.get(reverse("logs:entry", args=[case.pk, incident.pk]))
        with CaptureQueriesContext(connection) as asked:
            web.get(reverse("logs:entry", args=[case.pk, incident.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_typed_is_kept_before_it_is_sent_and_done_with_after(client, her, file):
    web, sent = sign_in(client, her), typed(at="last summer")
    assert 'data-autosave-url="/notes/keep/"' in web.get("/notes/3/files/1/about/").text
    web.post("/notes/keep/", sent)
    assert json.loads(Draft.objects.get().content) == {"what_happened": "His car outside my work.\nlast summer"}
    web.post("/notes/3/files/1/about/", sent)
    assert not Draft.objects.open_for(her).exists()
