"""The pages behind the links at the foot: for everybody, neutral outside, in the frame that leads back."""

import re

import pytest

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
