"""Protected words on a case: known and typed, kept with a bundle, counted before they are asked for."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from bundles.actions import request_bundle
from bundles.actions.asking import Said
from bundles.choosing.looked_for import LINES
from bundles.choosing.previewing import taken_and_left, taken_by
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.protected import bundle_terms, have_terms, known_terms, terms_to_look_for
from bundles.disclosure.terms import Term
from bundles.models import Bundle, BundleTerm, Shown
from cases.actions import end_protection, protect_words
from cases.models import Professional, ProtectedKind, ProtectedTerm
from logs.models import Amendment
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory(name="Priya Nair")


@pytest.fixture
def case(worker):
    case = CaseFactory(worker=worker)
    case.victim.address, case.victim.phone = "14 Quay Lane\nNorwich", "07700 900301"
    case.victim.save()
    return case


def protect(case, worker, words="Mill House", kind="places", **changes):
    flags = {"with_first_name": False, "in_any_case": False}
    return protect_words(case=case, key=uuid7(), kind=kind, words=words, by=worker, **flags | changes)


def ask(case, worker, **changes):
    entries = [IncidentFactory(case=case, recorded_by=worker).pk]
    said = {
        "key": uuid7(), "entry_ids": entries, "evidence_ids": [], "recipient": "police", "recipient_name": "",
        "purpose": "A report", "date_from": None, "date_to": None, "shown": [],
    }  # fmt: skip
    return request_bundle(case=case, by=worker, **said | changes)


def test_the_kinds_of_protected_words_are_what_may_be_shown_and_one_that_never_is():
    assert set(ProtectedKind.values) == set(Shown.values) - {Shown.FILE_NAMES} | {ALWAYS}


def test_what_a_case_knows_is_protected_without_being_typed(case, worker):
    Professional.objects.create(case=case, kind="officer", name="PC Lee Brandon", phone="07700 900302")
    with acting_as(worker.pk):
        found = {(term.kind, term.words) for term in known_terms(case, worker)}
    assert {
        ("addresses", "14 Quay Lane\nNorwich"),
        ("phones", "07700 900301"),
        ("third_parties", "PC Lee Brandon"),
        ("phones", "07700 900302"),
        ("staff_surnames", "Nair"),
    } <= found


def test_where_she_works_or_studies_is_known_from_her_employer_and_told_to_them_alone(case, worker):
    Professional.objects.create(case=case, kind="employer", name="Jan Ives", organisation="Tidewater Mills")
    with acting_as(worker.pk):
        known = {(term.kind, term.words) for term in known_terms(case, worker)}
        assert {("workplace", "Tidewater Mills"), ("school", "Tidewater Mills")} <= known
        theirs = ask(case, worker, recipient_name="Jan Ives, Tidewater Mills")
        assert not {"Tidewater Mills", "Jan Ives"} & {term.words for term in bundle_terms(theirs)}


def test_a_bundle_keeps_the_words_it_was_asked_for_with(case, worker):
    with acting_as(worker.pk):
        term = protect(case, worker)
        bundle = ask(case, worker)
        end_protection(term=term, by=worker)
        protect(case, worker, words="Later Lodge")
        case.victim.address = "2 New Street"
        case.victim.save()
        kept = {term.words for term in bundle_terms(bundle)}
        wanted = {term.words for term in terms_to_look_for(bundle, worker)}
    assert {"Mill House", "14 Quay Lane\nNorwich"} <= kept
    assert not {"Later Lodge", "2 New Street"} & kept
    assert kept | {"Later Lodge", "2 New Street"} <= wanted  # the gate looks for what has been protected since, too


def test_a_bundle_that_was_asked_for_without_any_words_has_none_later(case, worker):
    case.victim.address = case.victim.phone = ""
    case.victim.save()
    with acting_as(worker.pk):
        bundle = ask(case, worker, said=Said(producer="Caseworker, Priya Nair"))  # all that is known is on the cover
        protect(case, worker)
        have_terms(bundle, worker)
        assert bundle_terms(bundle) == ()
        assert "Mill House" in {term.words for term in terms_to_look_for(bundle, worker)}


def test_the_words_are_the_same_when_a_colleague_has_it_made_after_who_asked_left_the_case(case, worker):
    with acting_as(worker.pk):
        protect(case, worker)
        bundle = ask(case, worker)
        kept = bundle_terms(bundle)
    colleague = UserFactory()
    case.allocations.filter(worker=worker).update(ends_at=timezone.now())
    AllocationFactory(case=case, worker=colleague)
    with acting_as(colleague.pk):
        assert bundle_terms(Bundle.objects.visible_to(colleague).get(pk=bundle.pk)) == kept
        assert "Mill House" in {term.words for term in kept}


def test_a_bundle_of_before_keeps_the_words_of_the_day_on_which_it_is_made(case, worker):
    with acting_as(worker.pk):
        protect(case, worker)
        before = Bundle.objects.create(case=case, recipient="police", asked_by=worker, asked_at=timezone.now())
        have_terms(before, worker)
        protect(case, worker, words="Later Lodge")
        have_terms(Bundle.objects.visible_to(worker).get(pk=before.pk), worker)
        kept = {term.words for term in bundle_terms(before)}
    assert "Mill House" in kept
    assert "Later Lodge" not in kept


def test_what_is_shown_is_not_looked_for_but_for_what_is_always_withheld(case, worker):
    with acting_as(worker.pk):
        protect(case, worker)
        protect(case, worker, words="Bluebell", kind="always")
        bundle = ask(case, worker, shown=Shown.values)
        assert [term.words for term in terms_to_look_for(bundle, worker)] == ["Bluebell"]


def test_who_stands_on_the_cover_is_not_withheld_from_the_texts(case, worker):
    Professional.objects.create(case=case, kind="officer", name="Lee Brandon", phone="07700 900302")
    cover = Said(officer="PC Lee Brandon", producer="Caseworker, Priya Nair", ring="Ring 07700 900302")
    with acting_as(worker.pk):
        kept = {term.words for term in bundle_terms(ask(case, worker, said=cover))}
        assert not {"Lee Brandon", "Nair", "07700 900302"} & kept
        assert {"Lee Brandon", "Nair", "07700 900302"} <= {term.words for term in bundle_terms(ask(case, worker))}


def test_a_bundle_may_say_whom_it_is_for(case, worker):
    Professional.objects.create(case=case, kind="officer", name="Lee Brandon")
    with acting_as(worker.pk):
        bundle = ask(case, worker, recipient_name="PC Lee Brandon, Norwich")
        assert "Lee Brandon" not in {term.words for term in bundle_terms(bundle)}


@pytest.mark.parametrize("change", [{"words": "other"}, {"kind": "always"}, {"ended_at": None, "ended_by": None}])
def test_a_protected_word_is_ended_and_never_changed(case, worker, change):
    with acting_as(worker.pk):
        term = end_protection(term=protect(case, worker), by=worker)
        with pytest.raises(DatabaseError), transaction.atomic():
            ProtectedTerm.objects.filter(pk=term.pk).update(**change)


def test_the_words_a_bundle_was_asked_for_with_never_change(case, worker):
    with acting_as(worker.pk):
        ask(case, worker)
        with pytest.raises(DatabaseError), transaction.atomic():
            BundleTerm.objects.update(words="")


def test_the_trail_has_neither_word_nor_line(case, worker):
    with acting_as(worker.pk):
        end_protection(term=protect(case, worker), by=worker)
    told = [str(row.detail) for row in Event.objects.filter(action__startswith="term.")]
    assert len(told) == 2
    assert not any("Mill" in each for each in told)


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, worker):
    client.force_login(worker)
    return client


def url(case, name="protected", *args):
    return reverse(f"bundles:{name}", args=[case.pk, *args])


def form(**changes):
    return {"words": "Mark", "kind": "third_parties", "key": str(uuid7()), "step": "check"} | changes


def test_a_worker_sees_what_a_word_takes_out_before_it_is_kept(page, case, worker):
    entry = IncidentFactory(case=case, recorded_by=worker, what_happened="Mark came. I told mark, and Mark’s mother.")
    Amendment.objects.create(
        incident=entry, case=case, kind="addition", text="Mark rang.", source="portal", recorded_by=worker,
        recorded_at=timezone.now(), digest="0" * 64,
    )  # fmt: skip
    shown = page.post(url(case, "protected_new"), form()).content.decode()
    assert "3 places, in 1 entry or file" in shown
    assert "It stands 1 time with a small letter, and stays there." in shown
    assert not ProtectedTerm.objects.exists()
    assert page.post(url(case, "protected_new"), form(step="keep")).status_code == 302
    assert ProtectedTerm.objects.get().words == "Mark"


def test_a_word_sent_twice_is_kept_once(page, case):
    sent = form(step="keep")
    for _ in range(2):
        assert page.post(url(case, "protected_new"), sent).status_code == 302
    assert ProtectedTerm.objects.count() == 1


@pytest.mark.parametrize("words", ["", "x", "...", "\u0301\u0301"])
def test_a_word_with_nothing_to_look_for_is_refused_beside_its_field(page, case, words):
    answer = page.post(url(case, "protected_new"), form(words=words))
    assert (answer.status_code, ProtectedTerm.objects.count()) == (422, 0)


def test_ending_a_word_says_first_what_that_means(page, case, worker):
    with acting_as(worker.pk):
        term = protect(case, worker)
    assert "will show this word" in page.get(url(case, "protected_end", term.pk)).content.decode()
    assert page.post(url(case, "protected_end", term.pk)).status_code == 302
    assert page.post(url(case, "protected_end", term.pk)).status_code == 404
    term.refresh_from_db()
    assert term.ended_by == worker


def test_a_former_address_can_be_kept_for_good(page, case):
    for _ in range(2):
        assert page.post(url(case, "protected_keep"), {"name": "victim:address"}).status_code == 302
    term = ProtectedTerm.objects.get()
    assert (term.words, term.source) == ("14 Quay Lane\nNorwich", "case")
    page.post(url(case, "protected_keep"), {"name": "victim:nothing"})
    assert ProtectedTerm.objects.count() == 1


def test_another_workers_case_is_not_found(page):
    other = CaseFactory()
    assert page.get(url(other)).status_code == 404
    assert page.post(url(other, "protected_new"), form(step="keep")).status_code == 404


def test_the_list_takes_as_many_queries_for_many_words_as_for_few(page, case, worker, django_assert_max_num_queries):
    AllocationFactory(case=case, worker=UserFactory(), role="cover", ends_at=timezone.now() + timedelta(days=3))
    with acting_as(worker.pk):
        for number in range(40):
            protect(case, worker, words=f"House {number}")
    with django_assert_max_num_queries(30):
        assert "House 39" in page.get(url(case)).content.decode()


def lines(**changes):
    return {"line-key": str(uuid7()), "step": "check", **{f"line-{name}": words for name, words in changes.items()}}


def test_each_withheld_kind_has_a_line_and_says_where_no_word_is_there_yet(page, case):
    told = page.get(url(case)).content.decode()
    asked = {str(line.kind) for line in LINES.values()}
    assert (
        set(Shown.values) - {Shown.FILE_NAMES, Shown.STAFF_SURNAMES} <= asked
    )  # our staff are known, files have no words
    assert all(f'name="line-{name}"' in told for name in LINES)
    known = {Shown.ADDRESSES, Shown.PHONES}  # of this case
    assert told.count("No word yet") == len([line for line in LINES.values() if line.kind not in known])


def test_words_of_several_kinds_are_shown_first_and_then_protected_in_one_go(page, case, worker):
    IncidentFactory(case=case, recorded_by=worker, what_happened="Ben was at Tidewater Mills. I told Ben.")
    sent = lines(workplace="Tidewater Mills", children=" Ben Hale ;Mia;; ", vehicles="AB12 CDE", new_name="Bluebell")
    shown = page.post(url(case), sent).content.decode()
    assert shown.count("Takes out of this log") == 5
    assert "2 places, in 1 entry or file" in shown
    assert not ProtectedTerm.objects.exists()
    for _ in range(2):
        assert page.post(url(case), sent | {"step": "keep"})["Location"] == url(case)
    kept = {(row.kind, row.words, row.with_first_name) for row in ProtectedTerm.objects.all()}
    assert kept == {
        ("workplace", "Tidewater Mills", False), ("children", "Ben Hale", True), ("children", "Mia", True),
        ("vehicles", "AB12 CDE", False), ("always", "Bluebell", False),
    }  # fmt: skip
    page.post(url(case), lines(workplace="tidewater mills") | {"step": "keep"})
    assert ProtectedTerm.objects.count() == 5  # under another key too


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Enter a word or line of at least one kind"),
        ({"school": "x"}, "Enter at least two letters or figures"),
        ({"places": "Mill House; ."}, "Enter at least two letters or figures"),
        ({"people": "a" * 121}, "120 letters at most"),
    ],
)
def test_a_line_with_nothing_to_look_for_is_refused_and_keeps_what_was_typed(page, case, typed, words):
    answer = page.post(url(case), lines(**typed))
    assert answer.status_code == 422
    assert words in answer.text
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    assert not ProtectedTerm.objects.exists()


def test_twenty_thousand_letters_in_a_line_are_refused(page, case):
    assert page.post(url(case), lines(places="مرحبا 😀 " * 2500)).status_code == 422


def test_what_is_typed_is_changed_and_not_lost(page, case):
    answer = page.post(url(case), lines(places="Quayside Cafe") | {"step": "change"})
    assert (answer.status_code, 'value="Quayside Cafe"' in answer.text) == (200, True)


def test_what_words_take_out_is_counted_in_as_few_queries_for_a_long_log_and_some_texts_at_a_time(
    case, worker, monkeypatch
):
    def write(count):
        for _ in range(count):
            entry = IncidentFactory(case=case, recorded_by=worker, what_happened="At Mill House again, mill house.")
            Amendment.objects.create(
                incident=entry, case=case, kind="addition", text="Mill House, as I said.", source="on_behalf",
                recorded_by=worker, recorded_at=timezone.now(), digest="",
            )  # fmt: skip

    def counted():
        with acting_as(worker.pk), CaptureQueriesContext(connection) as asked:
            return taken_by(case, [Term("t", "places", "Mill House")], worker)["t"], len(asked)

    write(2)
    few, queries = counted()
    write(8)
    monkeypatch.setattr("bundles.choosing.previewing.AT_ONCE", 3)
    many, more = counted()
    assert (few.places, len(few.where), many.places, len(many.where)) == (6, 2, 30, 10)
    assert more == queries


def test_an_everyday_word_is_counted_with_and_without_a_capital_in_one_reading(case, worker):
    IncidentFactory(case=case, recorded_by=worker, what_happened="Mrs Park was in the park. We park there.")
    with acting_as(worker.pk), CaptureQueriesContext(connection) as asked:
        taken, left = taken_and_left(case, Term("t", "third_parties", "Park"), worker)
    assert (taken.places, left) == (1, 2)
    assert sum("logs_incident" in query["sql"] for query in asked) == 1
