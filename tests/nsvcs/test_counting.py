"""Sentences whose number a script fills in: every form of every language, by the names a browser has for them."""

import json
import re

import pytest
from babel import Locale
from django.template import Context, Template
from django.utils import translation

from nsvcs import counting, languages
from nsvcs.days import LOCALES
from tests.portal.test_languages import compiled

__all__ = ["compiled"]
FORMS = {
    "en-gb": {"one", "other"},
    "lt": {"one", "few", "other"},
    "pl": {"one", "few", "many", "other"},
    "pt": {"one", "other"},
    "ro": {"one", "few", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}


@pytest.mark.parametrize("language", FORMS)
@pytest.mark.parametrize("name", counting.SENTENCES)
def test_every_form_is_there_with_its_place_for_the_number(name, language, compiled):
    with translation.override(language):
        found = counting.forms(name)
    assert set(found) == FORMS[language]
    assert all(text.count("%s") == 1 and "%(" not in text for text in found.values())


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_a_browser_picks_the_form_that_gettext_would(language, compiled):
    rule = Locale.parse(LOCALES.get(language, language)).plural_form
    with translation.override(language):
        found = counting.forms("notes_sent")
        for number in range(131):
            told = counting.SENTENCES["notes_sent"](number)
            assert found[rule(number)] == told.replace("%(count)s", "%s")


def test_polish_counts_two_and_five_otherwise(compiled):
    with translation.override("pl"):
        found = counting.forms("minutes_left")
    assert (found["few"], found["many"]) == ("Zostały około %s minuty.", "Zostało około %s minut.")
    assert found["other"] == found["many"]


def test_pages_carry_them_for_our_scripts_and_for_those_of_govuk():
    drawn = Template(
        '{% load counting %}<p data-x="{% counted "notes_sent" %}"{% counted_i18n "a-b" "files_chosen" %}>'
    )
    with translation.override("en-gb"):
        page = drawn.render(Context())
    told = re.search(r'data-x="(.*?)"', page)[1].replace("&quot;", '"')
    assert json.loads(told)["one"] == "%s note from this phone was sent."
    assert ' data-i18n.a-b.one="%{count} file chosen"' in page
    assert ' data-i18n.a-b.other="%{count} files chosen"' in page
