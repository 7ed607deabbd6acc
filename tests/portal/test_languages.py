"""The portal in other languages: English for colleagues, a switcher by own names, and no word forgotten."""

import gettext
import re
from datetime import date, time
from pathlib import Path

import django.conf
import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

from nsvcs import languages, speaking
from nsvcs.languages import Check
from nsvcs.text import is_english
from nsvcs.widgets import clock
from tests.factories import IncidentFactory, UserFactory
from tests.portal.test_neutral import ADDRESSES, PAGES
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

TWO = [("en-gb", "English"), ("pl", "Polski")]
# What titles may not name, by language; English is held by tests/portal/test_neutral.py.
TELLING = {
    "lt": r"persekioj|polic|teism|nusikalt|aukos?\b",
    "pl": r"stalk|polic|sąd|przestęp|ofiar|nękan",
    "pt": r"stalk|perseg|políc|tribunal|crime|vítima",
    "ro": r"hărțui|poliț|instanț|crimă|victim|urmări",
    "ar": r"شرطة|محكمة|ضحية|مطاردة|جريمة",
}


@pytest.fixture
def compiled(settings, catalogues):
    """The catalogues as they are now, whatever was built before."""
    settings.LOCALE_PATHS = [catalogues]
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_titles_stay_neutral(language, web, case, her, compiled):
    IncidentFactory(case=case, number=1, recorded_by=her)
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name in ("home", "new", "entries", "entry", "messages", "details", "account", "advice", "help"):
        page = text_of(web.get(ADDRESSES[name]))
        title = re.search(r"<title>(.*?)</title>", page).group(1)
        assert not re.search(TELLING[language], title, re.IGNORECASE), title
        assert f'lang="{language}"' in page
        assert languages.catalogue(language).get("Home").string in page


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch):
    """Every word a page asked for, in a language that has none."""
    found = set()

    def note(real):
        def ask(*args):
            found.add(args[1] if real is trans_real.pgettext else args[0])
            return real(*args)

        return ask

    for name in ("gettext", "ngettext", "pgettext"):
        monkeypatch.setattr(translation._trans, name, note(getattr(trans_real, name)), raising=False)
    return found


def test_every_word_her_pages_ask_for_is_in_the_catalogues(web, case, her, guidance, asked):
    known = {word.text for word in languages.words().values()} | {""}
    IncidentFactory(case=case, number=1, recorded_by=her)
    for name in PAGES:
        web.get(ADDRESSES[name])
    for name in ("new", "messages", "details_change", "entry_add", "entry_wrong"):
        web.post(ADDRESSES[name])  # empty: with what is wrong
    assert "When did it happen?" in asked
    assert asked - known - _djangos_own() <= {"%(truncated_text)s…"}  # the same sign in every language here


def _djangos_own():
    """Words the library brings translated itself: months, days, sizes of files."""
    read = gettext.translation("django", Path(django.conf.__file__).parent / "locale", ["pl"])
    return {key[0] if isinstance(key, tuple) else key for key in read._catalog}


@override_settings(LANGUAGES=TWO)
def test_the_switcher_names_the_others_in_their_own_words_and_keeps_the_page(web):
    page = text_of(web.get("/notes/all/?month=2026-06"))
    assert '<button class="app-link-button" type="submit" name="language" value="pl" lang="pl">Polski</button>' in page
    assert 'value="English"' not in page
    assert 'name="next" value="/notes/all/?month=2026-06"' in page


@override_settings(LANGUAGES=TWO)
def test_choosing_a_language_lasts_while_the_browser_is_open(client, db):
    response = client.post("/language/", {"language": "pl", "next": "/before/"})
    assert response.url == "/before/"
    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("pl", "", "", True)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "", "\\\\x"]
)
def test_nobody_is_sent_elsewhere(client, db, back):
    assert client.post("/language/", {"language": "en-gb", "next": back}).url == "/"


@pytest.mark.parametrize("code", ["xx", "", "../../etc"])
def test_a_language_nobody_offers_is_not_kept(client, db, code):
    assert settings.LANGUAGE_COOKIE_NAME not in client.post("/language/", {"language": code}).cookies


@override_settings(LANGUAGES=TWO)
def test_colleagues_read_english_whatever_their_browser_asks_for(client, db):
    sign_in(client, UserFactory())
    page = text_of(client.get("/cases/work/", headers={"accept-language": "pl"}))
    assert 'lang="en-gb"' in page
    assert "Polski" not in page


@override_settings(LANGUAGES=TWO)
def test_a_translation_says_who_checked_it_or_that_nobody_has_and_offers_a_person(web, monkeypatch):
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = "pl"
    monkeypatch.setattr(speaking, "check_of", lambda language: None)
    assert "app-languages__check" in text_of(web.get("/notes/"))
    monkeypatch.setattr(speaking, "check_of", lambda language: Check("Ona Petraitė", date(2026, 11, 25)))
    assert "Ona Petraitė" in text_of(web.get("/notes/"))


def test_english_needs_no_such_line(web):
    assert "app-languages__check" not in text_of(web.get("/notes/"))


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_the_hours_end_without_a_stop_of_their_own(language, compiled):
    """They stand within sentences: a stop at their end would be doubled."""
    with translation.override(language):
        assert not translation.gettext("Monday to Friday, 8am to 5pm").endswith(".")


def test_times_go_by_24_hours_in_other_languages():
    assert clock(time(14, 30)) == "2:30pm"
    with translation.override("pl"):
        assert not is_english()
        assert clock(time(14, 30)) == "14:30"
        assert clock(time(0)) == "00:00"
