"""Reference data: loaded once, never over a person's change, and only confirmed entries in the portal."""

from datetime import date, timedelta
from io import StringIO

import holidays
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.template.loader import render_to_string

from audit.models import Event
from reference.loading import FILES, SEED, load_reference, read_rows
from reference.models import Advice, BankHoliday, DirectoryChange, Limit, Organisation
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def printed(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_loading_twice_changes_nothing() -> None:
    assert "organisation: 47 added, 0 updated, 0 left, 0 kept" in printed("load_reference")
    assert "organisation: 0 added, 0 updated, 47 left, 0 kept" in printed("load_reference")
    assert BankHoliday.objects.count() == 24


def test_a_newer_version_replaces_a_row_unless_a_person_changed_it() -> None:
    load_reference()
    Limit.objects.filter(key="first_contact").update(value=9, version=0)
    Limit.objects.filter(key="safe_contact_days").update(value=30, version=0, changed_by="A. Manager")

    counts = load_reference()["limit"]

    assert (counts["updated"], counts["kept"]) == (1, 1)
    assert Limit.objects.value("first_contact") == 2
    assert Limit.objects.value("safe_contact_days") == 30


def test_an_unknown_limit_is_named() -> None:
    with pytest.raises(Limit.DoesNotExist, match="no_such"):
        Limit.objects.value("no_such")


def test_limits_come_as_a_mapping_for_rules() -> None:
    load_reference()
    limits = Limit.objects.as_mapping()
    assert (limits["safe_contact_days"], limits["first_contact_high_risk"], limits["portal_age_floor"]) == (60, 1, 13)


def test_every_unconfirmed_row_has_no_check_and_every_row_a_source() -> None:
    load_reference()
    assert not Organisation.objects.exclude(confidence="V").filter(checked_on__isnull=False).exists()
    assert not Limit.objects.exclude(confidence="V").filter(checked_on__isnull=False).exists()
    for model in (Organisation, Advice, Limit, BankHoliday):
        assert not model.objects.filter(source="").exists()


def test_a_check_needs_a_day_and_a_name() -> None:
    with pytest.raises(IntegrityError):
        Limit.objects.create(key="x", label="x", value=1, unit="days", confidence="V", checked_on=date(2026, 11, 1))


def test_bank_holidays_agree_with_a_second_calendar() -> None:
    load_reference()
    # The second calendar lists a moved holiday on both days; working days only ever see the weekdays.
    other = {day for day in holidays.UnitedKingdom(subdiv="ENG", years=[2026, 2027, 2028]) if day.weekday() < 5}
    assert BankHoliday.objects.days() == other


def test_only_confirmed_organisations_reach_the_portal_each_with_a_way_to_reach_them() -> None:
    load_reference()
    shown = {organisation.slug: organisation for organisation in Organisation.objects.for_portal()}

    assert {"emergency", "crimestoppers", "paladin", "ncdv", "cyber-helpline", "samaritans"} <= set(shown)
    assert not {"nsvcs", "galop", "nidas", "the-ferns"} & set(shown)
    assert all(organisation.has_shown_contact for organisation in shown.values())
    assert shown["national-stalking-helpline"].shown["phone_on_bill"] == ""


def test_every_tag_an_advice_page_asks_for_finds_an_organisation() -> None:
    load_reference()
    for page in Advice.objects.for_portal():
        for tag in page.organisation_tags:
            assert Organisation.objects.for_portal().tagged([tag]).exists(), tag


def test_confirming_an_organisation_shows_it_keeps_who_did_it_and_survives_loading() -> None:
    load_reference()
    checker = UserFactory(name="A. Manager", manager=True)
    printed("confirm_reference", "organisation", "galop", "--by", "a. manager")
    load_reference()

    galop = Organisation.objects.for_portal().get(slug="galop")
    assert (galop.checked_by, galop.unconfirmed_fields) == ("A. Manager", [])
    done = DirectoryChange.objects.get(organisation=galop)
    assert (done.kind, done.by, done.version) == ("checked", checker, galop.version)
    assert done.fields == ["phone", "domain", "hours"]
    event = Event.objects.get(action="directory.checked")
    assert (event.actor_id, event.target_id) == (checker.pk, str(galop.pk))


def test_only_what_was_looked_at_is_confirmed() -> None:
    load_reference()
    checker = UserFactory()
    printed("confirm_reference", "organisation", "galop", "--by", checker.sign_in_name, "--detail", "phone")
    galop = Organisation.objects.for_portal().get(slug="galop")
    assert galop.shown["phone"]
    assert galop.shown["hours"] == ""


@pytest.mark.parametrize(
    ("slug", "more", "says"),
    [
        ("nowhere", [], "no organisation called “nowhere”"),
        ("galop", ["--detail", "email"], "has no email"),
        ("police-station", [], "is retired"),
    ],
)
def test_what_cannot_be_confirmed_is_said_and_nothing_is_kept(slug: str, more: list[str], says: str) -> None:
    load_reference()
    checker = UserFactory()
    Organisation.objects.filter(slug="police-station").update(retired_on=date(2026, 11, 2))
    with pytest.raises(CommandError, match=says):
        printed("confirm_reference", "organisation", slug, "--by", checker.sign_in_name, *more)
    assert not DirectoryChange.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "administrator", "ended", "two"])
def test_an_organisation_is_confirmed_by_one_colleague_who_does_casework(who: str) -> None:
    load_reference()
    UserFactory(name="administrator", administrator=True)
    UserFactory(name="ended", is_active=False)
    for _number in range(2):
        UserFactory(name="two")
    with pytest.raises(CommandError, match="one caseworker or manager"):
        printed("confirm_reference", "organisation", "galop", "--by", who)
    assert not Organisation.objects.for_portal().filter(slug="galop").exists()


@pytest.mark.parametrize(("days", "is_due"), [(89, False), (90, True), (91, True)])
def test_a_directory_entry_is_due_for_a_check_after_90_days(days: int, is_due: bool) -> None:
    load_reference()
    today = date(2026, 11, 1) + timedelta(days=days)
    assert Organisation.objects.due_for_check(today, 90).filter(slug="paladin").exists() is is_due
    assert Organisation.objects.due_for_check(today, 90).filter(slug="galop").exists()


def test_advice_is_in_the_booklets_order_and_falls_back_to_english() -> None:
    load_reference()
    topics = list(Advice.objects.for_portal().values_list("topic", flat=True))

    assert topics == sorted(topics, key=Advice.Topic.values.index)
    assert Advice.objects.page("why-not-block", "pl").language == "en"
    with pytest.raises(Advice.DoesNotExist):
        Advice.objects.page("no-such-page")


def test_partials_show_dates_and_only_confirmed_details() -> None:
    load_reference()
    page = render_to_string("reference/_advice.html", {"advice": Advice.objects.page("two-orders")})
    listed = Organisation.objects.for_portal().tagged(["injunction"])
    organisations = render_to_string("reference/_organisations.html", {"organisations": listed})

    assert "Written 22 November 2026." in page
    assert "Checked" not in page
    assert "Text <bdi>NCDV</bdi> to <bdi>60777</bdi>" in organisations
    assert 'rel="noreferrer noopener"' in organisations


@pytest.mark.parametrize(("name", "kind", "model", "key"), FILES)
def test_no_seed_file_names_a_row_twice(name: str, kind: str, model: type, key: tuple[str, ...]) -> None:
    keys = [tuple(row[field] for field in key) for row in read_rows(SEED / name, kind)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("role", ["nsvcs_web", "nsvcs_worker"])
def test_web_and_worker_may_read_reference_data_and_never_write_it(role: str) -> None:
    load_reference()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
    assert Advice.objects.for_portal().exists()
    assert BankHoliday.objects.days()
    for model in (Advice, Limit, BankHoliday):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(source="x")
    # Colleagues keep the directory on its pages; a transaction that acts for none of them changes nothing in it.
    assert Organisation.objects.update(source="x") == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Organisation.objects.create(slug="x", name="x", what_for="x", confidence="V", source="x")


def test_what_later_rooms_load_is_kept_and_confirmed_like_the_rest(db):
    told = load_reference()
    assert told["support_service"]["added"] == 6
    assert told["letter"]["added"] == 4
    assert load_reference()["support_work"].keys() == {"left"}
    printed("confirm_reference", "support_service", "advocacy", "--by", "A. Manager")
    printed("confirm_reference", "letter", "housing", "--by", "A. Manager")
    assert load_reference()["letter"] == {"kept": 1, "left": 3}


def test_what_is_chosen_from_stands_by_name_without_what_is_retired() -> None:
    load_reference()
    Organisation.objects.filter(slug="paladin").update(retired_on=date(2026, 11, 1))

    names = list(Organisation.objects.to_choose_from().values_list("name", flat=True))

    assert names == sorted(names, key=str.lower)
    assert "Galop" in names
    assert "Paladin" not in names


def test_a_referral_goes_to_no_number_to_report_to_no_court_and_not_to_ourselves() -> None:
    load_reference()

    offered = set(Organisation.objects.to_refer_to().values_list("slug", flat=True))

    assert {
        "emergency", "police-101", "police-station", "crimestoppers", "bsl-999", "relay-999", "text-999", "nsvcs",
        "cps-east-of-england", "hmcts-county-court",
    }.isdisjoint(offered)  # fmt: skip
    assert {"leeway", "paladin", "samaritans", "norfolk-safeguarding", "suffolk-constabulary"} <= offered
