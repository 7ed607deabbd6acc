from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone
from PIL import Image

from bundles.actions import NothingChosen, NotReady, request_bundle, retry_bundle, selection
from bundles.building import working
from bundles.engine.assembling import BuildFailed
from bundles.models import Bundle, BundleItem, BundlePart, Shown
from bundles.seals.certificates import trust
from bundles.seals.verifying import UNCHANGED, verify
from cases.models import Allocation
from jobs import nursery
from jobs.actions import run, run_due
from jobs.models import Job
from logs.actions import amend, record_incident
from logs.models import CustodyEvent, Evidence, Incident, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.leaving import approved, let_out
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.logs.samples import animated_gif, jpeg

pytestmark = pytest.mark.django_db


def photo():
    content = BytesIO()
    Image.new("RGB", (600, 400), "navy").save(content, "JPEG")
    return SimpleUploadedFile("new flat in Leeds.jpg", content.getvalue())


@pytest.fixture
def world():
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    case.victim.address = "14 Quay Lane\nNorwich\nNR1 3AB"
    case.victim.save()
    fields = {
        "occurred_on": date(2026, 6, 3),
        "what_happened": "He stood outside 14 Quay Lane and rang 07700 900123.",
        "place": "Home",
        "never_disclose": ["place"],
    }
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user)
    run_due()
    return worker, case


def ask_for(case, worker, **changes):
    chosen = {
        "key": uuid7(),
        "entry_ids": Incident.objects.filter(case=case).values_list("pk", flat=True),
        "evidence_ids": Evidence.objects.filter(case=case).values_list("pk", flat=True),
        "recipient": "police",
        "recipient_name": "",
        "purpose": "Application for an order",
        "date_from": None,
        "date_to": None,
        "shown": [],
    }
    with acting_as(worker.pk):
        return request_bundle(case=case, by=worker, **{**chosen, **changes})


def text_of(bundle):
    from pypdfium2 import PdfDocument

    with file_store().path_or_copy(bundle.storage_name) as path:
        return "\n".join(page.get_textpage().get_text_range() for page in PdfDocument(path))


def test_a_bundle_is_built_by_a_worker_and_verifies(world):
    worker, case = world
    bundle = ask_for(case, worker)
    run_due()
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error_code) == ("ready", "")
    with file_store().path_or_copy(bundle.storage_name) as path:
        verdict = verify(Path(path), trust())
        assert (verdict.state, verdict.problems) == (UNCHANGED, ())
        assert len(pikepdf.open(path).pages) == bundle.page_count
    assert verdict.manifest["exhibits"][0]["sha256"] == Evidence.objects.get().sha256


def test_what_is_loaded_ahead_is_what_children_are_asked_for(world, monkeypatch):
    worker, case = world
    asked, start = set(), nursery.start
    monkeypatch.setattr(nursery, "start", lambda module, *rest: (asked.add(module), start(module, *rest))[-1])
    ask_for(case, worker)
    run_due()
    assert {*working.PRINTING, *working.SEALING} <= asked


def test_addresses_phones_places_and_file_names_are_withheld_unless_ticked(world):
    worker, case = world
    plain, ticked = ask_for(case, worker), ask_for(case, worker, shown=Shown.values)
    run_due()
    plain.refresh_from_db()
    ticked.refresh_from_db()
    for secret in ("Quay Lane", "900123", "Leeds"):
        assert secret not in text_of(plain)
        assert secret in text_of(ticked)
    assert "[place withheld]" in text_of(plain)
    assert "[not disclosed]" in text_of(ticked)


def test_words_about_time_and_the_purpose_are_withheld_from_too_and_printed_once(world):
    worker, case = world
    fields = {"occurred_on": date(2026, 6, 4), "what_happened": "Again.", "when_words": "after 07700 900123 rang"}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[], by=case.victim.user)
    text = text_of(_built(case, worker, purpose="Order: ring her on 07700 900124"))
    assert "07700" not in text
    assert text.count("after [number withheld] rang") == 1
    assert "Order: ring her on [number withheld]" in text


def test_what_the_police_said_and_their_reference_are_withheld_from_too(world):
    worker, case = world
    told = {
        "police_contacted": "yes",
        "police_response": "Ring 07700 900125",
        "police_reference": "log 4, 07700 900126",
    }
    hidden = {"never_disclose": ["police_reference"], "police_contacted": "yes", "police_reference": "Operation Fern"}
    for day, fields in ((4, told), (5, hidden)):
        fields = {"occurred_on": date(2026, 6, day), "what_happened": "Again.", **fields}
        record_incident(draft_id=uuid7(), case=case, fields=fields, files=[], by=case.victim.user)
    text = text_of(_built(case, worker))
    assert "Reference: log 4, [number withheld]" in text
    assert "Reference: [not disclosed]" in text
    assert "07700" not in text
    assert "Fern" not in text


def test_who_helped_her_write_is_named_unless_she_said_to_keep_it_out(world):
    worker, case = world
    for day, fields in ((4, {}), (5, {"never_disclose": ["helped_by", "impact"]})):
        told = {
            "occurred_on": date(2026, 6, day),
            "what_happened": "Again.",
            "helped_by": f"my sister Jo {day}",
            **fields,
        }
        record_incident(draft_id=uuid7(), case=case, fields=told, files=[], by=case.victim.user)
    text = " ".join(text_of(_built(case, worker, shown=["third_parties", "places"])).split())
    assert "Written by the victim, with the help of: my sister Jo 4" in text
    assert "Written by the victim, with the help of: [not disclosed]" in text
    assert "my sister Jo 5" not in text
    assert text.count("[not disclosed]") == 2  # her place in the first entry, the helper; nothing for an empty part


def test_an_entry_that_is_only_a_photo_is_printed_with_that_column_left_blank(world):
    worker, case = world
    fields, files = {"occurred_on": date(2026, 6, 4), "what_happened": ""}, [photo()]
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=case.victim.user)
    run_due()
    text = text_of(_built(case, worker))
    assert "JPEG picture, with the entry of 4 June 2026" in text
    assert "what happened" in text


def test_what_the_police_did_is_in_it_without_a_tick_at_yes_or_no(world):
    worker, case = world
    fields = {"occurred_on": date(2026, 6, 4), "what_happened": "Again.", "police_response": "PC Hart rang back."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[], by=case.victim.user)
    assert "PC Hart rang back." in text_of(_built(case, worker))


def test_an_exhibit_nobody_described_says_in_the_index_what_it_is(world):
    worker, case = world
    amend(incident=Incident.objects.get(), text="I told my sister.", key=uuid7(), by=case.victim.user)
    text = text_of(_built(case, worker))
    assert text.count("JPEG picture, with the entry of 3 June 2026") == 2  # in the index and over the picture
    assert "Added later by the victim" in text


def _built(case, worker, **changes):
    bundle = ask_for(case, worker, **changes)
    run_due()
    bundle.refresh_from_db()
    return bundle


def test_notes_added_after_asking_are_not_in_it(world):
    worker, case = world
    entry = Incident.objects.get()
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entry, text="Before asking.", by=worker)
    bundle = ask_for(case, worker)
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entry, text="After asking.", by=worker)
    run_due()
    bundle.refresh_from_db()
    assert "Before asking." in text_of(bundle)
    assert "After asking." not in text_of(bundle)


def test_the_same_key_asks_once(world):
    worker, case = world
    key = uuid7()
    assert ask_for(case, worker, key=key) == ask_for(case, worker, key=key)
    assert Job.objects.filter(kind="bundle").count() == 1


def test_an_entry_of_another_case_is_refused(world):
    worker, case = world
    other = IncidentFactory(case=CaseFactory(worker=worker))
    with pytest.raises(NothingChosen):
        ask_for(case, worker, entry_ids=[other.pk], evidence_ids=[])
    with pytest.raises(NothingChosen):
        ask_for(case, worker, entry_ids=[], evidence_ids=[])
    assert not BundleItem.objects.exists()


@pytest.mark.h("H08")
def test_a_requester_who_lost_the_case_gets_nothing(world):
    worker, case = world
    bundle = ask_for(case, worker)
    Allocation.objects.update(ends_at=timezone.now())
    run_due()
    job = Job.objects.get(kind="bundle")
    assert (job.state, job.error_code) == ("failed", "not_allowed")
    bundle.refresh_from_db()
    assert not bundle.storage_name


def test_a_lost_original_fails_naming_the_exhibit_and_can_be_tried_again(world):
    worker, case = world
    evidence = Evidence.objects.get()
    with file_store().path_or_copy(evidence.storage_name) as path:
        content = path.read_bytes()
        path.write_bytes(b"other")
        bundle = ask_for(case, worker)
        run_due()
        bundle.refresh_from_db()
        assert (bundle.state, bundle.error_item) == ("failed", "E1")
        path.write_bytes(content)
    with acting_as(worker.pk):
        retry_bundle(bundle=bundle, by=worker)
    run_due()
    bundle.refresh_from_db()
    assert bundle.state == "ready"


def test_a_missing_original_fails_at_once_naming_the_exhibit(world):
    worker, case = world
    with file_store().path_or_copy(Evidence.objects.get().storage_name) as path:
        path.unlink()
    bundle = _built(case, worker)
    assert (bundle.state, bundle.error_code, bundle.error_item) == ("failed", "original_missing", "E1")


def test_a_picture_that_came_just_before_asking_is_shown(world):
    worker, case = world
    fields = {"occurred_on": date(2026, 6, 4), "what_happened": "Again."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user)
    bundle = ask_for(case, worker)
    run(Job.objects.get(kind="bundle").pk)  # before the job of the copy
    bundle.refresh_from_db()
    assert Evidence.objects.count() == text_of(bundle).count("View copy") == 2
    assert not Job.objects.filter(kind="copy").exclude(state="done").exists()


def test_a_damaged_picture_and_one_of_several_say_so(world):
    worker, case = world
    broken = SimpleUploadedFile("broken.jpg", jpeg(1200, 900)[:9000])
    several = SimpleUploadedFile("several.gif", animated_gif())
    fields = {"occurred_on": date(2026, 6, 4), "what_happened": "Again."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[broken, several], by=case.victim.user)
    text = text_of(_built(case, worker))
    assert "The file is damaged: this is what could be read of it." in text
    assert "The file holds several pictures: this is the first, and others in small." in text


def test_a_missing_viewing_copy_leaves_the_picture_out_and_says_so(world):
    worker, case = world
    for copy in Rendition.objects.filter(kind__in=["page", "thumbnail"]):
        with file_store().path_or_copy(copy.storage_name) as path:
            path.unlink()
    assert "No viewing copy could be made of this picture." in text_of(_built(case, worker))


def test_release_is_recorded_with_the_digest_and_on_each_original(world):
    worker, case = world
    bundle = ask_for(case, worker)
    with pytest.raises(NotReady):
        approved(bundle, worker)
    run_due()
    bundle.refresh_from_db()
    release = let_out(bundle, worker)
    assert release.sha256 == bundle.sha256
    assert CustodyEvent.objects.filter(kind="bundled").count() == 1


def test_selection_holds_both_days(world):
    worker, case = world
    with acting_as(worker.pk):
        for first, last, count in [
            (date(2026, 6, 3), date(2026, 6, 3), 1),
            (date(2026, 6, 4), None, 0),
            (None, date(2026, 6, 2), 0),
        ]:
            assert len(selection(case=case, by=worker, date_from=first, date_to=last)) == count


def test_an_attempt_that_was_taken_over_leaves_no_file(world, monkeypatch):
    worker, case = world
    bundle = ask_for(case, worker)
    build = working._build

    def lose_it(*args):
        built = build(*args)
        Job.objects.filter(kind="bundle").update(attempts=F("attempts") + 1)
        return built

    def files():
        return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    before = files()
    monkeypatch.setattr(working, "_build", lose_it)
    run(Job.objects.get(kind="bundle").pk)
    bundle.refresh_from_db()
    parts = {Path(settings.MEDIA_ROOT) / part.storage_name for part in BundlePart.objects.all()}  # good for the next
    assert (bundle.state, bundle.storage_name, files() - parts) == ("building", "", before)


def test_an_attempt_that_was_taken_over_fails_nobody_elses_bundle(world, monkeypatch):
    worker, case = world
    bundle = ask_for(case, worker)

    def lose_it(*args):
        Job.objects.filter(kind="bundle").update(attempts=F("attempts") + 1)
        raise BuildFailed("E1", "original_missing")

    monkeypatch.setattr(working, "_build", lose_it)
    run(Job.objects.get(kind="bundle").pk)
    bundle.refresh_from_db()
    job = Job.objects.get(kind="bundle")
    assert (bundle.state, bundle.error_code, job.state) == ("building", "", Job.State.RUNNING)


def test_a_half_written_result_is_not_ready():
    from django.db import IntegrityError, transaction

    bundle = Bundle(case=CaseFactory(), asked_by=UserFactory(), asked_at=timezone.now(), state="ready", purpose="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        bundle.save()


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("prosecution", "Crown Prosecution Service, East of England", "Crown Prosecution Service, East of England"),
        ("family_court", "Family Court in Norfolk", "Family Court in Norfolk"),
        ("police", "PC Lowther, Norfolk Constabulary", "Police, PC Lowther, Norfolk Constabulary"),
        ("victim", "", "The victim"),
    ],
)
def test_who_gets_it_is_named_once(kind, name, words):
    assert Bundle(recipient=kind, recipient_name=name).recipient_words == words
