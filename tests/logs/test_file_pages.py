"""One file's page, and its original: what each state lets through."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import Event
from jobs.actions import run_due
from logs.actions.custody import note_custody
from nsvcs.access import EVERYONE, Role
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.logs.clamd import NAME, VIRUS, as_document, as_mail, running, zipped
from tests.logs.test_checking import arrived, custody, photo
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def clamd(settings):
    with running() as server:
        settings.CLAMD_URL = server.url
        yield server


def original(case, file):
    return reverse("logs:original", args=[case.pk, file.pk])


def test_a_files_page_says_what_it_is_where_it_stands_and_who_handled_it(client, case, worker):
    file = arrived(photo(), "bike shed.jpg", case=case)
    run_due()
    page = sign_in(client, worker).get(reverse("logs:file", args=[case.pk, file.pk])).text
    for words in (file.sha256, "bike shed.jpg", "The victim", "Not checked for viruses", "Arrived and was kept",
                  "Viewing copy made", "Automatic", "Lock this file"):  # fmt: skip
        assert words in page
    assert Event.objects.order_by("-id").first().action == "evidence.opened"


def test_the_same_file_sent_twice_is_two_exhibits_that_name_each_other(client, case, worker):
    first, other = arrived(photo(), case=case), arrived(photo("blue"), case=case)
    twin, elsewhere = arrived(photo(), case=case), arrived(photo(), case=CaseFactory(portal=True, worker=worker))
    sign_in(client, worker)
    page = client.get(reverse("logs:file", args=[case.pk, first.pk])).text
    assert reverse("logs:file", args=[case.pk, twin.pk]) in page
    for each in (other, elsewhere):
        assert reverse("logs:file", args=[each.case_id, each.pk]) not in page
    said = "Each has to be locked by itself:"
    assert said in client.get(reverse("logs:lock", args=[case.pk, twin.pk])).text
    client.post(reverse("logs:lock", args=[case.pk, twin.pk]), {"reason": "other", "key": uuid7()})
    assert said not in client.get(reverse("logs:lock", args=[case.pk, first.pk])).text


@pytest.mark.parametrize("count", [1, 40])
def test_it_takes_as_many_queries_for_a_long_chain_of_custody(
    client, case, worker, count, django_assert_max_num_queries
):
    file = arrived(photo(), case=case)
    for _ in range(count):
        note_custody(file, "downloaded", by=UserFactory())
    sign_in(client, worker)
    with django_assert_max_num_queries(24):
        client.get(reverse("logs:file", args=[case.pk, file.pk]))


@pytest.mark.parametrize("count", [1, 12])
def test_an_entry_takes_as_many_queries_for_many_files(client, case, worker, count, django_assert_max_num_queries):
    first = arrived(photo(), case=case)
    for _ in range(count):
        type(first).objects.create(
            case=case, incident=first.incident, exhibit_number=100 + _, storage_name=f"aa/bb/{_:032x}", size_bytes=1,
            sha256="1" * 64, media_type="image/jpeg", source="portal", uploaded_by=worker, arrived_at=first.arrived_at,
        )  # fmt: skip
    sign_in(client, worker)
    with django_assert_max_num_queries(32):
        client.get(reverse("logs:entry", args=[case.pk, first.incident_id]))


def test_without_a_scanner_a_page_warns_before_an_original_leaves(client, case, worker):
    file = arrived(photo(), case=case)
    warned = sign_in(client, worker).get(original(case, file))
    assert warned.status_code == 200
    assert "virus scanner" in warned.text
    assert warned.text.index("Leave it here") < warned.text.index("Download it all the same")
    assert custody(file) == ["arrived"]
    taken = client.get(original(case, file), {"sure": "yes"})
    assert b"".join(taken.streaming_content) == photo()
    assert custody(file) == ["arrived", "downloaded"]


def test_what_was_found_clean_leaves_without_a_warning(client, clamd, case, worker):
    file = arrived(photo(), case=case)
    run_due()
    taken = sign_in(client, worker).get(original(case, file))
    assert b"".join(taken.streaming_content) == photo()


@pytest.mark.h("H23")
@pytest.mark.parametrize(
    ("content", "name"),
    [(VIRUS, "a.txt"), (zipped(VIRUS), "a.zip"), (as_document(VIRUS), "a.docx"), (as_mail(VIRUS), "a.eml")],
    ids=["bare", "zip", "docx", "mail"],
)
def test_a_virus_is_never_downloadable_by_any_role(clamd, case, worker, content, name):
    file = arrived(content, name, case=case)
    run_due()
    people = {Role.CASEWORKER: worker, Role.VICTIM: case.victim.user}
    for role in EVERYONE:
        person = people.get(role) or UserFactory(role=role)
        for address in (
            original(case, file),
            f"{original(case, file)}?sure=yes",
            f"{original(case, file)}?sure=yes&begun",
        ):
            answer = sign_in(Client(), person).get(address)
            assert answer.status_code in {404, 409}, role
            assert content not in (b"" if answer.streaming else answer.content)
    refused = sign_in(Client(), worker).get(original(case, file))
    assert refused.status_code == 409
    assert Event.objects.order_by("-id").first().action == "evidence.refused"
    assert "downloaded" not in custody(file)
    assert NAME in sign_in(Client(), worker).get(reverse("logs:file", args=[case.pk, file.pk])).text


@pytest.mark.h("H23")
def test_she_reads_calm_words_about_a_virus(client, clamd, case):
    file = arrived(VIRUS, "a.txt", case=case)
    run_due()
    page = sign_in(client, case.victim.user).get(reverse("portal:entry", args=[file.incident.number])).text
    assert "We could not open this file safely. It is kept. Your caseworker can help." in page
    assert "irus" not in page


@pytest.mark.h("H24")
@pytest.mark.parametrize("says", ["", "Heuristics.Limits.Exceeded FOUND"])
def test_what_is_not_scanned_is_refused(client, clamd, case, worker, says):
    file = arrived(photo(), case=case)
    clamd.says = says
    if says:
        run_due()
    assert sign_in(client, worker).get(original(case, file), {"sure": "yes"}).status_code == 409
    page = client.get(reverse("logs:entry", args=[case.pk, file.incident_id])).text
    assert f'"{original(case, file)}"' not in page
    assert ("Could not be checked yet" if says else "Waiting to be checked") in page
    hers = sign_in(Client(), case.victim.user).get(reverse("portal:entry", args=[file.incident.number])).text
    assert "We are checking it first." in hers
    assert "Being checked" in hers


def test_the_trail_names_no_virus(clamd, case):
    arrived(VIRUS, "a.txt", case=case)
    run_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE detail::text ILIKE %s", ["%eicar%"])
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    ("media_type", "size", "is_over"),
    [
        ("video/mp4", 500_000_000, False),
        ("video/mp4", 500_000_001, True),
        ("audio/mpeg", 500_000_001, True),
        ("application/pdf", 500_000_001, False),
        ("application/pdf", 1_000_000_000, False),
        ("application/pdf", 1_000_000_001, True),
    ],
)
def test_a_file_larger_than_courts_take_says_so(client, case, worker, media_type, size, is_over):
    file = EvidenceFactory(incident=IncidentFactory(case=case), media_type=media_type, size_bytes=size)
    page = sign_in(client, worker).get(reverse("logs:file", args=[case.pk, file.pk])).text
    assert ("more than courts’ own systems take" in page) is is_over
