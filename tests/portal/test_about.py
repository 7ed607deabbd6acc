"""The pages behind the links at the foot: for everybody, neutral outside, in the frame that leads back."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import SignIn
from tests.factories import UserFactory
from tests.portal.test_neutral import TELLING
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

PAGES = {"/about/online/": "Stay safe online", "/about/access/": "Accessibility", "/about/privacy/": "Privacy"}


@pytest.mark.parametrize("address", PAGES)
def test_anybody_may_read_them_and_no_title_tells(client, db, address):
    page = text_of(client.get(address))
    title = re.search(r"<title>(.*?)</title>", page).group(1)
    assert title == f"{PAGES[address]} – My notes"
    assert not TELLING.search(title)
    assert 'href="/exit"' in page
    assert "My notes</a>" not in page


@pytest.mark.parametrize("address", PAGES)
def test_signed_in_she_finds_her_way_back(web, address):
    assert 'href="/notes/"' in text_of(web.get(address))


def test_every_page_of_hers_links_to_them_and_no_page_of_colleagues(web, client, case):
    page = text_of(web.get("/notes/"))
    assert all(f'href="{address}"' in page for address in PAGES)
    sign_in(client, UserFactory())
    page = text_of(client.get("/cases/work/"))
    assert not any(f'href="{address}"' in page for address in PAGES)


def test_home_says_when_she_signed_in_before_and_where_to_look_if_she_did_not(web, her):
    before = datetime(2026, 5, 2, 20, 20, tzinfo=ZoneInfo("Europe/London"))
    for key, at in (("elsewhere", before), (web.session.session_key, timezone.now())):
        SignIn.objects.create(user=her, session_key=key, at=at)
    page = text_of(web.get("/notes/"))
    assert "You last signed in on 2 May 2026 at 8:20pm." in page
    assert 'href="/account/sign-ins/"' in page


def test_the_first_time_home_says_nothing_of_a_time_before(web):
    assert "You last signed in" not in text_of(web.get("/notes/"))


def test_without_scripts_nothing_is_promised_of_words_that_were_not_saved(client, db):
    page = text_of(client.get("/before/"))
    promise = '<span class="app-with-scripts">What you have written stays saved.</span>'
    assert promise in page
    assert "Words you have not saved yet are lost." in page
