"""The youngest age for the portal: the pages to write on lead to the phone, and nothing typed is lost."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError

from cases.actions import give_portal_access
from cases.models import Victim
from cases.rules import is_under_age, reaches_age_on
from logs.drafting import content_of
from logs.models import Draft, Incident
from nsvcs.identity import acting_as
from portal.addresses import letters_of
from reference.models import Limit
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.portal.test_writing import NEW, text_of, typed
from tests.signing_in import sign_in

BORN = date(2013, 6, 3)
CALM = "Talk to us by phone"


def born(case, day):
    Victim.objects.filter(pk=case.victim_id).update(born_on=day)


@pytest.mark.parametrize(
    ("today", "is_under"), [("2026-06-02", True), ("2026-06-03", False), ("2026-06-04", False), ("2013-06-03", True)]
)
def test_the_day_before_the_birthday_the_day_and_the_day_after(today, is_under):
    assert is_under_age(BORN, 13, date.fromisoformat(today)) is is_under


def test_who_was_born_on_29_february_is_older_on_1_march_of_a_common_year():
    leap = date(2012, 2, 29)
    assert reaches_age_on(leap, 13) == date(2025, 3, 1)
    assert reaches_age_on(leap, 16) == date(2028, 2, 29)
    assert is_under_age(leap, 13, date(2025, 2, 28))
    assert not is_under_age(leap, 13, date(2025, 3, 1))


def test_of_an_unknown_birth_nothing_is_said():
    assert not is_under_age(None, 13, date(2026, 6, 3))


@pytest.mark.parametrize(("now", "is_calm"), [("2026-06-02 22:59Z", True), ("2026-06-02 23:01Z", False)])
@pytest.mark.parametrize("page", ["/notes/", NEW])
def test_the_page_leads_to_the_phone_until_the_birthday_begins_in_london(client, case, her, now, is_calm, page):
    born(case, BORN)
    with time_machine.travel(now):
        text = text_of(sign_in(client, her).get(page))
    assert (CALM in text) is is_calm
    if is_calm:
        main = text[text.index("<main") : text.index("</main>")]
        assert 'href="tel:999"' in main
        assert "press 55" in main
        assert "<textarea" not in main
        assert "13 or older" in main


def test_words_that_are_on_their_way_are_kept_as_a_draft_and_shown(web, case, her):
    key = uuid4()
    web.post(NEW, typed(key, press="later"))
    born(case, date(2020, 1, 1))
    page = text_of(web.post(NEW, typed(key)))
    assert CALM in page
    assert "He rang nine times." in page
    assert not Incident.objects.exists()
    assert content_of(Draft.objects.get())["what_happened"] == "He rang nine times."
    letters = letters_of(key)
    for address in (f"/notes/new/{letters}/", f"/notes/new/{letters}/check/"):
        assert CALM in text_of(web.get(address))
    revision = Draft.objects.get().revision
    assert CALM in text_of(web.post(f"/notes/new/{letters}/check/", {"revision": revision}))
    assert not Incident.objects.exists()


def test_what_she_wrote_before_stays_hers_to_read(web, case):
    web.post(NEW, typed())
    born(case, date(2020, 1, 1))
    assert "He rang nine times." in text_of(web.get("/notes/1/"))


def test_the_limit_is_the_services_own(web, case, guidance):
    born(case, date(2012, 1, 1))
    Limit.objects.filter(key="portal_age_floor").update(value=16)
    assert "16 or older" in text_of(web.get("/notes/"))


@pytest.mark.parametrize(("today", "is_given"), [("2026-06-02 12:00Z", False), ("2026-06-03 12:00Z", True)])
def test_staff_open_no_portal_for_who_is_too_young_and_are_told_what_to_do(db, today, is_given):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    SafeContactFactory(victim=case.victim)
    born(case, BORN)
    case.refresh_from_db()
    with time_machine.travel(today), acting_as(worker.pk):
        if is_given:
            assert give_portal_access(case=case, by=worker).code
            return
        with pytest.raises(ValidationError, match="under 13, the youngest age for the portal. Keep in touch by phone"):
            give_portal_access(case=case, by=worker)
    case.refresh_from_db()
    assert not case.is_portal_open


def test_the_page_of_staff_says_so_before_anything_is_pressed(client, db):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    SafeContactFactory(victim=case.victim)
    born(case, date(2020, 1, 1))
    page = text_of(sign_in(client, worker).get(f"/cases/{case.pk}/portal/"))
    assert "youngest age for the portal" in page
    assert "one-time code</button>" not in page
    answer = client.post(f"/cases/{case.pk}/portal/")
    assert answer.status_code == 422
