"""What shows on the outside of the portal: nothing that names the matter, nothing from elsewhere, plain words."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from logs.models import ImportBatch, ImportLine, PatternSwitch
from portal.addresses import ALPHABET, letters_of
from portal.urls import urlpatterns
from reference.models import Advice
from reference.reading import GRADE_AIMED_AT, LONGEST_AVERAGE_SENTENCE, banned_words, measure
from tests.factories import EvidenceFactory, IncidentFactory
from tests.portal.test_writing import NEW, text_of, typed
from tests.samples import coming

TELLING = re.compile(
    r"stalk|victim|police|court|nsv|harass|abuse|perpetrat|offend|crime|evidence|danger|suicid|case\b", re.IGNORECASE
)
DRAFT = uuid4()
BROUGHT, CHOOSING = uuid4(), uuid4()  # files she brought: one is in her notes, of the other she still chooses
AFTERWARDS = {"bring_batch", "bring_undo"}
SAMPLES = {"letters": letters_of(DRAFT), "number": 1, "place": 1, "page": 1}
ADDRESSES = {
    pattern.name: reverse(f"portal:{pattern.name}", kwargs={k: SAMPLES[k] for k in pattern.pattern.converters})
    for pattern in urlpatterns
}
ADDRESSES |= {
    name: address.replace(SAMPLES["letters"], letters_of(BROUGHT if name in AFTERWARDS else CHOOSING))
    for name, address in ADDRESSES.items()
    if name.startswith("bring_")
}
NO_PAGES = {
    "agreed_stop",
    "bring_again",
    "bring_from",
    "bring_more",
    "file",
    "files",
    "keep",
    "offline_on",
    "offline_off",
    "offline_key",
    "offline_send",
    "worker",
}  # a script asks for them, or a press leads on to another page
PAGES = sorted(
    set(ADDRESSES) - {"autosave", "entry_file", "entry_file_open", "entry_file_page", "copy_file"} - NO_PAGES
)
PRESSED = {"entry_file_where"}


@pytest.fixture
def with_content(web, guidance, case, her):
    incident = IncidentFactory(case=case, number=1, recorded_by=her)
    heard = EvidenceFactory(incident=incident, uploaded_by=her, media_type="audio/mpeg")
    PatternSwitch.objects.create(case=case, is_shown=True, by=her, at=timezone.now())
    for key, state in ((BROUGHT, "done"), (CHOOSING, "review")):
        brought = {"case": case, "state": state, "kind": "whatsapp", "asked_by": her, "asked_at": timezone.now()}
        brought["read_from"] = heard
        batch = ImportBatch.objects.create(pk=key, **brought)
        place = {"number": 1, "place_kind": "line", "place_number": 1, "problem": "no_date"}
        ImportLine.objects.create(batch=batch, case=case, outcome="item", text="hello", **place)
    web.post(NEW, typed(DRAFT, press="later"))
    arrival = coming(her, DRAFT)
    arrival.letters = SAMPLES["letters"]
    arrival.save()
    return web


@pytest.fixture
def pages(with_content):
    return {name: (with_content.post if name in PRESSED else with_content.get)(ADDRESSES[name]) for name in PAGES}


@pytest.mark.h("H21")
def test_every_page_is_neutral_outside_and_comes_from_here_alone(pages):
    for name, response in pages.items():
        check_outside(name, response)
        check_sources(text_of(response))
        check_no_key(text_of(response))


def check_outside(name, response):
    page = text_of(response)
    title = re.search(r"<title>(.*?)</title>", page).group(1)
    assert response.status_code == 200
    assert title.endswith(" – My notes")
    assert not TELLING.search(title)
    assert not TELLING.search(ADDRESSES[name])
    assert "no-store" in response["Cache-Control"]
    assert 'href="/exit"' in page
    assert 'href="tel:999"' in page
    assert str(DRAFT) not in ADDRESSES[name]


def check_sources(page):
    fetched = re.findall(
        r"<(?:script|img|link|iframe|form|source|video|object)\b[^>]*?(?:src|href|action)=\"(.*?)\"", page
    )
    assert fetched
    assert all(address.startswith("/") and not address.startswith("//") for address in fetched)
    for link in re.findall(r"<a\b[^>]*href=\"https?://[^>]*>", page):
        assert 'rel="noreferrer noopener"' in link
    assert "<style" not in page
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", page)


def check_no_key(page):
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"
    assert not re.search(rf'(?:href|src|action|data-autosave-url)="[^"]*{uuid}', page)


def test_titles_are_distinct(pages):
    titles = [re.search(r"<title>(.*?)</title>", text_of(page)).group(1) for page in pages.values()]
    assert len(set(titles)) == len(titles) - 1  # a new note and an unfinished one are the same page


def test_every_advice_page_has_a_number_for_a_name(with_content):
    pages = Advice.objects.for_portal().count()
    for number in range(1, pages + 1):
        page = text_of(with_content.get(f"/notes/reading/{number}/"))
        assert f"<title>Advice {number} – My notes</title>" in page
    assert with_content.get(f"/notes/reading/{pages + 1}/").status_code == 404
    assert with_content.get("/notes/reading/0/").status_code == 404


def test_the_advice_tells_five_ways_to_report_and_lists_organisations(with_content):
    page = text_of(with_content.get("/notes/reading/"))
    assert "Five ways to report" in page
    numbers = text_of(with_content.get("/notes/help/"))
    assert "National Stalking Helpline" in numbers
    assert "0808 802 0300" in numbers


def test_letters_make_no_words_and_do_not_tell_the_key(settings):
    """With keys and a secret that stand still: two in a few million pairs share their letters."""
    settings.SECRET_KEY = "one installation"  # pragma: allowlist secret
    keys = [UUID(int=number) for number in range(200)]
    letters = [letters_of(key) for key in keys]
    assert len(set(letters)) == 200
    assert all(set(each) <= set(ALPHABET) for each in letters)
    settings.SECRET_KEY = "another"  # pragma: allowlist secret
    assert not set(letters) & {letters_of(key) for key in keys}


# --- plain words -----------------------------------------------------------------------------------------------------

FOLDER = Path(settings.BASE_DIR) / "templates"
SHARED = [path for path in (FOLDER / "logs" / "bringing").glob("*.html") if path.name != "list.html"]
TEMPLATES = sorted([*(FOLDER / "portal").glob("*.html"), *SHARED])
SENTENCES = re.compile(r"{% translate [\"'](.+?)[\"']|{% blocktranslate[^%]*%}(.+?){% endblocktranslate", re.DOTALL)


def sentences(template):
    found = [a or b for a, b in SENTENCES.findall(template.read_text(encoding="utf-8"))]
    plain = [re.sub(r"{% plural %}|{{.*?}}", " 3 ", text) for text in found]
    return [text if text.rstrip()[-1:] in ".?!:" else f"{text}." for text in plain]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_the_portal_is_easy_to_read(template):
    texts = sentences(template)
    if " " not in "".join(texts).strip():  # nothing, or a title of one word: its page's text is in a part of its own
        return
    whole = measure("\n".join(texts))
    assert whole.average_sentence <= LONGEST_AVERAGE_SENTENCE
    assert whole.grade <= GRADE_AIMED_AT
    assert max(measure(text).average_sentence for text in texts) <= LONGEST_AVERAGE_SENTENCE
    assert banned_words("\n".join(texts)) == []
