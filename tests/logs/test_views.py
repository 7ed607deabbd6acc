import re
from datetime import date
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from jobs.actions import run_due
from logs.actions import record_incident
from logs.making.showing import newest_parts
from logs.models import Amendment, Evidence, Incident, IncidentSeen, Rendition
from nsvcs.ids import uuid7
from nsvcs.storage import file_store, new_name
from tests.factories import (
    AllocationFactory,
    CaseFactory,
    CasePerpetratorFactory,
    IncidentFactory,
    PerpetratorFactory,
    UserFactory,
)
from tests.pages import body_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def photo():
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "JPEG")
    return SimpleUploadedFile("photo.jpg", content.getvalue())


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def entry(case):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang nine times. <b>شكرا</b>"}
    return record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user).incident


def actions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_event ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_the_log_lists_entries_and_says_which_are_new(client, worker, case, entry):
    page = sign_in(client, worker).get(reverse("logs:list", args=[case.pk]))
    assert page.status_code == 200
    assert "He rang nine times. &lt;b&gt;" in page.text
    assert "New" in page.text
    assert actions()[-1] == "entry.listed"


@pytest.mark.parametrize("count", [3, 30])
def test_the_log_takes_as_many_queries_for_ten_times_the_entries(
    client, worker, case, count, django_assert_max_num_queries
):
    IncidentFactory.create_batch(count, case=case)
    sign_in(client, worker)
    with django_assert_max_num_queries(25):
        client.get(reverse("logs:list", args=[case.pk]))


@pytest.mark.h("H02")
@pytest.mark.h("H06")
@pytest.mark.parametrize("name", ["entry", "read", "amend", "withdraw", "copy", "original"])
def test_another_workers_entry_is_as_if_it_were_not_there(client, case, entry, name):
    sign_in(client, UserFactory())
    kind = ["page"] if name == "copy" else []
    target = Evidence.objects.get().pk if name in {"copy", "original"} else entry.pk
    method = client.post if name == "read" else client.get
    foreign = method(reverse(f"logs:{name}", args=[case.pk, target, *kind]))
    missing = method(reverse(f"logs:{name}", args=[uuid7(), uuid7(), *kind]))
    assert foreign.status_code == missing.status_code == 404
    assert body_of(foreign) == body_of(missing)
    assert actions()[-1] == "page.denied"


def test_one_entry_of_another_of_ones_cases_is_not_found_under_this_one(client, worker, case, entry):
    other = CaseFactory(worker=worker)
    page = sign_in(client, worker).get(reverse("logs:entry", args=[other.pk, entry.pk]))
    assert page.status_code == 404


def test_an_entry_shows_all_of_it_and_is_marked_as_read(client, worker, case, entry):
    sign_in(client, worker)
    page = client.get(reverse("logs:entry", args=[case.pk, entry.pk]))
    assert entry.digest in page.text
    assert "Mark as read" in page.text
    client.post(reverse("logs:read", args=[case.pk, entry.pk]))
    assert IncidentSeen.objects.get().by == worker
    assert "Mark as read" not in client.get(reverse("logs:entry", args=[case.pk, entry.pk])).text


def test_what_the_police_did_is_shown_without_a_tick_too(client, worker, case):
    told = IncidentFactory(case=case, police_contacted="", police_response="PC Hart came.", police_reference="36/9")
    page = sign_in(client, worker).get(reverse("logs:entry", args=[case.pk, told.pk])).text
    assert "PC Hart came." in page
    assert "36/9" in page


def test_a_viewing_copy_is_shown_locked_down(client, worker, case, entry):
    run_due()
    sign_in(client, worker)
    answer = client.get(reverse("logs:copy", args=[case.pk, Evidence.objects.get().pk, "page"]))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    assert actions()[-1] == "evidence.viewed"


@pytest.mark.parametrize(("what", "kind"), [("copy", "page"), ("original", ""), ("words", "text"), ("says", "report")])
def test_a_file_that_is_gone_from_the_store_is_told_in_plain_words(client, worker, case, entry, what, kind):
    run_due()
    file = Evidence.objects.get()
    kept = {"state": "ok", "media_type": "text/plain", "sha256": "0" * 64, "size_bytes": 1, "storage_name": new_name()}
    if what in {"words", "says"}:
        Rendition.objects.create(evidence=file, case=case, kind=kind, recipe="later", **kept)
    else:
        file_store().remove_orphan(newest_parts(file, kind)[0].storage_name if kind else file.storage_name)
    address = reverse(f"logs:{what}", args=[case.pk, file.pk, *([kind] if what == "copy" else [])])
    sign_in(client, worker)
    answer = client.post(address) if what == "says" else client.get(address, {"sure": "yes"})
    assert answer.status_code == 410
    assert "This file cannot be opened" in answer.text
    assert "Nothing that was written about it is lost." in answer.text
    assert not [name for name in (kept["storage_name"], file.storage_name) if name in answer.text]


def test_an_original_is_a_download_under_a_neutral_name_after_fresh_proof(client, worker, case, entry):
    address = reverse("logs:original", args=[case.pk, Evidence.objects.get().pk])
    asked = sign_in(client, worker, fresh=False).get(address)
    assert asked.status_code == 302
    warned = sign_in(client, worker).get(parse_qs(urlsplit(asked.url).query)["next"][0]).text
    address = f"{address}?sure=yes"
    assert f'href="{address}&amp;begun"' in warned
    page = client.get(f"{address}&begun").text
    assert f'http-equiv="refresh" content="0; url={address}"' in page
    assert "evidence.downloaded" not in actions()
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith('attachment; filename="document-')
    assert "photo" not in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content) == photo().read()
    assert actions()[-1] == "evidence.downloaded"


def test_something_is_added_and_withdrawn_on_her_behalf(client, worker, case, entry):
    sign_in(client, worker)
    client.post(reverse("logs:amend", args=[case.pk, entry.pk]), {"text": "It was ten.", "key": uuid7()})
    client.post(reverse("logs:withdraw", args=[case.pk, entry.pk]), {"text": "Wrong day.", "key": uuid7()})
    kept = Amendment.objects.order_by("recorded_at").values_list("kind", "source", "text")
    assert [(a, b) for a, b, _ in kept] == [("addition", "on_behalf"), ("withdrawal", "on_behalf")]
    assert client.post(reverse("logs:amend", args=[case.pk, entry.pk]), {"text": ""}).status_code == 422


def test_an_entry_is_written_on_her_behalf(client, worker, case):
    sign_in(client, worker)
    form = {"when": "today", "what_happened": "She told me on the phone.", "key": uuid7(), "uploads": photo()}
    answer = client.post(reverse("logs:new", args=[case.pk]), form)
    entry = Incident.objects.get()
    assert answer["Location"] == reverse("logs:entry", args=[case.pk, entry.pk])
    assert (entry.source, entry.recorded_by) == ("on_behalf", worker)
    assert Evidence.objects.count() == 1
    clash = client.post(reverse("logs:new", args=[case.pk]), {**form, "what_happened": "Other.", "uploads": photo()})
    assert clash.status_code == 409
    assert client.post(reverse("logs:new", args=[case.pk]), {"key": uuid7()}).status_code == 422


def test_who_helped_and_what_is_never_disclosed_are_kept_on_her_behalf_and_shown(client, worker, case):
    sign_in(client, worker)
    told = {"when": "today", "what_happened": "He rang.", "key": uuid7(), "place": "New flat"}
    told |= {"helped_by": "by phone, with an interpreter", "never_disclose": ["place", "helped_by"]}
    client.post(reverse("logs:autosave", args=[case.pk]), told)
    begun = client.get(reverse("logs:new", args=[case.pk])).text
    ticked = re.findall(r'name="never_disclose" value="(\w+)"[^>]* checked', begun)
    assert ticked == ["place", "helped_by"]
    client.post(reverse("logs:new", args=[case.pk]), told)
    entry = Incident.objects.get(source="on_behalf")
    assert (entry.helped_by, entry.never_disclose) == (told["helped_by"], ["place", "helped_by"])
    page = client.get(reverse("logs:entry", args=[case.pk, entry.pk])).text
    assert "How the victim told it, and who helped" in page
    assert "by phone, with an interpreter" in page
    assert "Never disclose" in page


def test_an_entry_begun_on_her_behalf_is_saved_offered_again_and_leaks_into_nothing(client, worker, case):
    sign_in(client, worker)
    page, key = reverse("logs:new", args=[case.pk]), uuid7()
    typed = {"when": "today", "what_happened": "She told me that", "helped_by": "by phone", "key": key}
    saved = client.post(reverse("logs:autosave", args=[case.pk]), typed)
    assert saved.json().keys() == {"saved_at", "revision"}
    begun = client.get(page).text
    for kept in ("She told me that", "by phone", str(key), "only you can open it"):
        assert kept in begun
    assert "She told me that" not in client.get(f"{page}?new").text
    assert "She told me that" not in client.get(reverse("logs:new", args=[CaseFactory(worker=worker).pk])).text
    client.post(page, typed)
    assert client.post(reverse("logs:autosave", args=[case.pk]), typed).status_code == 409
    assert "She told me that" not in client.get(page).text


def test_an_entry_with_faults_is_kept_as_the_workers_own_draft(client, worker, case):
    sent = {"what_happened": "She told me that", "key": uuid7()}
    assert sign_in(client, worker).post(reverse("logs:new", args=[case.pk]), sent).status_code == 422
    assert "She told me that" in client.get(reverse("logs:new", args=[case.pk])).text
    other = UserFactory()
    AllocationFactory(case=case, worker=other, role="second")
    assert "She told me that" not in sign_in(client, other).get(reverse("logs:new", args=[case.pk])).text


def test_a_fault_about_the_end_is_not_hidden_in_a_closed_box(client, worker, case):
    sent = {"when": "today", "what_happened": "x", "precision": "between", "at": "9pm", "key": uuid7()}
    page = sign_in(client, worker).post(reverse("logs:new", args=[case.pk]), sent).text
    assert "it had happened by" in page
    assert '<details class="govuk-details" open>' in page


def test_one_press_on_my_work_marks_as_read_and_comes_back(client, worker, case, entry):
    sign_in(client, worker)
    assert "Mark as read" in client.get(reverse("cases:work")).text
    answer = client.post(reverse("logs:read", args=[case.pk, entry.pk]), {"back": "work"})
    assert answer["Location"] == reverse("cases:work")
    assert "Mark as read" not in client.get(reverse("cases:work")).text


def on_behalf(**more):
    return {"key": str(uuid7()), "when": "today", "what_happened": "On dzwonił.", "language": "pl", **more}


def test_who_did_it_is_asked_only_where_it_may_be_several(client, worker, case):
    address = reverse("logs:new", args=[case.pk])
    sign_in(client, worker)
    assert 'name="who"' not in client.get(address).text
    CasePerpetratorFactory(case=case)
    assert 'name="who"' not in client.get(address).text
    other = CasePerpetratorFactory(case=case, perpetrator=PerpetratorFactory(name="Alex"), relationship="online")
    assert "Alex (Known online only)" in client.get(address).text
    assert client.post(address, on_behalf(who=str(other.pk))).status_code == 302
    assert client.post(address, on_behalf()).status_code == 302
    named, unnamed = Incident.objects.order_by("number")
    assert (named.case_perpetrator, unnamed.case_perpetrator) == (other, None)
    assert "Alex, known online only" in client.get(reverse("logs:entry", args=[case.pk, named.pk])).text
    assert "Who did it" not in client.get(reverse("logs:entry", args=[case.pk, unnamed.pk])).text


def test_another_cases_perpetrator_is_no_choice(client, worker, case):
    CasePerpetratorFactory.create_batch(2, case=case)
    theirs = CasePerpetratorFactory(case=CaseFactory(worker=worker), perpetrator=PerpetratorFactory(name="Robert"))
    sign_in(client, worker)
    assert "Robert" not in client.get(reverse("logs:new", args=[case.pk])).text
    answer = client.post(reverse("logs:new", args=[case.pk]), on_behalf(who=str(theirs.pk)))
    assert answer.status_code == 422
    assert not Incident.objects.exists()


def test_the_language_of_the_words_is_kept_and_said(client, worker, case):
    sign_in(client, worker)
    client.post(reverse("logs:new", args=[case.pk]), on_behalf())
    client.post(reverse("logs:new", args=[case.pk]), on_behalf(language=""))
    polish, english = Incident.objects.order_by("number")
    assert (polish.language, english.language) == ("pl", "en")
    page = client.get(reverse("logs:entry", args=[case.pk, polish.pk])).text
    assert "Polish" in page
    assert 'lang="pl">On dzwonił.' in page
    assert client.post(reverse("logs:new", args=[case.pk]), on_behalf(language="bfi")).status_code == 422
