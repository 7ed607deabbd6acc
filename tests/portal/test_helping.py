"""The page of people who can help: its order, its search by numbers, and what it never shows."""

import re

import pytest
from django.conf import settings

from portal.showing import advice_pages
from reference.models import Organisation
from reference.models.directory import DETAILS
from reference.needs import BY_NUMBER
from tests.portal.test_writing import text_of

HELP = "/notes/help/"
ABOUT = ("online", "access", "sign", "easy", "large", "privacy")


def names(page):
    return [name.replace("&#x27;", "'") for name in re.findall(r"<h[23] [^>]*><span>(.*?)</span></h[23]>", page)]


def test_999_comes_first_then_how_to_report_in_the_booklets_order(web, guidance):
    page = text_of(web.get(HELP))
    assert page.index("tel:999") < page.index("Ways to report") < page.index("Talk to us") < page.index('id="find"')
    assert "press 55" in page
    assert names(page)[:5] == [
        "Police, not an emergency",
        "Norfolk Constabulary",
        "Suffolk Constabulary",
        "At a police station",
        "Crimestoppers",
    ]


def test_a_way_to_999_stands_with_it_once_it_is_confirmed(web, guidance):
    assert "18000" not in text_of(web.get(HELP))
    Organisation.objects.filter(slug="relay-999").update(confidence="V", checked_on="2026-11-01", checked_by="x")
    page = text_of(web.get(HELP))
    assert page.index("tel:999") < page.index("tel:18000") < page.index("Ways to report")


def test_every_entry_stands_once_and_nothing_that_is_not_confirmed(web, guidance):
    page = text_of(web.get(HELP))
    shown = Organisation.objects.for_portal().exclude(slug="emergency")
    assert sorted(names(page)) == sorted(shown.values_list("name", flat=True))
    for hidden in Organisation.objects.exclude(pk__in=Organisation.objects.for_portal()).exclude(slug="nsvcs"):
        assert hidden.name not in names(page)
        assert not hidden.phone or hidden.phone == "101" or f"tel:{hidden.phone.replace(' ', '')}" not in page
    assert "Day and night" in page
    crimestoppers = page[page.index("Crimestoppers") :]
    assert "Open:" not in crimestoppers[: crimestoppers.index("crimestoppers-uk.org")]


def test_calls_dial_links_leave_without_a_trace_of_here_and_say_so(web, guidance):
    page = text_of(web.get(HELP))
    assert re.search(r'<a class="govuk-button[^>]*href="tel:116123">Call <span dir="ltr">116 123</span>', page)
    assert "Calls are free and do not show on a bill." in page
    links = re.findall(r'<a [^>]*href="https://[^>]*>', page)
    assert links
    assert all('rel="noreferrer noopener"' in link for link in links)
    assert page.count("This link leaves this site. It stays in your browser history.") == len(links)


@pytest.mark.parametrize(
    ("asked", "found", "not_found"),
    [
        ("need=1", "Samaritans", "Paladin"),
        ("need=2", "Paladin", "Samaritans"),
        ("need=3&place=1", "Leeway", "Suffolk Domestic Abuse Helpline"),
        ("need=3&place=2", "Suffolk Domestic Abuse Helpline", "Norfolk Safeguarding Adults"),
        ("need=3&speak=1&place=", "Leeway", "Samaritans"),
    ],
)
def test_the_search_is_by_numbers_in_a_plain_address(web, guidance, asked, found, not_found):
    page = text_of(web.get(f"{HELP}?{asked}"))
    narrowed = page[page.index('id="found"') :]
    assert found in narrowed
    assert not_found not in narrowed
    assert page.index("tel:999") < page.index("Ways to report") < page.index('id="found"')


@pytest.mark.parametrize(
    "asked", ["need=99", "need=stalking", "place=x", "speak=%00", "need=", "q=stalking", "need=1&need=2x"]
)
def test_what_does_not_exist_narrows_nothing_and_breaks_nothing(web, guidance, asked):
    page = text_of(web.get(f"{HELP}?{asked}"))
    assert names(page) == names(text_of(web.get(HELP)))


def test_no_address_of_the_search_tells_what_it_is_for(web, guidance):
    page = text_of(web.get(HELP))
    offered = re.findall(r'<option value="(.*?)"', page)
    assert offered
    assert all(value == "" or value.isdecimal() for value in offered)
    assert {
        int(value)
        for value in re.findall(r'name="need".*?</select>', page, re.DOTALL)[0].split('"')
        if value.isdecimal()
    } <= set(BY_NUMBER)
    assert 'method="get"' in page


def test_large_print_stays_on_through_the_search(web, guidance):
    page = text_of(web.get(f"{HELP}?size=large"))
    assert '<input type="hidden" name="size" value="large">' in page
    assert "css/large" in page


def test_nothing_that_is_not_confirmed_is_shown_by_any_address_of_hers(web, guidance):
    shown = Organisation.objects.for_portal()
    told = {value for each in shown for value in each.shown.values()} | {settings.SERVICE_PHONE, settings.SERVICE_HOURS}
    hidden = {getattr(each, name) for each in Organisation.objects.all() for name in DETAILS} - told - {""}
    hidden = {words for words in hidden if len(words) > 4 and not any(words in each for each in told)}
    assert {"galop.org.uk", "0800 999 5428", "RJHubSC@suffolk.police.uk"} <= hidden
    pages = len(advice_pages())
    addresses = ["/notes/", "/notes/ask/", "/notes/reading/", HELP, *(f"/about/{name}/" for name in ABOUT)]
    addresses += [f"{HELP}?need={number}&place={place}" for number in (*BY_NUMBER, 21) for place in ("", 1, 2, 3)]
    addresses += [f"{HELP}?speak={number}" for number in range(18)]
    addresses += [f"/notes/reading/{number}/" for number in range(1, pages + 1)]
    for address in addresses:
        response = web.get(address)
        assert response.status_code == 200, address
        page = text_of(response)
        assert not [words for words in hidden if words in page or words.replace(" ", "") in page], address
