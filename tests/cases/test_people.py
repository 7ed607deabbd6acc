"""The other people of a case: added, changed, kept apart from every other case."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Action, Event
from cases import actions
from cases.forms.others import NewPerpetratorForm, NewProfessionalForm
from cases.models import CasePerpetrator, Perpetrator, PerpetratorFacts, Professional
from nsvcs.casetext import EMPTY
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, CasePerpetratorFactory, PerpetratorFactory, UserFactory, VictimFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

ADD = "SELECT add_perpetrator(%s, %s, %s, %s)"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def perpetrator(**changed):
    told = {"name": "Dean Farrow", "relationship": "ex_partner", "legal_status": "suspect", "born_on": None}
    return told | {"description": "Blue hatchback.", "portal_label": "D"} | changed


def professional(**changed):
    told = {"kind": "officer", "name": "PC Lee Brandon", "organisation": "Norfolk Police"}
    return told | {"phone": "01632 960 321", "email": "lee.brandon@police.example"} | changed


def sent(values, **more):
    return {name: str(value) for name, value in (values | more).items() if value is not None}


def add(case, by, key=None, **changed):
    with acting_as(by.pk):
        return actions.add_perpetrator(case=case, key=key or uuid4(), values=perpetrator(**changed), by=by)


def event_of(action):
    return Event.objects.get(action=action)


# --- what the database allows ------------------------------------------------------------------------------------


def call_as(user, case_id, person=None):
    with acting_as(user and user.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD, [uuid4(), person or uuid4(), case_id, EMPTY])


@pytest.mark.h("H03")
def test_the_database_adds_to_ones_own_case_and_refuses_a_foreign_one(worker, case):
    call_as(worker, case.pk)
    other = CaseFactory(worker=UserFactory())
    for case_id in (other.pk, uuid4(), None):
        with pytest.raises(ProgrammingError, match="not allowed"):
            call_as(worker, case_id)
    assert CasePerpetrator.objects.get().case_id == case.pk
    assert Perpetrator.objects.count() == 1


@pytest.mark.h("H03")
@pytest.mark.parametrize("role", ["victim", "administrator", "data_protection"])
def test_the_database_refuses_everybody_who_does_no_casework(role):
    person = UserFactory(**{role: True})
    case = CaseFactory(worker=person, is_portal_open=True, victim=VictimFactory(user=person))
    for user in (person, None):
        with pytest.raises(ProgrammingError, match="not allowed"):
            call_as(user, case.pk)


@pytest.mark.h("H03")
def test_another_cases_perpetrator_cannot_be_tied_to_ones_own_case(worker, case):
    theirs = CasePerpetratorFactory(case=CaseFactory(worker=UserFactory()))
    with pytest.raises(DatabaseError):
        call_as(worker, case.pk, person=theirs.perpetrator_id)
    with acting_as(worker.pk), pytest.raises(ProgrammingError), transaction.atomic():
        CasePerpetrator.objects.create(case=case, perpetrator_id=theirs.perpetrator_id)
    mine = add(case, worker)
    with acting_as(worker.pk), pytest.raises(DatabaseError), transaction.atomic():
        CasePerpetrator.objects.filter(pk=mine.pk).update(perpetrator_id=theirs.perpetrator_id)
    facts = PerpetratorFacts.objects.filter(pk=mine.pk)
    for change in (
        lambda: PerpetratorFacts.objects.create(place_id=theirs.pk, case=case),
        lambda: facts.update(place_id=theirs.pk),
        lambda: facts.update(case_id=theirs.case_id),
    ):
        with acting_as(worker.pk), pytest.raises(DatabaseError), transaction.atomic():
            change()
    with acting_as(worker.pk):
        assert list(Perpetrator.objects.values_list("pk", flat=True)) == [mine.perpetrator_id]


def test_a_perpetrator_of_two_cases_shows_each_worker_the_row_and_the_own_case_alone(worker, case):
    person, other = PerpetratorFactory(), UserFactory()
    mine = CasePerpetratorFactory(case=case, perpetrator=person)
    theirs = CasePerpetratorFactory(case=CaseFactory(worker=other), perpetrator=person, relationship="colleague")
    told = {"name": "Dean F.", "legal_status": "convicted", "description": "Waits at her school."}
    with acting_as(other.pk):
        actions.change_perpetrator(link=theirs, values=told, version=theirs.whole_version, by=other)
    with acting_as(worker.pk):
        seen = CasePerpetrator.objects.select_related("perpetrator").get()
        assert (seen.facts.legal_status, seen.facts.description) == ("alleged", "Blue hatchback.")
        assert seen.perpetrator.name == "Dean F."  # the name is the person's own
        assert Perpetrator.objects.visible_to(worker).get() == person
        assert CasePerpetrator.objects.visible_to(worker).get() == mine
        assert CasePerpetrator.objects.get() == mine


# --- actions -----------------------------------------------------------------------------------------------------


def test_add_perpetrator_keeps_what_was_told_and_records_ids_only(worker, case):
    link = add(case, worker)
    link.refresh_from_db()
    assert (link.perpetrator.name, link.relationship, link.portal_label) == ("Dean Farrow", "ex_partner", "D")
    assert (link.facts.legal_status, link.facts.description) == ("suspect", "Blue hatchback.")
    event = event_of(Action.PERPETRATOR_ADDED)
    assert (event.actor_id, event.case_ids, event.target_id, event.detail) == (worker.pk, [case.pk], str(link.pk), {})


def test_the_same_key_adds_one_perpetrator_and_other_words_are_refused(worker, case):
    key = uuid4()
    assert add(case, worker, key) == add(case, worker, key)
    with pytest.raises(actions.KeyUsed):
        add(case, worker, key, name="Somebody else")
    with pytest.raises(actions.KeyUsed):
        add(CaseFactory(worker=worker), worker, key)
    assert Perpetrator.objects.count() == Event.objects.filter(action=Action.PERPETRATOR_ADDED).count() == 1


def test_a_key_of_a_case_one_cannot_see_is_refused_without_a_word_of_it(worker, case):
    stranger = UserFactory()
    theirs = add(CaseFactory(worker=stranger), stranger)
    with pytest.raises(actions.KeyUsed) as refusal:
        add(case, worker, theirs.pk)
    assert refusal.value.kept is None


def test_the_same_name_in_another_case_stays_another_person(worker, case):
    stranger = UserFactory()
    theirs, mine = add(CaseFactory(worker=stranger), stranger), add(case, worker)
    assert theirs.perpetrator_id != mine.perpetrator_id


def test_change_perpetrator_records_the_names_of_the_fields_and_refuses_a_stale_version(worker, case):
    link = add(case, worker)
    version = link.whole_version
    values = perpetrator(name="Dean Farrow-Hill", relationship="partner")
    with acting_as(worker.pk):
        changed = actions.change_perpetrator(link=link, values=values, version=version, by=worker)
        with pytest.raises(actions.StaleEdit) as stale:
            actions.change_perpetrator(link=link, values=perpetrator(), version=version, by=worker)
    assert stale.value.present.perpetrator.name == changed.perpetrator.name == "Dean Farrow-Hill"
    event = event_of(Action.PERPETRATOR_CHANGED)
    assert event.detail == {"fields": ["name", "relationship"], "by": str(worker.pk)}
    assert event.case_ids == [case.pk]


def test_a_change_that_changes_nothing_leaves_no_trace(worker, case):
    link = add(case, worker)
    officer = Professional.objects.create(case=case, **professional())
    with acting_as(worker.pk):
        actions.change_perpetrator(link=link, values=perpetrator(), version=link.whole_version, by=worker)
        actions.change_professional(professional=officer, values=professional(), version=1, by=worker)
    assert not Event.objects.filter(action__in=[Action.PERPETRATOR_CHANGED, Action.PROFESSIONAL_CHANGED]).exists()
    officer.refresh_from_db()
    assert officer.version == 1


def test_add_professional_is_kept_once_and_recorded(worker, case):
    key = uuid4()
    with acting_as(worker.pk):
        first = actions.add_professional(case=case, key=key, values=professional(), by=worker)
        assert actions.add_professional(case=case, key=key, values=professional(), by=worker) == first
        with pytest.raises(actions.KeyUsed):
            actions.add_professional(case=case, key=key, values=professional(name="PC Ann Tate"), by=worker)
    assert (first.name, first.is_current) == ("PC Lee Brandon", True)
    event = event_of(Action.PROFESSIONAL_ADDED)
    assert (event.case_ids, event.detail) == ([case.pk], {})


def test_change_professional_ends_their_part_and_refuses_a_stale_version(worker, case):
    officer = Professional.objects.create(case=case, **professional())
    values = professional(is_current=False)
    with acting_as(worker.pk):
        actions.change_professional(professional=officer, values=values, version=1, by=worker)
        with pytest.raises(actions.StaleEdit):
            actions.change_professional(professional=officer, values=professional(), version=1, by=worker)
    officer.refresh_from_db()
    assert (officer.is_current, officer.version) == (False, 2)
    assert event_of(Action.PROFESSIONAL_CHANGED).detail == {"fields": ["is_current"], "by": str(worker.pk)}


# --- forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": "", "description": ""}, "name"),
        ({"name": " ", "description": " "}, "name"),
        ({"relationship": ""}, "relationship"),
        ({"relationship": "husband of Anna"}, "relationship"),
        ({"legal_status": ""}, "legal_status"),
        ({"name": "x" * 201}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"portal_label": "x" * 61}, "portal_label"),
    ],
)
def test_a_perpetrator_needs_something_to_be_known_by_and_a_relationship(changed, fault):
    assert set(NewPerpetratorForm(sent(perpetrator(), key=uuid4(), **changed)).errors) == {fault}


def test_a_name_or_a_description_is_enough():
    for changed in ({"name": ""}, {"description": ""}):
        assert NewPerpetratorForm(sent(perpetrator(**changed), key=uuid4())).is_valid()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [({"name": ""}, "name"), ({"kind": ""}, "kind"), ({"phone": "ring me"}, "phone"), ({"email": "x"}, "email")],
)
def test_a_professional_needs_a_kind_a_name_and_whole_numbers(changed, fault):
    assert set(NewProfessionalForm(sent(professional(), key=uuid4(), **changed)).errors) == {fault}


# --- pages -------------------------------------------------------------------------------------------------------


def address(name, case, *more):
    return reverse(f"cases:{name}", args=[case.pk, *more])


def test_a_case_says_when_nobody_is_recorded_and_leads_to_adding(page, case):
    text = page.get(address("detail", case)).content.decode()
    assert text.count("Nobody recorded yet") == 2
    assert address("perpetrator_new", case) in text
    assert address("professional_new", case) in text


def test_more_perpetrators_take_no_more_queries(page, case):
    CasePerpetratorFactory(case=case)
    where = [address("detail", case), reverse("logs:new", args=[case.pk])]

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert [page.get(each).status_code for each in where] == [200, 200]
        return len(asked)

    count()
    few = count()
    CasePerpetratorFactory.create_batch(4, case=case, perpetrator__name="")
    assert count() == few


def test_people_are_added_changed_and_shown_on_the_case(page, case):
    told = sent(perpetrator(), key=uuid4())
    assert page.post(address("perpetrator_new", case), told).url == address("detail", case)
    assert page.post(address("perpetrator_new", case), told).url == address("detail", case)
    told = sent(professional(), key=uuid4())
    assert page.post(address("professional_new", case), told).url == address("detail", case)
    link, officer = CasePerpetrator.objects.get(), Professional.objects.get()
    text = page.get(address("detail", case)).content.decode()
    for shown in ("Dean Farrow, ex-partner, suspect", "Blue hatchback.", "In the portal: D", "PC Lee Brandon"):
        assert shown in text
    assert address("perpetrator_edit", case, link.pk) in text
    version = link.whole_version
    edited = sent(perpetrator(name="Dan Farrow"), version=version)
    assert page.post(address("perpetrator_edit", case, link.pk), edited).status_code == 302
    ended = sent(professional(), version=1)
    assert page.post(address("professional_edit", case, officer.pk), ended).status_code == 302
    text = page.get(address("detail", case)).content.decode()
    assert "Dan Farrow" in text
    assert "No longer involved" in text


def test_a_stale_edit_shows_both_versions_and_saves_when_sent_again(page, case, worker):
    link, officer = add(case, worker), Professional.objects.create(case=case, **professional())
    pages = [
        (address("perpetrator_edit", case, link.pk), perpetrator(), link.whole_version),
        (address("professional_edit", case, officer.pk), professional(is_current="on"), 1),
    ]
    for where, told, version in pages:
        assert page.post(where, sent(told, version=version, name="Their word")).status_code == 302
        answer = page.post(where, sent(told, version=version, name="My word"))
        assert answer.status_code == 409
        assert "Their word" in answer.content.decode()
        now = answer.context["form"]["version"].value()
        assert page.post(where, sent(told, version=now, name="My word")).status_code == 302
    assert Perpetrator.objects.get().name == Professional.objects.get().name == "My word"


@pytest.mark.parametrize(
    ("page_name", "theirs", "mine", "untouched"),
    [
        ("edit_victim", {"address": "2 New Road"}, {"first_name": "Annie"}, "Address"),
        ("edit", {"crime_reference": "36/1/26"}, {"police_force": "Norfolk"}, "Crime reference"),
        ("perpetrator_edit", {"description": "A red van."}, {"name": "Dan"}, "What helps to know them"),
        ("professional_edit", {"phone": "01632 960 999"}, {"name": "PC Lee"}, "Phone at work"),
    ],
)
def test_a_stale_edit_puts_back_nothing_that_was_left_alone(page, case, worker, page_name, theirs, mine, untouched):
    more = {
        "perpetrator_edit": lambda: [add(case, worker).pk],
        "professional_edit": lambda: [Professional.objects.create(case=case, **professional()).pk],
    }.get(page_name, list)()
    where = address(page_name, case, *more)
    opened = sent({bound.name: bound.value() for bound in page.get(where).context["form"] if bound.value() != ""})
    opened = {name: value for name, value in opened.items() if value != "False"}
    assert page.post(where, opened | theirs).status_code == 302
    answer = page.post(where, opened | mine)
    assert answer.status_code == 409
    labels = [str(each.label) for each in answer.context["differences"]]
    assert len(labels) == 1
    assert untouched not in labels
    again = {bound.name: bound.value() for bound in answer.context["form"] if bound.value() not in ("", None, False)}
    assert page.post(where, sent(again)).status_code == 302
    form = page.get(where).context["form"]
    assert {name: form[name].value() for name in theirs | mine} == theirs | mine


def test_a_key_used_for_other_words_keeps_them_on_the_page(page, case):
    told = sent(perpetrator(), key=uuid4())
    assert page.post(address("perpetrator_new", case), told).status_code == 302
    answer = page.post(address("perpetrator_new", case), told | {"name": "Somebody else"})
    assert answer.status_code == 409
    assert "Somebody else" in answer.content.decode()


@pytest.mark.parametrize("name", ["perpetrator_new", "professional_new"])
def test_a_fault_is_said_and_nothing_is_stored(page, case, name):
    answer = page.post(address(name, case), {"key": str(uuid4())})
    assert answer.status_code == 422
    assert not Perpetrator.objects.exists()
    assert not Professional.objects.exists()


@pytest.mark.h("H02")
def test_people_are_found_under_their_own_case_only(page, case):
    stranger = UserFactory()
    other = CaseFactory(worker=stranger)
    link = CasePerpetratorFactory(case=other)
    officer = Professional.objects.create(case=other, **professional())
    for name, pk in (("perpetrator_edit", link.pk), ("professional_edit", officer.pk)):
        nowhere = page.get(address(name, case, uuid4()))
        for where in (case, other):
            for verb in (page.get, page.post):
                assert (verb(address(name, where, pk)).status_code, nowhere.status_code) == (404, 404)
    assert page.post(address("perpetrator_new", other), sent(perpetrator(), key=uuid4())).status_code == 404
    assert CasePerpetrator.objects.count() == 1


@pytest.mark.parametrize("role", ["administrator", "victim", "data_protection"])
def test_a_role_without_casework_gets_none_of_the_pages(client, case, worker, role):
    link = add(case, worker)
    sign_in(client, UserFactory(**{role: True}))
    for where in (address("perpetrator_new", case), address("perpetrator_edit", case, link.pk)):
        assert client.get(where).status_code == 404


def test_the_page_says_that_nobody_is_contacted_and_nothing_is_searched(page, case):
    text = page.get(address("perpetrator_new", case)).content.decode()
    assert "no message ever goes to this person" in text
    assert "No other case is searched" in text
