"""The contents of a bundle as a function of its frozen rows: the same whenever, with every fact beside the entries."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from bundles.actions import Picked, Said, request_bundle
from bundles.gate.terms import SPOTS
from bundles.models import Bundle, BundleItem, BundleRelease, ReleaseStep
from bundles.selection.contents import digest, from_json, to_json
from bundles.selection.freezing import contents_of
from bundles.selection.telling import copy_mark
from logs.actions import add_evidence, amend, record_incident, say_of_file, withdraw
from logs.models import CustodyEvent, Evidence, Incident, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.loading import load_reference
from reference.models import Preset
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def write(case, day, words="He rang.", files=(), **fields):
    told = {"occurred_on": date(2026, 6, day), "what_happened": words, **fields}
    return record_incident(draft_id=uuid7(), case=case, fields=told, files=files, by=case.victim.user).incident


def letter(words=b"He wrote this.", name="letter.txt"):
    return SimpleUploadedFile(name, words)


def ask(case, worker, said=None, picked=None, **changes):
    chosen = {"entry_ids": Incident.objects.filter(case=case).values_list("pk", flat=True),
              "evidence_ids": Evidence.objects.filter(case=case).values_list("pk", flat=True),
              "recipient": "police", "recipient_name": "PC Lee Brandon", "purpose": "An order", "date_from": None,
              "date_to": None, "shown": []} | changes  # fmt: skip
    with acting_as(worker.pk):
        return request_bundle(
            key=uuid7(), case=case, by=worker, said=said or Said(edition="police"), picked=picked, **chosen
        )


def contents(bundle, worker):
    with acting_as(worker.pk):
        bundle = Bundle.objects.select_related("case__victim", "asked_by", "preset", "follows").get(pk=bundle.pk)
        return contents_of(bundle, worker)


def test_building_again_gives_the_same_whatever_was_added_since(case, worker):
    load_reference()
    first = write(case, 1, files=[letter()], police_contacted="yes", behaviours=["CALLS"])
    amend(key=uuid7(), incident=first, text="It rained.", by=case.victim.user)
    write(case, 2)
    bundle = ask(case, worker)
    before = contents(bundle, worker)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        amend(key=uuid7(), incident=first, text="And later.", by=case.victim.user)
        withdraw(key=uuid7(), incident=Incident.objects.get(number=2), reason="Not so.", by=case.victim.user)
        file = Evidence.objects.get()
        say_of_file(key=uuid7(), evidence=file, said={"shows": "His hand"}, based_on=0, by=case.victim.user)
        write(case, 3, files=[letter(b"Another")])
        taken = {"kind": "downloaded", "by_role": "caseworker", "at": timezone.now()}
        CustodyEvent.objects.create(evidence=file, case=case, **taken)
        Preset.objects.create(
            key="police", version=2, edition="police", name="New", in_force_on=date(2026, 11, 2), source="x",
            numbering="bates", layout="cards", type_size=12, confidence="G?",
        )  # fmt: skip
        case.crime_reference = "changed"
        case.save()
        after = contents(bundle, worker)
    assert to_json(after) == to_json(before)
    assert (after.preset.version, ask(case, worker).preset.version) == (1, 2)


def test_only_copies_made_since_may_differ(case, worker):
    picture = write(case, 1, files=[letter()])
    bundle = ask(case, worker)
    before = contents(bundle, worker)
    file = Evidence.objects.get(incident=picture)
    Rendition.objects.create(
        evidence=file, case=case, kind="reading", recipe="test", state="ok", media_type="application/pdf",
        storage_name="copy", sha256="0" * 64, size_bytes=1, page_count=2,
    )  # fmt: skip
    after = contents(bundle, worker)
    told = [{name: value for name, value in vars(each.exhibits[0]).items() if not name.startswith("copy")
             and name not in {"kind", "placeholder_reason"}} for each in (before, after)]  # fmt: skip
    assert told[0] == told[1]
    assert before.entries == after.entries


def test_everything_chosen_is_carried_into_the_contents_and_back(case, worker):
    load_reference()
    write(case, 1, files=[letter()], police_contacted="yes", behaviours=["CALLS", "VIA_CHILDREN"], impact_on_others="x")
    named = write(case, 3)
    said = Said(
        edition="family", recipient_ref="solicitor:professional:1", sections=("exhibits", "chronology"),
        producer="Caseworker, P. N.", crime_reference="36/1", officer="PC Lee Brandon", ring="01632 960000",
    )  # fmt: skip
    whole = [Incident.objects.get(number=1).pk]
    told = contents(ask(case, worker, said, Picked(frozenset(whole), listed={named.pk}), entry_ids=whole), worker)
    assert (told.preset.numbering, told.preset.most_pages, told.preset.type_size) == ("bates", 350, 12.0)
    assert told.preset.source.startswith("Family Procedure Rules, Practice Direction 27A")
    assert told.sections == ("exhibits", "chronology")
    assert (told.cover.producer, told.cover.ring) == ("Caseworker, P. N.", "01632 960000")
    assert len(told.cover.copy_mark) == 11
    assert [(each.number, each.when) for each in told.listed] == [(2, "3 June 2026")]
    assert from_json(to_json(told)) == told
    assert len(digest(told)) == 64


def test_what_is_left_out_is_counted_by_kind_and_reason_and_says_nothing_of_safety(case, worker):
    keep, away, twice = (write(case, day, files=[letter()]) for day in (1, 2, 3))
    amend(key=uuid7(), incident=keep, text="More.", by=case.victim.user)
    reasons = {away.pk: ("safety", "Her new route"), twice.pk: ("twice", "")}
    files = Evidence.objects.filter(incident=keep).values_list("pk", flat=True)
    picked = Picked(frozenset(), notes=frozenset(), reasons=reasons)
    told = contents(ask(case, worker, None, picked, entry_ids=[keep.pk], evidence_ids=files), worker)
    assert {(each.kind, each.count, each.why) for each in told.left_out} == {
        ("Entries", 1, "not chosen for this bundle"), ("Entries", 1, "the same is shown elsewhere"),
        ("Later notes", 1, "not chosen for this bundle"), ("Files", 2, "with an entry that is not printed"),
    }  # fmt: skip
    assert "route" not in to_json(told)
    assert told.entries[0].amendments == ()


@pytest.mark.parametrize(
    "words", ["", "NULL", "{a,b}, \"c\" \\ 'd' %s", "\u05e9\u05dc\u05d5\u05dd \U0001f600\n\u0301", "x" * 20_000]
)
def test_what_was_picked_is_kept_row_by_row_as_it_was_said(case, worker, words):
    keep, away = (write(case, day, files=[letter()]) for day in (1, 2))
    note = amend(key=uuid7(), incident=keep, text="More.", by=case.victim.user)
    reasons = {away.pk: ("safety", words)}
    files = Evidence.objects.filter(incident=keep).values_list("pk", flat=True)
    picked = Picked(frozenset(), reasons=reasons)
    bundle = ask(case, worker, None, picked, entry_ids=[keep.pk], evidence_ids=files)
    rows = list(BundleItem.objects.filter(bundle=bundle).order_by("position"))
    assert [(row.kind, row.object_id, row.how, row.reason, row.reason_words) for row in rows] == [
        ("entry", keep.pk, "whole", "", ""), ("entry", away.pk, "out", "safety", words),
        ("amendment", note.pk, "whole", "", ""), ("evidence", files[0], "whole", "", ""),
        ("evidence", Evidence.objects.get(incident=away).pk, "out", "entry", ""),
    ]  # fmt: skip
    assert [row.position for row in rows] == list(range(5))
    assert {row.case_id for row in rows} == {case.pk}
    assert len({row.pk for row in rows}) == 5


def test_a_withdrawal_goes_with_its_entry_whatever_is_left_out(case, worker):
    entry = write(case, 1)
    withdraw(key=uuid7(), incident=entry, reason="It was somebody else.", by=case.victim.user)
    told = contents(ask(case, worker, None, Picked(frozenset(), notes=frozenset())), worker)
    assert [each.kind for each in told.entries[0].amendments] == ["withdrawal"]
    assert told.patterns == ()


def test_contacts_with_the_police_stand_between_the_entries_that_tell_of_none(case, worker):
    for day in (1, 2, 5, 6, 9):
        has_rung = day in {2, 6}
        write(case, day, police_contacted="yes" if has_rung else "no", police_response="Log 4" if day == 2 else "")
    told = contents(ask(case, worker), worker).police
    assert [each.entry_number for each in told] == [None, 2, None, 4, None]
    assert "1 entry printed here tells of no contact with the police: 1." in told[0].words
    assert "Log 4" in told[1].words
    assert "3. They lie between the contacts of entry 2 and entry 4. 4 days lie between the two." in told[2].words
    assert "between" not in told[4].words
    assert not any(word in each.words.lower() for each in told for word in ("fail", "should", "ignored"))


def test_patterns_name_their_entries_and_keep_what_she_keeps_from_others(case, worker):
    write(case, 1, behaviours=["CALLS"], occurred_time=None)
    write(case, 2, behaviours=["CALLS", "TEXTS"], place="14 Quay Lane")
    write(case, 9, behaviours=["GIFTS"], never_disclose=["what_happened"])
    left = write(case, 10, behaviours=["LETTERS"])
    entries = Incident.objects.exclude(pk=left.pk).values_list("pk", flat=True)
    told = {each.title: each for each in contents(ask(case, worker, entry_ids=entries), worker).patterns}
    assert [row[::3] for row in told["Behaviours recorded"].rows] == [("Phone calls", "1-2"), ("Text messages", "2")]
    assert sum(int(row[1]) for row in told["Entries by week"].rows) == 3
    assert "Counted on the 3 entries that are printed here whole." in told["Entries by week"].counted
    assert ("3 June 2026", "8 June 2026", "6", "2", "3") in told["Longest times without an entry"].rows
    words = str(told)
    assert "Quay Lane" not in words
    assert "Letters" not in words
    assert "gifts" not in words.lower()


def test_custody_is_told_by_role_and_of_a_lock_nothing(case, worker):
    entry = write(case, 1, files=[letter()])
    file = Evidence.objects.get(incident=entry)
    now = timezone.now()
    for kind, role in (("locked", "caseworker"), ("unlocked", "data_protection"), ("downloaded", "caseworker")):
        CustodyEvent.objects.create(evidence=file, case=case, kind=kind, by_role=role, by_id=worker.pk, at=now)
    steps = contents(ask(case, worker), worker).exhibits[0].custody
    assert [(each.words, each.by_role) for each in steps if each.by_role == "caseworker"] == [
        ("Original downloaded", "caseworker")
    ]
    assert steps[0].words == "Arrived and was kept"
    assert not any("ocked" in each.words for each in steps)
    assert worker.name not in str(steps)


def test_the_accused_side_is_not_told_when_others_had_papers(case, worker):
    entry = write(case, 1, files=[letter()])
    file, now = Evidence.objects.get(incident=entry), timezone.now()
    for kind in ("downloaded", "bundled", "listed", "checked"):
        CustodyEvent.objects.create(evidence=file, case=case, kind=kind, by_role="caseworker", at=now)
    words = {}
    for edition in ("safe", "court"):
        made = contents(ask(case, worker, Said(edition=edition)), worker)
        words[edition] = [each.words for each in made.exhibits[0].custody if each.by_role == "caseworker"]
    assert words["safe"] == ["Digest checked"]
    assert len(words["court"]) == 4


def test_a_second_bundle_for_the_same_recipient_says_what_is_new(case, worker):
    said = Said(edition="police", recipient_ref="police:professional:1")
    first, second = write(case, 1, files=[letter()]), write(case, 2)
    old = ask(case, worker, said)
    assert contents(old, worker).news is None
    went(old, worker, "out")
    amend(key=uuid7(), incident=first, text="More.", by=case.victim.user)
    write(case, 3, files=[letter(b"Another")])
    entries = Incident.objects.exclude(pk=second.pk).values_list("pk", flat=True)
    new = contents(ask(case, worker, said, entry_ids=entries), worker)
    assert (new.news.entries, new.news.exhibits, new.news.amended, new.news.gone) == ((3,), ("E2",), (1,), ("entry 2",))
    assert new.news.since == old.asked_at
    assert new.exhibits[0].mark == contents(old, worker).exhibits[0].mark == "E1"
    elsewhere = Said(edition="police", recipient_ref="police:professional:2")
    assert contents(ask(case, worker, elsewhere), worker).news is None


def went(bundle, worker, *steps):
    """A bundle that was made, and one release of it with these steps."""
    ready = {"state": "ready", "storage_name": "x", "sha256": "0" * 64, "ready_at": timezone.now()}
    Bundle.objects.filter(pk=bundle.pk).update(**ready)
    about = {"case": bundle.case, "at": timezone.now()}
    release = BundleRelease.objects.create(bundle=bundle, approved_by=worker, **about)
    for kind in steps:
        ReleaseStep.objects.create(release=release, kind=kind, by=worker, **about)


OFFICER = Said(edition="police", recipient_ref="police:professional:1")


@pytest.mark.parametrize(
    "steps",
    [(), ("second",), ("second", "recalled"), ("second", "out", "taken", "recalled")],
    ids=["never approved", "approved", "recalled in time", "recalled when it was out"],
)
def test_what_nobody_has_is_not_what_others_are_new_since(case, worker, steps):
    write(case, 1)
    first = ask(case, worker, OFFICER)
    went(first, worker, "out")
    went(ask(case, worker, OFFICER), worker, *steps)
    assert ask(case, worker, OFFICER).follows == first


def test_a_bundle_that_was_recalled_and_let_out_again_is_had(case, worker):
    write(case, 1)
    first, second = ask(case, worker, OFFICER), ask(case, worker, OFFICER)
    went(second, worker, "out")
    went(first, worker, "recalled")
    went(first, worker, "out")
    assert ask(case, worker, OFFICER).follows == first  # it went out last, though it was asked for first
    went(second, worker, "recalled")
    assert ask(case, worker, OFFICER).follows == first


def test_of_two_recipients_each_is_told_what_is_new_for_them(case, worker):
    write(case, 1)
    solicitor = Said(edition="family", recipient_ref="solicitor:professional:2")
    office = Said(edition="police", recipient_ref="police:organisation:norfolk")
    firsts = {
        "officer": ask(case, worker, OFFICER),
        "office": ask(case, worker, office),
        "solicitor": ask(case, worker, solicitor, recipient="solicitor"),
    }
    for bundle in firsts.values():
        went(bundle, worker, "out")
    assert ask(case, worker, OFFICER).follows == firsts["officer"]
    assert ask(case, worker, office).follows == firsts["office"]
    assert ask(case, worker, solicitor, recipient="solicitor").follows == firsts["solicitor"]


def test_the_same_person_in_another_role_is_told_everything(case, worker):
    write(case, 1)
    went(ask(case, worker, OFFICER), worker, "out")
    helper = Said(edition="short", recipient_ref="social_worker:professional:1")
    assert ask(case, worker, helper, recipient="social_worker").follows is None
    assert ask(case, worker, OFFICER).follows is not None


def test_what_the_accused_may_read_never_says_that_the_police_had_papers(case, worker):
    """The same officer has the police pack, and passes the other edition on: its reader must not learn of the first."""
    write(case, 1)
    full = ask(case, worker, OFFICER)
    went(full, worker, "out")
    safe = Said(edition="safe", recipient_ref=OFFICER.recipient_ref)
    first = ask(case, worker, safe)
    assert first.follows is None
    assert contents(first, worker).news is None
    went(first, worker, "out")
    assert ask(case, worker, safe).follows == first
    assert ask(case, worker, OFFICER).follows == full


def test_a_bundle_of_another_case_is_nobodys_first(case, worker):
    other = CaseFactory(portal=True, worker=worker)
    write(other, 1)
    went(ask(other, worker, OFFICER), worker, "out")
    write(case, 1)
    assert ask(case, worker, OFFICER).follows is None


def test_twin_names_and_twin_contents_and_marks_that_begin_alike_stay_apart(case, worker):
    files = [letter(f"file {number}".encode(), "1.pdf.txt" if number == 1 else "11.pdf.txt") for number in range(1, 12)]
    entry = write(case, 1, files=files[:10])
    add_evidence(incident=entry, files=[files[10]], by=case.victim.user)
    write(case, 2, files=[letter(b"file 1", "1.pdf.txt")])
    told = contents(ask(case, worker, Said(edition="police", files_by_entry=True)), worker)
    told.check()
    rows = {f"E{row.exhibit_number}": row for row in Evidence.objects.all()}
    assert len(told.exhibits) == len(rows) == 12
    for exhibit in told.exhibits:
        assert (exhibit.evidence_id, exhibit.sha256, exhibit.original_path) == (
            str(rows[exhibit.mark].pk), rows[exhibit.mark].sha256, rows[exhibit.mark].storage_name
        )  # fmt: skip
    twins = [each for each in told.exhibits if each.sha256 == rows["E1"].sha256]
    assert [each.mark for each in twins] == ["E1", "E12"]
    assert told.entries[0].exhibits == tuple(f"E{number}" for number in range(1, 12))
    assert told.entries[1].exhibits == ("E12",)


def test_exhibits_in_the_order_of_the_entries_keep_their_marks(case, worker):
    late = write(case, 9, files=[letter(b"late")])
    early = write(case, 1, files=[letter(b"early")])
    by_entry = contents(ask(case, worker, Said(edition="police", files_by_entry=True)), worker)
    by_mark = contents(ask(case, worker), worker)
    numbers = {str(row.pk): row.number for row in (late, early)}
    assert [each.mark for each in by_entry.exhibits] == ["E2", "E1"]
    assert [each.mark for each in by_mark.exhibits] == ["E1", "E2"]
    assert {each.mark: each.entry_number for each in by_entry.exhibits} == {
        "E1": numbers[str(late.pk)], "E2": numbers[str(early.pk)],
    }  # fmt: skip


def test_queries_do_not_grow_with_entries_and_files(case, worker):
    def queries():
        bundle = ask(case, worker)
        counted = []
        with connection.execute_wrapper(lambda execute, *args: (counted.append(1), execute(*args))[1]):
            contents(bundle, worker)
        return len(counted)

    for day in (1, 2):
        amend(key=uuid7(), incident=write(case, day, files=[letter()]), text="More.", by=case.victim.user)
    few = queries()
    for day in range(3, 16):
        amend(key=uuid7(), incident=write(case, day, files=[letter()]), text="More.", by=case.victim.user)
    assert queries() == few


def test_no_mark_of_a_copy_has_the_form_of_anything_that_may_be_withheld():
    for _ in range(2000):
        page = f"Exhibit E5 {copy_mark(uuid7())} View copy, page 1 of 3"
        assert not [spot for _, spot in SPOTS if list(spot(page))]


def test_a_bundle_of_before_there_were_editions_is_what_it_was(case, worker):
    entry = write(case, 1)
    write(case, 2)
    amend(key=uuid7(), incident=entry, text="More.", by=case.victim.user)
    bundle = Bundle.objects.create(
        case=case, recipient="police", purpose="x", asked_by=worker, asked_at=timezone.now(), shown=[]
    )
    bundle.items.create(case=case, kind="entry", object_id=entry.pk, position=0)
    told = contents(bundle, worker)
    assert (told.preset, told.cover.copy_mark, len(told.entries[0].amendments)) == (None, "", 1)
    assert [(each.kind, each.count) for each in told.left_out] == [("Entries", 1)]
