import pytest
from django.template import Context, Template
from django.utils import translation

PAGES = {
    "{% translate 'Day' %}": "Tag",
    "{% trans 'Day' as word %}[{{ word }}]": "[Tag]",
    "{% translate 'Day & <b>night</b>' %}": "Day & <b>night</b>",
    "{% translate '100%% sure' %}": "100%% sure",
    "{% translate 'Day'|upper %}": "TAG",
    "{% translate 'Day' noop %}": "Day",
    "{% translate word %}": "Tag",
    "{% translate text %}": "a &lt; b",
    "{% autoescape off %}{% translate text %}{% endautoescape %}": "a < b",
}


@pytest.fixture(autouse=True)
def _german(monkeypatch):
    monkeypatch.setattr(
        "django.utils.translation._trans.gettext",
        lambda text: "Tag" if text == "Day" and translation.get_language() == "de" else text,
    )


@pytest.mark.parametrize("page", PAGES)
def test_words_are_those_of_the_library(page):
    drawn = Template("{% load i18n %}" + page)
    with translation.override("de"):
        for _again in range(2):
            assert drawn.render(Context({"word": "Day", "text": "a < b"})) == PAGES[page]


def test_each_language_has_its_own_word():
    page = Template("{% load i18n %}{% translate 'Day' %}")
    for language, word in [("de", "Tag"), ("en-gb", "Day"), ("de", "Tag")]:
        with translation.override(language):
            assert page.render(Context()) == word


def test_a_variable_is_asked_for_every_time():
    page = Template("{% load i18n %}{% translate word %}")
    with translation.override("de"):
        assert [page.render(Context({"word": word})) for word in ("Day", "Night")] == ["Tag", "Night"]
