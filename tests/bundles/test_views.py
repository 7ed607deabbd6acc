from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from bundles.actions import NothingChosen, request_bundle
from bundles.models import Bundle
from cases.models import Allocation
from jobs.actions import run_due
from jobs.models import Job
from logs.actions import record_incident
from logs.models import Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.pages import body_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def entry(case):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang nine times."}
    return record_incident(draft_id=uuid7(), case=case, fields=fields, by=case.victim.user).incident


def asked(case, worker, *entries):
    with acting_as(worker.pk):
        return request_bundle(
            key=uuid7(), case=case, entry_ids=[each.pk for each in entries], evidence_ids=[], recipient="police",
            recipient_name="", purpose="An order", date_from=None, date_to=None, shown=[], by=worker,
        )  # fmt: skip


def test_progress_is_polled_until_it_is_ready_and_was_looked_over(client, worker, case, entry):
    sign_in(client, worker)
    bundle = asked(case, worker, entry)
    progress = reverse("bundles:progress", args=[case.pk, bundle.pk])
    waiting = client.get(progress).text
    assert "data-hx-trigger" in waiting
    assert waiting.count("You may leave this page.") == 1
    run_due()
    assert "data-hx-trigger" not in client.get(progress).text
    gate = reverse("bundles:gate", args=[case.pk, Bundle.objects.get().pk])
    assert gate in client.get(progress).text
    assert "Nothing was found that must not be there." in client.get(gate).text


@pytest.mark.h("H02")
@pytest.mark.parametrize("name", ["detail", "progress", "download"])
def test_another_workers_bundle_is_as_if_it_were_not_there(client, worker, case, entry, name):
    sign_in(client, worker)
    asked(case, worker, entry)
    sign_in(client, UserFactory())
    foreign = client.get(reverse(f"bundles:{name}", args=[case.pk, Bundle.objects.get().pk]))
    missing = client.get(reverse(f"bundles:{name}", args=[uuid7(), uuid7()]))
    assert foreign.status_code == missing.status_code == 404
    assert body_of(foreign) == body_of(missing)


def failed_bundle(client, worker, case, entry, code, item):
    sign_in(client, worker)
    asked(case, worker, entry)
    Bundle.objects.update(state="failed", error_code=code, error_item=item)
    Job.objects.filter(kind="bundle").update(state="failed")
    return Bundle.objects.get()


@pytest.mark.parametrize(
    ("code", "item", "words"),
    [
        ("original_changed", "E3", "The original of exhibit E3 is no longer the file that arrived."),
        ("original_missing", "E3", "The original of exhibit E3 is not where it is kept."),
        ("text_lost", "entry 12", "Entry 12 could not be printed with every letter of it."),
        ("pages_differ", "joining", "It stopped at joining (pages_differ)."),
    ],
)
def test_a_failed_bundle_names_what_failed_and_is_tried_again(client, worker, case, entry, code, item, words):
    bundle = failed_bundle(client, worker, case, entry, code, item)
    page = client.get(reverse("bundles:detail", args=[case.pk, bundle.pk])).text
    assert words in page
    assert ("Make it without" in page) is (item != "joining")
    client.post(reverse("bundles:again", args=[case.pk, bundle.pk]))
    bundle.refresh_from_db()
    assert bundle.state == "waiting"


def test_a_bundle_whose_worker_was_lost_says_so_and_is_tried_again(client, worker, case, entry):
    bundle = failed_bundle(client, worker, case, entry, "", "")
    Bundle.objects.update(state="building")
    Job.objects.update(error_code="worker_lost")
    assert "Could not be made" in client.get(reverse("bundles:list", args=[case.pk])).text
    for _ in range(2):
        client.post(reverse("bundles:again", args=[case.pk, bundle.pk]))
    assert list(Job.objects.filter(kind="bundle").order_by("created_at").values_list("state", flat=True)) == [
        "failed",
        "queued",
    ]
    run_due()
    bundle.refresh_from_db()
    assert bundle.is_ready


def test_a_bundle_can_be_made_without_what_it_failed_at_once(client, worker, case, entry):
    other = {"occurred_on": date(2026, 6, 4), "what_happened": "He came back."}
    record_incident(draft_id=uuid7(), case=case, fields=other, by=case.victim.user)
    entries = [entry.pk, Incident.objects.get(number=2).pk]
    sign_in(client, worker)
    first = asked(case, worker, *Incident.objects.order_by("number"))
    again = reverse("bundles:again", args=[case.pk, first.pk])
    assert client.post(again, {"without": "yes"})["Location"] == reverse("bundles:new", args=[case.pk])
    Bundle.objects.update(state="failed", error_code="text_lost", error_item="entry 1")
    for _ in range(2):
        client.post(again, {"without": "yes"})
    second = Bundle.objects.exclude(pk=first.pk).get()
    assert [item.object_id for item in second.items.filter(how="whole")] == entries[1:]
    assert (second.recipient, second.purpose) == (first.recipient, first.purpose)


@pytest.mark.h("H07")
def test_one_foreign_id_among_ones_own_refuses_all_of_them(worker, case, entry):
    foreign = IncidentFactory(case=CaseFactory(worker=UserFactory()))
    with pytest.raises(NothingChosen):
        asked(case, worker, entry, foreign)
    assert not Bundle.objects.exists()


@pytest.mark.h("H09")
def test_a_worker_taken_off_the_case_in_mid_session_gets_nothing_more(client, worker, case, entry):
    sign_in(client, worker)
    asked(case, worker, entry)
    run_due()
    bundle = Bundle.objects.get()
    pages = [
        reverse("bundles:detail", args=[case.pk, bundle.pk]),
        reverse("bundles:gate", args=[case.pk, bundle.pk]),
        reverse("bundles:release", args=[case.pk, bundle.pk]),
        reverse("logs:entry", args=[case.pk, entry.pk]),
        reverse("logs:list", args=[case.pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [200] * 5
    Allocation.objects.update(ends_at=timezone.now())
    assert [client.get(page).status_code for page in pages] == [404] * 5
