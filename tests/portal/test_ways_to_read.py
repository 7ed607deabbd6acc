"""Sign language, easy read, large print: linked from every foot, open to all, and nothing told that is not so."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.showing import advice_pages, easy_pages
from reference.models import Advice
from tests.factories import IncidentFactory, UserFactory
from tests.portal.test_in_english import ENGLISH, OFFER
from tests.portal.test_languages import compiled
from tests.portal.test_neutral import TELLING, pages, with_content
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

__all__ = ["compiled", "pages", "with_content"]
FOOT = {"/about/sign/": "Sign language", "/about/easy/": "Easy read", "/about/large/": "Large print"}
NOT_CHECKED = "People who use easy read have not checked this yet."
LARGE = "app-portal app-large"


def test_every_page_of_hers_links_to_them(pages):
    for name, response in pages.items():
        shown = text_of(response)
        assert all(f'href="{address}">{text}</a>' in shown for address, text in FOOT.items()), name


@pytest.mark.parametrize("address", [*FOOT, "/before/", "/about/access/", "/no/such/page/"])
def test_so_does_every_page_before_signing_in(client, guidance, address):
    shown = text_of(client.get(address))
    assert all(f'href="{each}">{text}</a>' in shown for each, text in FOOT.items())


@pytest.mark.parametrize("address", FOOT)
def test_anybody_may_read_them_and_nothing_on_them_tells_before_signing_in(client, guidance, address):
    response = client.get(address)
    shown = text_of(response)
    assert response.status_code == 200
    assert not TELLING.search(re.search(r"<title>(.*?)</title>", shown).group(1))
    assert not re.search(r"stalk|victim|court", shown, re.IGNORECASE)
    assert not re.search(r'href="/notes/(?!no-signal/)', shown)


def test_before_signing_in_one_page_stands_open_and_the_others_are_not_named(client, guidance):
    shown = text_of(client.get("/about/easy/"))
    for page in Advice.objects.easy_read():
        is_open = page.slug == "before-you-start"
        assert (page.body_html in shown) == is_open
        assert (page.title in shown) == is_open
    assert NOT_CHECKED in shown


@pytest.mark.parametrize("address", FOOT)
def test_they_are_there_without_any_reference_data(client, web, db, address):
    assert web.get(address).status_code == 200
    client.logout()
    assert client.get(address).status_code == 200


def test_no_way_to_999_is_shown_that_nobody_checked(web, guidance):
    shown = text_of(web.get("/about/sign/"))
    assert "interpreter for you. It is free." in shown
    assert "Someone near you can call 999 for you." in shown
    assert "18000" not in shown
    assert "999bsl" not in shown
    call_command("confirm_reference", "organisation", "bsl-999", "--by", UserFactory().sign_in_name)
    assert "https://999bsl.co.uk" in text_of(web.get("/about/sign/"))


def test_easy_read_lists_the_pages_and_each_leads_to_the_full_one_and_back(web, guidance):
    shown = text_of(web.get("/about/easy/"))
    assert NOT_CHECKED in shown
    found = easy_pages(advice_pages())
    assert [page.slug for _number, page in found] == [
        each.slug for each in advice_pages() if Advice.objects.easy_read().filter(slug=each.slug).exists()
    ]
    assert len(found) == 6
    for number, page in found:
        easy, full = f"/notes/reading/{number}/easy/", f"/notes/reading/{number}/"
        assert f'href="{easy}">{page.title}</a>' in shown
        told = text_of(web.get(easy))
        assert page.body_html in told
        assert NOT_CHECKED in told
        assert f'href="{full}"' in told
        assert f'href="{easy}"' in text_of(web.get(full))


def test_a_page_without_an_easy_form_has_no_link_and_no_address(web, guidance):
    with_form = {number for number, _page in easy_pages(advice_pages())}
    for number in {*range(len(advice_pages()) + 2)} - with_form:
        assert web.get(f"/notes/reading/{number}/easy/").status_code == 404
    for number in {*range(1, len(advice_pages()) + 1)} - with_form:
        assert '/easy/"' not in text_of(web.get(f"/notes/reading/{number}/")).replace('/about/easy/"', "")


def test_once_checked_it_says_by_whom(web, guidance):
    for _number, page in easy_pages(advice_pages()):
        call_command("confirm_reference", "easy", page.slug, "--by", "A group of readers")
    assert NOT_CHECKED not in text_of(web.get("/about/easy/"))
    shown = text_of(web.get("/notes/reading/1/easy/"))
    assert NOT_CHECKED not in shown
    assert "by A group of readers." in shown


@pytest.mark.parametrize("language", ["ar", "lt"])
def test_in_another_language_easy_read_is_marked_and_an_interpreter_offered(web, guidance, compiled, language):
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for number, page in easy_pages(advice_pages()):
        shown = text_of(web.get(f"/notes/reading/{number}/easy/"))
        assert OFFER in shown
        assert page.title in shown
        assert page.title not in ENGLISH.sub("", shown)
    assert OFFER in text_of(web.get("/about/easy/"))


@pytest.mark.parametrize("address", ["/notes/reading/", "/notes/reading/3/", "/notes/all/print/", "/about/privacy/"])
def test_large_print_is_in_the_address_alone(web, guidance, case, her, address):
    IncidentFactory(case=case, number=1, recorded_by=her)
    response = web.get(address)
    assert LARGE not in text_of(response)
    assert 'href="?size=large"' in text_of(response)
    kept = {name: cookie.value for name, cookie in web.cookies.items()}
    shown = text_of(web.get(f"{address}?size=large"))
    assert LARGE in shown
    assert "css/large.css" in shown
    assert {name: cookie.value for name, cookie in web.cookies.items()} == kept
    assert LARGE not in text_of(web.get(address))


def test_large_print_goes_on_from_page_to_page(web, guidance):
    assert 'href="/notes/reading/3/?size=large"' in text_of(web.get("/notes/reading/?size=large"))
    shown = text_of(web.get("/notes/reading/3/?size=large"))
    assert 'href="/notes/reading/4/?size=large"' in shown
    assert 'href="/notes/reading/?size=large"' in shown
    assert '<input type="hidden" name="size" value="large">' in text_of(web.get("/notes/all/print/?size=large"))


def test_her_notes_in_large_print_are_whole_and_of_the_month_asked_for(web, case, her):
    words = "He stood outside. " * 300
    IncidentFactory(case=case, number=1, recorded_by=her, occurred_on="2026-05-03", what_happened=words)
    IncidentFactory(case=case, number=2, recorded_by=her, occurred_on="2026-06-03", what_happened="He rang.")
    shown = text_of(web.get("/notes/all/print/?month=2026-05&size=large"))
    assert words.strip() in shown
    assert "He rang." not in shown
    assert 'href="?month=2026-05"' in shown
    assert "month=2026-05&amp;size=large" in text_of(web.get("/notes/all/print/?month=2026-05"))


def test_accessibility_leads_to_the_three(web):
    main = text_of(web.get("/about/access/")).split("<footer")[0]
    assert all(f'href="{address}">{text}</a>' in main for address, text in FOOT.items())


def test_the_full_page_asks_once_for_each_kind(web, guidance):
    web.get("/notes/reading/1/")
    with CaptureQueriesContext(connection) as asked:
        web.get("/notes/reading/1/")
    assert sum('FROM "reference_advice"' in each["sql"] for each in asked.captured_queries) == 2


@pytest.mark.parametrize("query", ["size=LARGE", "size=", "size=large%22%3E", "size=small&Size=large"])
def test_only_the_one_word_makes_it_large(web, guidance, query):
    response = web.get(f"/notes/reading/1/?{query}")
    assert response.status_code == 200
    assert LARGE not in text_of(response)


def test_a_colleague_reads_the_open_pages_and_none_of_hers(client, guidance):
    sign_in(client, UserFactory())
    assert client.get("/about/easy/").status_code == 200
    assert client.get("/notes/reading/1/easy/").status_code == 404
    for name in ("/about/sign/", "/about/easy/", "/about/large/"):
        assert client.post(name).status_code == 405
