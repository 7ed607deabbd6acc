"""The directory for colleagues: searched, checked, changed, retired, and who did what kept."""

import tomllib
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from cases.actions import KeyUsed, StaleEdit
from cases.rules import LONDON
from nsvcs.identity import acting_as
from reference.loading import SEED, load_reference
from reference.models import DirectoryChange, Organisation
from reference.needs import CHOICES, FOR_PAPERS, NEEDS
from reference.places import DISTRICTS
from referrals.actions.directory import (
    add_organisation,
    change_organisation,
    check_organisation,
    retire_organisation,
    return_organisation,
)
from referrals.forms.directory import SPOKEN, EntryForm
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
FACTS = {
    "name": "A new place", "what_for": "Help with it.", "phone": "0808 157 0123", "text_number": "", "text_keyword": "",
    "email": "", "domain": "place.example.org", "hours": "Weekdays", "phone_on_bill": "", "remit_tags": ["general"],
    "area": "norfolk", "districts": [], "languages": ["en"], "source": "its leaflet",
}  # fmt: skip


@pytest.fixture
def manager():
    return UserFactory(manager=True)


@pytest.fixture
def worker():
    return UserFactory()


def by(user, do, organisation=None, **named):
    with acting_as(user.pk):
        named |= {"organisation": organisation} if organisation is not None else {}
        return do(key=named.pop("key", None) or uuid4(), by=user, **named)


def add(manager, **facts):
    return by(manager, add_organisation, values=FACTS | facts)


def fresh(organisation):
    return Organisation.objects.get(pk=organisation.pk)


def check(user, organisation, *details, **named):
    version = fresh(organisation).version
    return by(user, check_organisation, organisation, version=version, details=list(details), **named)


# --- the seed -------------------------------------------------------------------------------------------------------


def test_every_tag_place_and_language_of_the_seed_is_known():
    rows = tomllib.loads((SEED / "organisations.toml").read_text())["organisation"]
    assert {tag for row in rows for tag in row["remit_tags"]} <= {*dict(CHOICES), *FOR_PAPERS}
    assert {district for row in rows for district in row.get("districts", ())} <= set(DISTRICTS)
    assert {language for row in rows for language in row.get("languages", ())} <= set(dict(SPOKEN))
    assert len({need.number for need in NEEDS}) == len(NEEDS)


def test_every_entry_of_the_seed_can_be_changed_as_it_stands():
    load_reference()
    for entry in Organisation.objects.all():
        form = EntryForm({**EntryForm.of(entry), "key": str(uuid4())})
        assert form.is_valid(), (entry.slug, form.errors)


def test_an_entry_and_the_list_of_the_portal_agree_on_what_may_be_shown():
    load_reference()
    Organisation.objects.filter(slug="paladin").update(retired_on=date(2026, 11, 2))
    Organisation.objects.filter(slug="cyber-helpline").update(unconfirmed_fields=["domain"])
    shown = set(Organisation.objects.for_portal())
    assert {entry for entry in Organisation.objects.all() if entry.is_for_portal} == shown
    assert not {"paladin", "cyber-helpline", "galop"} & {entry.slug for entry in shown}


# --- searching ------------------------------------------------------------------------------------------------------


@pytest.fixture
def several(manager):
    return [
        add(manager, name="Everywhere", area="national"),
        add(manager, name="Both", area="norfolk-suffolk", languages=["en", "pl"]),
        add(manager, name="All Norfolk"),
        add(manager, name="Breckland alone", districts=["breckland"], remit_tags=["domestic-abuse", "male"]),
        add(manager, name="All Suffolk", area="suffolk", what_for="Polish 100% of the time_"),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "All Norfolk, All Suffolk, Both, Breckland alone, Everywhere"),
        ({"place": "norfolk"}, "All Norfolk, Both, Breckland alone, Everywhere"),
        ({"place": "breckland"}, "All Norfolk, Both, Breckland alone, Everywhere"),
        ({"place": "norwich"}, "All Norfolk, Both, Everywhere"),
        ({"place": "suffolk"}, "All Suffolk, Both, Everywhere"),
        ({"place": "norfolk-suffolk"}, "Both, Everywhere"),
        ({"place": "national"}, "Everywhere"),
        ({"place": "nowhere"}, "All Norfolk, All Suffolk, Both, Breckland alone, Everywhere"),
        ({"need": "male"}, "Breckland alone"),
        ({"need": "male", "place": "suffolk"}, ""),
        ({"language": "pl"}, "Both"),
        ({"q": "  norfolk ALL "}, "All Norfolk"),
        ({"q": "100%"}, "All Suffolk"),
        ({"q": "%"}, "All Suffolk"),
        ({"q": "0808 157"}, "All Norfolk, All Suffolk, Both, Breckland alone, Everywhere"),
        ({"q": "nobody"}, ""),
    ],
)
def test_the_search_by_words_need_place_and_language(client, worker, several, asked, found):
    page = sign_in(client, worker).get(reverse("directory:list"), asked)
    assert ", ".join(sorted(each.organisation.name for each in page.context["entries"])) == found


@pytest.mark.parametrize("words", ["'", '"', "\\", "%_'--", "' OR 1=1 --", "עברית 🙂", "\x00", "a " * 50])
def test_any_words_are_looked_for_as_they_are_and_break_nothing(client, worker, several, words):
    case = CaseFactory(worker=worker)
    browser = sign_in(client, worker)
    listed = browser.get(reverse("directory:list"), {"q": words})
    found = browser.post(reverse("referrals:signpost_find", args=[case.pk]), {"q": words})
    assert (listed.status_code, found.status_code) == (200, 200)
    names = [{each.organisation.name for each in page.context["entries"]} for page in (listed, found)]
    assert names[0] == names[1]


def test_words_that_are_too_long_are_said_to_be_and_stay_in_the_box(client, worker, several):
    words = "x" * 5000
    page = sign_in(client, worker).get(reverse("directory:list"), {"q": words}).content.decode()
    assert "100" in page
    assert words in page


def test_the_list_by_what_waits_and_what_is_retired(client, worker, manager, several):
    everywhere, both, norfolk, breckland, suffolk = several
    check(worker, both, "phone", "domain", "hours")
    check(worker, norfolk, "phone")
    by(manager, retire_organisation, suffolk, words="It closed")
    Organisation.objects.filter(pk=everywhere.pk).update(confidence="V", checked_on=date(2020, 1, 1), checked_by="x")
    browser = sign_in(client, worker)
    shown = {
        show: [
            each.organisation.name for each in browser.get(reverse("directory:list"), {"show": show}).context["entries"]
        ]
        for show in ("due", "unconfirmed", "retired", "")
    }
    assert shown["due"] == ["Everywhere", "Breckland alone"]
    assert shown["unconfirmed"] == ["All Norfolk", "Breckland alone", "Everywhere"]
    assert shown["retired"] == ["All Suffolk"]
    assert "All Suffolk" not in shown[""]


def test_the_list_asks_as_often_for_many_as_for_few(client, worker, manager):
    browser = sign_in(client, worker)
    browser.get(reverse("directory:list"))

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(reverse("directory:list")).status_code == 200
        return len(seen)

    for number in range(2):
        add(manager, name=f"One {number}")
    few = asked()
    for number in range(20):
        add(manager, name=f"More {number}")
    assert asked() == few


# --- checking -------------------------------------------------------------------------------------------------------


def test_a_new_entry_is_shown_to_no_victim_until_it_is_checked(manager, worker):
    entry = add(manager)
    assert not entry.is_for_portal
    checked = check(worker, entry, "phone")
    assert checked.is_for_portal
    assert checked.shown["phone"] == FACTS["phone"]
    assert checked.shown["domain"] == checked.shown["hours"] == ""
    assert (checked.checked_by, checked.changed_by) == (worker.name, worker.name)
    assert [each.slug for each in Organisation.objects.for_portal()] == [entry.slug]


def test_an_entry_is_as_old_as_the_detail_that_was_looked_at_longest_ago(manager, worker):
    entry = add(manager)
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=LONDON), tick=False):
        check(worker, entry, "phone", "domain", "hours")
    with time_machine.travel(datetime(2026, 9, 1, 12, tzinfo=LONDON), tick=False):
        assert check(worker, entry, "phone", "hours").checked_on == date(2026, 6, 1)
    with time_machine.travel(datetime(2026, 9, 3, 12, tzinfo=LONDON), tick=False):
        assert check(worker, entry, "domain").checked_on == date(2026, 9, 1)


def test_a_check_of_a_detail_that_changed_since_counts_for_nothing(manager, worker):
    entry = check(worker, add(manager), "phone", "domain", "hours")
    changed = change(manager, entry, phone="0808 157 0999")
    assert changed.unconfirmed_fields == ["phone"]
    assert changed.shown["phone"] == ""
    assert check(worker, changed, "phone").unconfirmed_fields == []


def change(user, organisation, **facts):
    now = fresh(organisation)
    values = {name: getattr(now, name) for name in FACTS} | facts
    return by(user, change_organisation, organisation, version=now.version, values=values)


def test_a_stale_check_or_change_is_refused_and_changes_nothing(manager, worker):
    entry = add(manager)
    check(worker, entry, "phone")
    with pytest.raises(StaleEdit):
        by(worker, check_organisation, entry, version=1, details=["domain"])
    with pytest.raises(StaleEdit):
        by(manager, change_organisation, entry, version=1, values=FACTS | {"hours": "Never"})
    assert fresh(entry).version == 2


def test_sent_twice_it_is_done_once_and_another_content_is_a_conflict(manager, worker):
    key = uuid4()
    entry = by(manager, add_organisation, values=FACTS, key=key)
    assert by(manager, add_organisation, values=FACTS, key=key) == entry
    with pytest.raises(KeyUsed):
        by(manager, add_organisation, values=FACTS | {"name": "Another"}, key=key)
    key = uuid4()
    for _time in range(2):
        by(worker, check_organisation, entry, version=1, details=["phone"], key=key)
    with pytest.raises(KeyUsed):
        by(worker, check_organisation, entry, version=1, details=["domain"], key=key)
    key = uuid4()
    for _time in range(2):
        by(manager, change_organisation, entry, version=2, values=FACTS | {"hours": "Mornings"}, key=key)
    assert list(DirectoryChange.objects.of(entry).values_list("kind", flat=True)) == ["changed", "checked", "added"]
    assert Event.objects.filter(action__startswith="directory.").count() == 3


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_who_changed_what_is_kept_with_what_stood_there(manager):
    entry = change(manager, add(manager), hours="Mornings", languages=["en", "pl"])
    row = DirectoryChange.objects.of(entry).first()
    assert row.by == manager
    assert dict(zip(row.fields, zip(row.before, row.after, strict=True), strict=True)) == {
        "hours": ("Weekdays", "Mornings"), "languages": ("en", "en, pl"),
    }  # fmt: skip
    assert Event.objects.get(action="directory.changed").detail == {"fields": ["hours", "languages"], "version": 2}
    with acting_as(manager.pk), pytest.raises(DatabaseError), transaction.atomic():
        DirectoryChange.objects.filter(pk=row.pk).update(words="other")


def test_loading_never_overwrites_what_a_person_changed_or_checked(manager, worker):
    load_reference()
    galop = check(worker, Organisation.objects.get(slug="galop"), "phone")
    paladin = change(manager, Organisation.objects.get(slug="paladin"), what_for="As a manager wrote it.")
    Organisation.objects.filter(pk__in=[galop.pk, paladin.pk]).update(version=0)
    counts = load_reference()["organisation"]
    assert counts["kept"] == 2
    assert fresh(galop).is_for_portal
    assert fresh(paladin).what_for == "As a manager wrote it."


def test_retired_it_is_kept_and_back_in_use_it_waits_for_a_check(manager, worker):
    entry = check(worker, add(manager), "phone", "domain")
    by(manager, retire_organisation, entry, words="It closed")
    assert not Organisation.objects.for_staff().exists()
    assert not fresh(entry).is_for_portal
    back = by(manager, return_organisation, entry)
    assert not back.is_for_portal
    assert check(worker, back, "phone").shown["domain"] == ""


def test_the_database_lets_workers_check_managers_lead_and_nobody_else_write(manager, worker):
    entry = add(manager)
    with acting_as(worker.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        add_organisation(key=uuid4(), values=FACTS, by=worker)
    for role in ("data_protection", "administrator", "victim"):
        with acting_as(UserFactory(role=role).pk):
            assert Organisation.objects.filter(pk=entry.pk).update(name="x") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                DirectoryChange.objects.create(organisation=entry, kind="checked", version=9, by=manager)
    assert Organisation.objects.get(pk=entry.pk).name == FACTS["name"]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_a_manager_adds_and_changes_and_a_worker_checks(client, manager, worker):
    browser = sign_in(client, manager)
    typed = FACTS | {"domain": "https://place.example.org/", "key": uuid4()}
    answer = browser.post(reverse("directory:new"), typed)
    assert answer.url == reverse("directory:check", args=["a-new-place"])
    entry = Organisation.objects.get()
    assert entry.domain == "place.example.org"
    address = reverse("directory:edit", args=[entry.slug])
    page = browser.get(address).content.decode()
    assert "A detail that you change is hidden from victims" in page
    sent = typed | {"version": 1, "began": "", "hours": "Mornings", "key": uuid4()}
    assert browser.post(address, sent).status_code == 302
    stale = browser.post(address, sent | {"hours": "Evenings", "key": uuid4()})
    assert stale.status_code == 409
    assert "Evenings" in stale.content.decode()
    checking = reverse("directory:check", args=[entry.slug])
    colleague = sign_in(client, worker)
    assert colleague.post(checking, {"version": 2, "key": uuid4()}).status_code == 422
    assert colleague.post(checking, {"version": 1, "key": uuid4(), "details": ["phone"]}).status_code == 409
    assert colleague.post(checking, {"version": 2, "key": uuid4(), "details": ["phone"]}).status_code == 302
    page = colleague.get(reverse("directory:entry", args=[entry.slug])).content.decode()
    assert "(not confirmed)" in page
    assert "<ins>Mornings</ins>" in page
    assert "Area: Norfolk" in page
    assert "Needs: Support after any crime" in page
    assert reverse("directory:edit", args=[entry.slug]) not in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "Enter the name"),
        ({"domain": "not an address"}, "Enter a web address"),
        ({"domain": "javascript:alert(1)"}, "Enter a web address"),
        ({"phone": "ask at the desk"}, "Enter a number"),
        ({"text_keyword": "HELP"}, "Enter the number that the word is sent to"),
        ({"districts": ["ipswich"]}, "Choose districts of the area"),
        ({"remit_tags": []}, "Choose at least one need"),
        ({"source": ""}, "Write where this is from"),
    ],
)
def test_a_form_with_a_fault_says_what_to_do(client, manager, wrong, says):
    answer = sign_in(client, manager).post(reverse("directory:new"), FACTS | {"key": uuid4()} | wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(("who", "is_told"), [("manager", True), ("duty", True), ("worker", False)])
def test_my_work_says_how_many_wait_to_who_leads_or_is_on_duty(client, manager, worker, who, is_told):
    today = date.today()  # noqa: DTZ011 - the tests run in London's day
    add(manager)
    dated = {"confidence": "V", "checked_by": "x"}
    old, young = add(manager, name="Old"), add(manager, name="Young")
    Organisation.objects.filter(pk=old.pk).update(checked_on=today - timedelta(days=90), **dated)
    Organisation.objects.filter(pk=young.pk).update(checked_on=today - timedelta(days=89), **dated)
    people = {"manager": manager, "worker": worker, "duty": UserFactory(profile__is_on_duty=True)}
    page = sign_in(client, people[who]).get(reverse("cases:work")).content.decode()
    assert ("2 entries wait for a check" in page) is is_told
    assert ("1 was checked too long ago." in page) is is_told
