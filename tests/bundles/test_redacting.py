"""Pieces taken out by hand: of texts in the data, of pages in the copy; chosen, seen, and held once it is asked for."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from bundles.actions import request_bundle
from bundles.actions.redacting import TextChanged, carry_redactions, redact_page, redact_text
from bundles.disclosure.painting import PARTS
from bundles.disclosure.pieces import COLUMNS, ROWS, Piece, boxes_of, piece_of
from bundles.disclosure.redacting import cut, digest_of, mark_of
from bundles.models import BundleDraft, Redaction, Shown
from bundles.selection.contents import ContentsError, from_json, to_json
from bundles.selection.freezing import contents_of, with_files
from jobs.actions import run_due
from logs.actions import amend, record_incident
from logs.models import Evidence, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.test_actions import photo, text_of
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SECRET = "He knows that I go to Oakfield Club on Tuesdays."  # pragma: allowlist secret
CHILD = "[redacted: a child’s details]"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def entry(case):
    fields = {"what_happened": SECRET, "impact": "I stay in."}
    fields |= {"occurred_on": timezone.localdate()}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user)
    run_due()
    return Incident.objects.get(case=case)


@pytest.fixture
def draft(case, worker):
    return BundleDraft.objects.create(case=case, user=worker, changed_at=timezone.now())


def piece(case, entry, worker, field="what_happened"):
    return piece_of(case, "entry", entry.pk, field, worker)


def redact(draft, found, worker, spans=((22, 35),), reason="child"):
    return redact_text(
        draft=draft, piece=found, spans=list(spans), digest=found.digest, reason=reason, words="", by=worker
    )


def ask(draft, worker, entry, **changes):
    files = list(Evidence.objects.filter(incident=entry).values_list("pk", flat=True))
    said = {
        "key": draft.pk, "entry_ids": [entry.pk], "evidence_ids": files, "recipient": "police", "recipient_name": "",
        "purpose": "A report", "date_from": None, "date_to": None, "shown": Shown.values,
    }  # fmt: skip
    return request_bundle(case=draft.case, by=worker, **said | changes)


# --- texts ----------------------------------------------------------------------------------------------------------


def test_a_piece_is_taken_out_with_its_reason_in_its_place(case, entry, draft, worker):
    with acting_as(worker.pk):
        redact(draft, piece(case, entry, worker), worker)
        contents = contents_of(ask(draft, worker, entry), worker)
        assert contents.entries[0].what_happened == f"He knows that I go to {CHILD} on Tuesdays."
        assert contents.entries[0].digest == ""  # it would let somebody try what was taken out
        entry.refresh_from_db()
        assert entry.what_happened == SECRET


def test_an_entry_that_is_whole_keeps_its_digest_and_one_that_is_not_has_none(case, entry, draft, worker):
    with acting_as(worker.pk):
        bundle = ask(draft, worker, entry)
        assert contents_of(bundle, worker).entries[0].digest == entry.digest
        bundle.shown = []
        assert contents_of(bundle, worker).entries[0].digest == entry.digest  # nothing of it was withheld
    fields = {"occurred_on": timezone.localdate(), "what_happened": "At 07700 900301.", "never_disclose": []}
    with acting_as(worker.pk):
        record_incident(draft_id=uuid7(), case=case, fields=fields, files=[], by=case.victim.user)
        later = Incident.objects.exclude(pk=entry.pk).get(case=case)
        other = ask(BundleDraft(pk=uuid7(), case=case), worker, later, shown=[])
        assert contents_of(other, worker).entries[0].digest == ""


def test_later_notes_and_all_texts_of_an_entry_can_be_cut(case, entry, draft, worker):
    with acting_as(worker.pk):
        note = amend(incident=entry, text="My son Leo saw it.", key=uuid7(), by=case.victim.user)
        redact(draft, piece_of(case, "amendment", note.pk, "text", worker), worker, [(7, 10)])
        redact(draft, piece(case, entry, worker, "impact"), worker, [(0, 10)], "private")
        told = contents_of(ask(draft, worker, entry), worker).entries[0]
    assert told.amendments[0].text == f"My son {CHILD} saw it."
    assert told.impact == mark_of("private")


def test_a_word_that_stands_in_a_mark_does_not_tear_it(case, entry, draft, worker):
    from cases.actions import protect_words

    flags = {"with_first_name": False, "in_any_case": True}
    with acting_as(worker.pk):
        for words in ("child", "redacted", "withheld"):
            protect_words(case=case, key=uuid7(), kind="always", words=words, by=worker, **flags)
        redact(draft, piece(case, entry, worker), worker)
        contents = contents_of(ask(draft, worker, entry), worker)
    assert CHILD in contents.entries[0].what_happened


def test_words_chosen_in_another_text_are_refused(case, entry, draft, worker):
    with acting_as(worker.pk), pytest.raises(TextChanged):
        redact_text(
            draft=draft, piece=piece(case, entry, worker), spans=[(0, 2)], digest="0" * 64, reason="child", words="",
            by=worker,
        )  # fmt: skip


def test_the_same_words_sent_twice_are_taken_out_once_and_audited_by_place(case, entry, draft, worker):
    with acting_as(worker.pk):
        redact(draft, piece(case, entry, worker), worker)
        redact(draft, piece(case, entry, worker), worker)
    assert Redaction.objects.count() == 1
    event = Event.objects.get(action="redaction.added")
    assert event.detail["of"] == str(entry.pk)
    assert "Oakfield" not in str(event.detail)


def test_nothing_is_added_changed_or_taken_back_once_the_bundle_was_asked_for(case, entry, draft, worker):
    with acting_as(worker.pk):
        redact(draft, piece(case, entry, worker), worker)
        ask(draft, worker, entry)
        for change in (
            lambda: redact(draft, piece(case, entry, worker), worker, [(0, 2)]),
            lambda: Redaction.objects.update(reason="health"),
            lambda: Redaction.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert Redaction.objects.count() == 1


def test_a_bundle_made_again_without_what_failed_is_redacted_the_same(case, entry, draft, worker):
    with acting_as(worker.pk):
        redact(draft, piece(case, entry, worker), worker)
        before, after = ask(draft, worker, entry), uuid7()
        for _ in range(2):
            carry_redactions(before=before.pk, after=after, by=worker)
            again = ask(BundleDraft(pk=after, case=case), worker, entry)
        assert CHILD in contents_of(again, worker).entries[0].what_happened


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=6))
def test_cutting_never_changes_the_order_and_takes_all_of_each_piece(text, chosen):
    pieces = [(start, min(start + size, len(text)), "child") for start, size in chosen if start < len(text)]
    gone = {at for start, end, _ in pieces for at in range(start, end)}
    kept = "".join(letter for at, letter in enumerate(text) if at not in gone)
    assert cut(text, pieces).replace(mark_of("child"), "") == kept or mark_of("child") in text


@pytest.mark.parametrize(
    ("numbers", "spans"),
    [([0], [(0, 2)]), ([0, 1], [(0, 8)]), ([0, 2], [(0, 2), (10, 13)]), ([9, -1], []), ([1, 1, 2], [(3, 13)])],
)
def test_words_side_by_side_are_one_piece(numbers, spans):
    assert Piece("entry", uuid7(), "impact", "", "He knows  all").spans(numbers) == spans


def test_squares_side_by_side_are_one_box():
    whole_row = [0, 0, PARTS, -(-PARTS // ROWS)]
    assert boxes_of(range(COLUMNS)) == whole_row
    assert boxes_of([*range(COLUMNS), *range(COLUMNS, 2 * COLUMNS)])[2:] == [PARTS, -(-2 * PARTS // ROWS)]
    assert boxes_of([0, 2]) == [0, 0, 500, 358, 1000, 0, 1500, 358]
    assert boxes_of([-1, COLUMNS * ROWS]) == []


# --- pages ----------------------------------------------------------------------------------------------------------


def page_of(draft, worker, entry, boxes=(0, 0, PARTS, PARTS), digest=None):
    file = Evidence.objects.filter(incident=entry).with_copies().with_beside().get()
    copy = next(each for each in file.renditions.all() if each.kind == "page")
    return redact_page(
        draft=draft, file=file, page=1, boxes=list(boxes), digest=digest or copy.sha256, reason="whereabouts", words="",
        by=worker,
    )  # fmt: skip


def test_the_engine_has_the_redacted_copy_alone(case, entry, draft, worker):
    with acting_as(worker.pk):
        page_of(draft, worker, entry)
        contents = contents_of(ask(draft, worker, entry), worker)
    assert from_json(to_json(contents)) == contents
    with ExitStack() as stack:
        (before,) = with_files(replace(contents, exhibits=_without_areas(contents)), stack).exhibits
        (after,) = with_files(contents, stack).exhibits
        from PIL import Image

        assert after.copy_path != before.copy_path
        assert Image.open(after.copy_path).convert("L").resize((1, 1)).getpixel((0, 0)) < 8
        assert "somebody can be found" in after.copy_note


def _without_areas(contents):
    return tuple(replace(each, areas=()) for each in contents.exhibits)


def test_areas_drawn_on_another_copy_stop_the_bundle_and_name_the_exhibit(case, entry, draft, worker):
    with acting_as(worker.pk):
        page_of(draft, worker, entry, digest="0" * 64)
        contents = contents_of(ask(draft, worker, entry), worker)
    with ExitStack() as stack, pytest.raises(ContentsError) as failure:
        with_files(contents, stack)
    assert (failure.value.item, failure.value.code) == ("E1", "redaction_stale")


def test_the_same_file_under_another_mark_is_redacted_too(case, entry, draft, worker):
    fields = {"occurred_on": timezone.localdate(), "what_happened": "Again."}
    with acting_as(worker.pk):
        page_of(draft, worker, entry)
        record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user)
    run_due()
    with acting_as(worker.pk):
        rows = Incident.objects.filter(case=case)
        files = Evidence.objects.filter(case=case).values_list("pk", flat=True)
        bundle = ask(draft, worker, entry, entry_ids=[row.pk for row in rows], evidence_ids=list(files))
        exhibits = contents_of(bundle, worker).exhibits
    assert len(exhibits) == 2
    assert all(each.areas for each in exhibits)


def test_a_built_bundle_has_neither_the_words_nor_the_picture(case, entry, draft, worker):
    with acting_as(worker.pk):
        redact(draft, piece(case, entry, worker), worker)
        page_of(draft, worker, entry)
        bundle = ask(draft, worker, entry)
    run_due()
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error_code) == ("ready", "")
    text = " ".join(text_of(bundle).split())
    assert "Oakfield" not in text
    assert CHILD in text
    assert "Areas of page 1 of this copy were taken out" in text


# --- pages of the service -------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def url(draft, name, *args):
    return reverse(f"bundles:{name}", args=[draft.case_id, draft.pk, *args])


def text_url(draft, entry, field="what_happened"):
    return url(draft, "redact_text", "entry", entry.pk, field)


def test_words_are_ticked_without_scripts_and_seen_before_asking(page, draft, entry):
    shown = page.get(text_url(draft, entry)).content.decode()
    assert shown.count('name="word"') == len(SECRET.split())
    sent = {"word": ["6", "7"], "digest": digest_of(SECRET), "reason": "child", "words": ""}
    assert page.post(text_url(draft, entry), sent).status_code == 302
    listed = page.get(url(draft, "redactions")).content.decode()
    assert f"He knows that I go to {CHILD} on Tuesdays." in listed
    row = Redaction.objects.get()
    for _ in range(2):
        assert page.post(url(draft, "redaction_remove", row.pk)).status_code == 302
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"word": []}, {"reason": ""}, {"digest": "0" * 64}, {"word": ["x", "-1", "9999999999"]}]
)
def test_a_choice_with_a_fault_is_answered_beside_it_and_keeps_nothing(page, draft, entry, changes):
    sent = {"word": ["6"], "digest": digest_of(SECRET), "reason": "child", "words": ""} | changes
    assert page.post(text_url(draft, entry), sent).status_code == 422
    assert not Redaction.objects.exists()


def test_squares_are_ticked_without_scripts_and_the_page_is_shown_as_it_will_look(page, draft, entry, case):
    file = Evidence.objects.get(case=case)
    address = url(draft, "redact_page", file.pk, 1)
    shown = page.get(address)
    assert shown.content.decode().count('name="cell"') == COLUMNS * ROWS
    sent = {"cell": list(range(COLUMNS * ROWS)), "digest": shown.context["copy"].sha256, "reason": "child", "words": ""}
    assert page.post(address, sent).status_code == 302
    picture = page.get(url(draft, "redact_picture", file.pk, 1))
    assert picture["Content-Type"] == "image/png"
    assert picture.content[:4] == b"\x89PNG"
    assert page.get(url(draft, "redact_page", file.pk, 2)).status_code == 404


def test_another_workers_choice_and_another_cases_text_are_not_found(page, draft, entry):
    other = sign_in(Client(), UserFactory())
    assert other.get(url(draft, "redactions")).status_code == 404
    strange = CaseFactory(portal=True, worker=UserFactory())
    assert page.get(text_url(BundleDraft(pk=draft.pk, case=strange), entry)).status_code == 404
    assert page.get(url(draft, "redact_text", "entry", uuid7(), "what_happened")).status_code == 404
    assert page.get(text_url(draft, entry, "digest")).status_code == 404
    assert page.get(text_url(draft, entry, "place")).status_code == 404  # it is empty
