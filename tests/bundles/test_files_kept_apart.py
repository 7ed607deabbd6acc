"""Files that were locked, or that no scanner has found clean: no bundle shows them, whenever that came about."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bundles.actions import NotReady, is_held
from bundles.building import working
from bundles.models import Bundle, BundleDraft
from jobs.actions import run, run_due
from jobs.models import Job
from logs.actions import lock_evidence, record_incident, unlock_evidence
from logs.models import Evidence, Scan
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.leaving import after_recall, approved, let_out
from tests.bundles.test_actions import ask_for, photo, text_of
from tests.factories import CaseFactory, UserFactory
from tests.logs.clamd import VIRUS, running
from tests.logs.samples import jpeg, zipped
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOT_SHOWN = "kept by the service and is not shown here"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def write(case, file=None):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He stood outside."}
    kept = record_incident(draft_id=uuid7(), case=case, fields=fields, files=[file or photo()], by=case.victim.user)
    return Evidence.objects.get(incident=kept.incident)


def told_of(file):
    """What custody says of bundles."""
    return list(file.custody.filter(kind__in=["bundled", "listed"]).values_list("kind", flat=True))


def lock(file, by):
    with acting_as(by.pk):
        lock_evidence(key=uuid7(), evidence=file, reason="child_abuse", words="police 36/1", by=by)


def built(case, worker, **changes):
    asked = ask_for(case, worker, **changes)
    run_due()
    return Bundle.objects.get(pk=asked.pk)


def text(bundle):
    return " ".join(text_of(bundle).split())


def test_a_locked_file_is_a_placeholder_that_does_not_say_why(case, worker):
    file = write(case)
    run_due()
    lock(file, worker)
    bundle = built(case, worker, shown=["file_names"])
    assert bundle.is_ready
    assert NOT_SHOWN in text(bundle)
    assert not any(word in text(bundle) for word in ("Leeds", "abuse", "36/1", "locked", "Locked"))
    with acting_as(worker.pk):
        assert not is_held(bundle, worker)
    let_out(bundle, worker)
    assert told_of(file) == ["listed"]


def test_a_file_unlocked_after_the_bundle_was_made_is_not_in_it_all_the_same(case, worker):
    file = write(case)
    run_due()
    lock(file, worker)
    bundle, lead = built(case, worker), UserFactory(data_protection=True)
    with acting_as(lead.pk):
        unlock_evidence(evidence_id=file.pk, words="not what it seemed", by=lead)
    let_out(bundle, worker)
    assert told_of(file) == ["listed"]


def test_what_is_shown_was_put_into_the_bundle_and_what_cannot_be_printed_was_not(case, worker):
    packed = SimpleUploadedFile("a.zip", zipped(("a.jpg", jpeg())))
    shown, files = write(case), write(case, packed)
    run_due()
    bundle = built(case, worker)
    let_out(bundle, worker)
    assert (told_of(shown), told_of(files)) == (["bundled"], ["listed"])


def test_of_a_bundle_made_before_this_was_kept_custody_says_what_was_said_then(case, worker):
    shown, hidden = write(case), write(case)
    run_due()
    lock(hidden, worker)
    bundle = built(case, worker)
    Bundle.objects.update(shown_files=None)
    bundle.refresh_from_db()
    let_out(bundle, worker)
    assert (told_of(shown), told_of(hidden)) == (["bundled"], ["listed"])


def test_the_original_of_a_locked_file_is_not_even_opened(case, worker, monkeypatch):
    file = write(case)
    run_due()
    lock(file, worker)
    opened = []
    real = working.file_store().__class__.path_or_copy
    monkeypatch.setattr(
        "nsvcs.storage.LocalStore.path_or_copy", lambda self, name: opened.append(name) or real(self, name)
    )
    assert built(case, worker).is_ready
    assert file.storage_name not in opened


def test_a_lock_while_the_bundle_is_built_has_it_built_again_without_the_file(case, worker, monkeypatch):
    file = write(case)
    run_due()
    real, builds = working._build, []

    def build(*given):
        builds.append(1)
        made = real(*given)
        if len(builds) == 1:
            lock(file, worker)
        return made

    monkeypatch.setattr(working, "_build", build)
    bundle = built(case, worker)
    assert len(builds) == 2
    assert bundle.is_ready
    assert NOT_SHOWN in text(bundle)
    assert Job.objects.get(kind="bundle").attempts == 1


def test_a_finished_bundle_that_shows_the_file_stays_here(client, case, worker):
    file = write(case)
    run_due()
    bundle = built(case, worker)
    lock(file, worker)
    page = sign_in(client, worker).get(reverse("bundles:detail", args=[case.pk, bundle.pk])).text
    assert "cannot be downloaded any more" in page
    assert reverse("bundles:gate", args=[case.pk, bundle.pk]) not in page
    page = client.get(reverse("bundles:release", args=[case.pk, bundle.pk])).text
    assert "It cannot leave." in page
    assert "I have looked at it" not in page
    with pytest.raises(NotReady):
        approved(bundle, worker)


def test_a_pass_is_worth_nothing_once_a_file_is_locked(client, case, worker):
    file = write(case)
    run_due()
    bundle = built(case, worker)
    release = let_out(bundle, worker)
    with after_recall():
        taken = sign_in(client, worker).post(reverse("bundles:take", args=[case.pk, bundle.pk, release.pk])).url
        lock(file, worker)
        answer = client.get(taken.replace("&begun=", ""))
    assert (answer.status_code, answer.url) == (302, reverse("bundles:detail", args=[case.pk, bundle.pk]))


def test_an_unlocked_file_lets_its_bundle_go_again(case, worker):
    file = write(case)
    run_due()
    bundle = built(case, worker)
    lock(file, worker)
    lead = UserFactory(data_protection=True)
    with acting_as(lead.pk):
        unlock_evidence(evidence_id=file.pk, words="not what it seemed", by=lead)
    with acting_as(worker.pk):
        assert not is_held(bundle, worker)


def test_the_choice_names_what_is_not_shown_and_does_not_tick_it(client, case, worker):
    shown, hidden = write(case), write(case)
    run_due()
    lock(hidden, worker)
    draft = BundleDraft.objects.create(case=case, user=worker)
    page = sign_in(client, worker).get(reverse("bundles:draft_items", args=[case.pk, draft.pk]))
    form = page.context["form"]
    assert (form[f"in_{shown.pk}"].initial, form[f"in_{hidden.pk}"].initial) == (True, False)
    assert "(Locked: a page says that it is not shown)" in page.text


@pytest.mark.h("H23")
@pytest.mark.h("H24")
@pytest.mark.parametrize(
    ("says", "words"),
    [("FOUND", "could not be opened safely"), ("Heuristics.Limits.Exceeded FOUND", "had not been checked")],
)
def test_what_is_not_found_clean_is_a_placeholder(settings, case, worker, says, words):
    with running() as clamd:
        settings.CLAMD_URL = clamd.url
        clamd.says = "" if says == "FOUND" else says
        write(case, SimpleUploadedFile("a.txt", VIRUS))
        run_due()
        assert Scan.objects.exists()
        bundle = built(case, worker)
    assert bundle.is_ready
    assert words in text(bundle)
    let_out(bundle, worker)
    assert told_of(Evidence.objects.get()) == ["listed"]


def test_a_picture_that_arrived_a_moment_ago_is_scanned_and_copied_for_the_bundle(settings, case, worker):
    with running() as clamd:
        settings.CLAMD_URL = clamd.url
        write(case)
        asked = ask_for(case, worker)
        run(Job.objects.get(kind="bundle").pk)
    bundle = Bundle.objects.get(pk=asked.pk)
    assert bundle.is_ready
    assert "cannot be shown" not in text(bundle)
