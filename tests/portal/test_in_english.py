"""What is kept in English alone stands on a translated page as English, with somebody offered who can explain it."""

import re

import pytest
from django.conf import settings

from portal.showing import advice_pages
from reference.models import Advice, Organisation
from tests.portal.test_languages import compiled
from tests.portal.test_neutral import ADDRESSES
from tests.portal.test_writing import text_of

__all__ = ["compiled"]
OFFER = "app-in-english"
ENGLISH = re.compile(r"<(\w+)[^>]* lang=\"en\" dir=\"ltr\">.*?</\1>|<bdi>.*?</bdi>", re.DOTALL)


@pytest.fixture(params=["ar", "lt"])
def hers(request, web, guidance, compiled):
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = request.param
    return web


def test_advice_says_that_it_is_english_and_offers_an_interpreter(hers):
    pages = list(Advice.objects.for_portal())
    shown = text_of(hers.get(ADDRESSES["advice"]))
    assert OFFER in shown
    rest = ENGLISH.sub("", shown)
    for page in pages:
        assert page.title in shown
        assert page.title not in rest
    for number, page in enumerate(pages, 1):
        shown = text_of(hers.get(f"/notes/reading/{number}/"))
        assert OFFER in shown
        assert page.title not in ENGLISH.sub("", shown)
        assert 'govuk-body">' + page.body_html.split('govuk-body">')[1].split("</p>")[0] in shown


def test_the_directory_says_so_too(hers):
    shown = text_of(hers.get(ADDRESSES["help"]))
    rest = ENGLISH.sub("", shown)
    assert OFFER in shown
    for organisation in Organisation.objects.for_portal().exclude(slug="emergency"):
        for text in (organisation.name, organisation.what_for, organisation.shown["hours"]):
            assert not text or text not in rest
        assert organisation.name in shown.replace("&#x27;", "'").replace("&amp;", "&")


def test_a_page_that_was_translated_stands_in_its_place_without_a_mark(web, guidance):
    first, second = Advice.objects.for_portal()[:2]
    Advice.objects.create(
        slug=second.slug, language="lt", topic=second.topic, topic_position=second.topic_position,
        position=second.position, title="Antras puslapis", body="Trumpai.", written_on=second.written_on, source="x",
    )  # fmt: skip
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = "lt"
    shown = text_of(web.get(ADDRESSES["advice"]))
    assert re.search(r"<a[^>]*/reading/2/\">Antras puslapis</a>", shown)
    assert f' lang="en" dir="ltr">{first.title}</a>' in shown
    assert OFFER not in text_of(web.get("/notes/reading/2/"))
    assert OFFER in text_of(web.get("/notes/reading/1/"))
    assert len(advice_pages()) == Advice.objects.for_portal().count()


def test_english_pages_carry_no_mark(web, guidance):
    for name in ("advice", "advice_page", "help"):
        shown = text_of(web.get(ADDRESSES[name]))
        assert OFFER not in shown
        assert ' lang="en"' not in shown
