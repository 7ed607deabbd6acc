"""Her pages in a language where every word is known and none has a Latin letter: what is left in English is seen."""

import html
import re
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from nsvcs import languages
from nsvcs.checks import mark_for, pages
from nsvcs.views import server_error
from tests.portal.test_neutral import ADDRESSES, PAGES, PRESSED, with_content
from tests.portal.test_writing import text_of

__all__ = ["with_content"]
LANGUAGE = "ar"
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]*>|&\w+;")
LATIN = re.compile(r"[A-Za-z]{2,}")
FOR_SCRIPTS = re.compile(r'%s|%{count}|%[12]|"(?:zero|one|two|few|many|other)":')
# Of her notes and files, in a list to choose from or a list of things to do, where nothing marks a part of a line.
HER_WORDS = re.compile(r"He stood outside the house\.|clip\.mp4")
SAID = {"aria-label", "title", "placeholder", "alt", "label", "summary"}
SAID_BY_SCRIPTS = re.compile(
    r"^data-(?:i18n|say-|saved|not-|finished|too-|one$|many$|sent|waiting|sign-in|losing|draft|unopened|failed|missing|label)"
)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LEAVING = {
    "exit", "health", "language", "account_logout", "signed_out", "accounts:sign_ins_end", "accounts:time_left",
    "accounts:extend",
}  # fmt: skip
FOR_OTHERS = {"check_file"}  # for whoever was given a file: courts and police, in English
ENDING = {"account_end", "details_stop"}
FILTERED = {"entries", "print", "month"}


def strange(text):
    """The sentence in letters that no page of ours has otherwise; placeholders and tags as they are."""
    ends = [0, *(at for match in KEPT.finditer(text) for at in match.span()), len(text)]
    pieces = [text[a:b] for a, b in zip(ends, ends[1:], strict=False)]
    return "".join(
        piece if place % 2 else re.sub("[A-Za-z]", lambda m: chr(0x10D0 + ord(m[0].lower()) - 97), piece)
        for place, piece in enumerate(pieces)
    )


def forget_words():
    """Templates keep the words they looked up, for as long as the process lives."""
    trans_real._translations.clear()
    for loader in engines["django"].engine.template_loaders:
        loader.reset()


@pytest.fixture
def stranger(tmp_path, settings):
    """Catalogues in which every word that may be hers is said in strange letters."""
    known = Catalog(locale=LANGUAGE)
    for word in languages.words().values():
        told = strange(word.text)
        identity = (word.text, word.plural) if word.plural else word.text
        known.add(identity, [strange(word.plural)] * 6 if word.plural else told, context=word.context or None)
    folder = tmp_path / LANGUAGE / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as compiled:
        write_mo(compiled, known)
    settings.LOCALE_PATHS = [tmp_path]
    forget_words()
    yield
    forget_words()


class Reading(HTMLParser):
    """What a page says in Latin letters where nothing says that it is English, or somebody's own words."""

    def __init__(self):
        super().__init__()
        self.open, self.left = [], []

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        is_marked = tag in {"script", "style", "bdi", "code"} or own.get("dir") in {"auto", "ltr"}
        is_marked |= tag != "html" and "lang" in own
        if tag not in VOID:
            self.open.append((tag, is_marked))
        if not is_marked and not self.is_inside:
            for name, value in attrs:
                is_name = tag == "progress"  # of a file, as she has it
                if not is_name and (name in SAID or SAID_BY_SCRIPTS.search(name)):
                    self.look(value or "", f"{tag} {name}")

    def handle_endtag(self, tag):
        while self.open:
            found, _ = self.open.pop()
            if found == tag:
                break

    def handle_data(self, data):
        if not self.is_inside:
            self.look(data, self.open[-1][0] if self.open else "")

    @property
    def is_inside(self):
        return any(marked for _, marked in self.open)

    def look(self, text, where):
        if LATIN.search(FOR_SCRIPTS.sub("", HER_WORDS.sub("", text))):
            self.left.append((where, " ".join(text.split())))


def left_in(page):
    reading = Reading()
    reading.feed(page)
    return reading.left


def of_verb(verb):
    """Pages of hers and of nobody, with what they are called; without those that end the sign-in."""
    own = [(name, address) for name, address in ADDRESSES.items() if name in PAGES]
    for name, pattern in pages():
        mark = mark_for(name, pattern)
        is_open = mark.is_public or "victim" in mark.roles
        if (
            is_open
            and name not in LEAVING | FOR_OTHERS
            and not name.startswith("portal:")
            and not pattern.pattern.converters
        ):
            own.append((name, reverse(name)))
    own.append(("nowhere", "/nowhere/"))
    return [
        (name, address)
        for name, address in own
        if not (name in PRESSED and verb == "get") and not (name in ENDING and verb == "post")
    ]


def answers(web, nobody, verb):
    """Each of these pages as she and as nobody get it, where it is a page."""
    for name, address in of_verb(verb):
        for who in (web, nobody):
            answer = getattr(who, verb)(address, {"page": "1"})  # something, so that a form is judged
            if answer.status_code not in {302, 405} and answer["Content-Type"].startswith("text/html"):
                yield who, name, answer


@pytest.fixture
def hers(with_content, client):
    """Her and nobody, both in that language, with something of everything there."""
    web, nobody = with_content, Client()
    for _ in range(2):
        web.get(ADDRESSES["home"])  # what was said in English by the page before
    for who in (web, nobody):
        who.cookies[settings.LANGUAGE_COOKIE_NAME] = LANGUAGE
    return web, nobody


@pytest.mark.parametrize("verb", ["get", "post"])
def test_nothing_on_her_pages_is_left_in_english(hers, stranger, verb):
    found, seen = {}, set()
    for _, name, answer in answers(*hers, verb):
        seen.add(name)
        for each in left_in(text_of(answer)):
            found.setdefault(each, f"{verb} {name} {answer.status_code}")
    assert found == {}, "\n".join(map(str, found.items()))
    assert len(seen) > (45 if verb == "get" else 15)


@pytest.mark.parametrize(
    "name", ["400", "403", "403_stale", "404", "409", "410", "413", "429", "500_spoken", "send_again"]
)
def test_pages_of_trouble_are_not_in_english(name, stranger, rf, db):
    with translation.override(LANGUAGE):
        page = render_to_string(f"{name}.html", {"limit": "1", "lost_files": True}, request=rf.get("/"))
    assert left_in(page) == []


def test_when_all_fails_the_page_speaks_the_language_of_the_request(rf, stranger):
    request = rf.get("/")
    request.LANGUAGE_CODE = LANGUAGE
    page = text_of(server_error(request))
    assert (left_in(page), 'dir="rtl"' in page) == ([], True)
    with translation.override(LANGUAGE):
        assert "This is our fault" in text_of(server_error(rf.get("/")))


def test_when_even_that_fails_there_is_the_page_that_needs_nothing(rf, monkeypatch):
    monkeypatch.setattr(translation, "override", None)
    answer = server_error(rf.get("/"))
    assert (answer.status_code, "This is our fault" in text_of(answer)) == (500, True)


@pytest.mark.parametrize("verb", ["get", "post"])
def test_the_switcher_comes_back_to_the_page_and_stands_on_none_where_words_could_be_lost(hers, guidance, verb):
    for who, name, answer in answers(*hers, verb):
        page = text_of(answer)
        back = re.search(r'action="/language/".*?name="next" value="(.*?)"', page, re.DOTALL)
        if not back or answer.status_code == 404:
            continue
        assert who.get(html.unescape(back[1])).status_code < 400, name
        main = page[page.index("<main") : page.index("</main>")]
        is_hers = who is hers[0]
        if is_hers or verb == "post":
            assert not re.search(r'<textarea|type="(?:text|email|tel|password|file)"', main) or name in FILTERED, name


def test_the_switcher_is_offered_before_anybody_signs_in(hers):
    for name in ("accounts:before", "accounts:start", "accounts:recover", "accounts:safer_way"):
        page = text_of(hers[1].get(reverse(name)))
        assert 'name="language" value="pl" lang="pl"' in page, name


def test_the_page_that_a_phone_keeps_is_in_the_language_of_the_page_that_asked(hers, client, stranger):
    script = text_of(hers[0].get(ADDRESSES["worker"]))
    address = re.search(r'PAGE = "(.*?)"', script)[1]
    assert address.endswith(f"?in={LANGUAGE}")
    page = text_of(Client().get(address))  # as the phone asks for it: without a cookie
    assert left_in(page) == []
    assert 'dir="rtl"' in page
    assert 'lang="en-gb"' in text_of(Client().get(address.replace("=ar", "=xx")))
