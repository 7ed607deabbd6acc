"""The portal's words in other languages: all of them found, none lost, none broken."""

import gettext
import re
from datetime import date

import pytest

from nsvcs import languages
from nsvcs.languages import Check, Word, _of_module, _of_template


def texts(found):
    return {(word.text, word.plural, word.context) for word in found}


TEMPLATE = """{% load i18n %}{% translate 'One' %}{% trans "Two" as x %}
{% blocktranslate %}Three {{ n }}{% endblocktranslate %}
{% blocktranslate count n=m %}{{ n }} file{% plural %}{{ n }} files{% endblocktranslate %}
{{ x|default:_('Four') }}{% translate 'May' context 'month' %}<p>gettext is a word</p>"""
MODULE = """_("One")
gettext_lazy("Two" " and more")
ngettext("file", "files", n)
pgettext("month", "May")
_(name)
print("no")"""


def test_words_of_a_template_are_found():
    assert texts(_of_template(TEMPLATE)) == {
        ("One", "", ""), ("Two", "", ""), ("Three %(n)s", "", ""), ("%(n)s file", "%(n)s files", ""), ("Four", "", ""),
        ("May", "", "month"),
    }  # fmt: skip


def test_words_of_a_module_are_found():
    assert texts(_of_module(MODULE)) == {
        ("One", "", ""), ("Two and more", "", ""), ("file", "files", ""), ("May", "", "month")
    }  # fmt: skip


def test_colleagues_pages_are_not_among_them():
    places = {place for word in languages.words().values() for place in word.places}
    assert "templates/portal/new.html" in places
    assert not [place for place in places if "staff" in place or place.startswith("templates/cases/")]


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    found = {word.key: word for word in (Word("Day"), Word("%(n)s file", plural="%(n)s files"))}
    monkeypatch.setattr(languages, "words", lambda: found)
    return tmp_path


def test_updating_keeps_what_is_translated_adds_what_is_new_and_drops_what_is_gone(shelf):
    assert languages.update("pl") == 2
    path = shelf / "pl.po"
    text = path.read_text().replace('msgid "Day"\nmsgstr ""', 'msgid "Day"\nmsgstr "Dzień"')
    path.write_text(text + '\nmsgid "Gone"\nmsgstr "Nie ma"\n')
    assert languages.update("pl") == 1
    text = path.read_text()
    assert 'msgstr "Dzień"' in text
    assert "Nie ma" not in text
    assert [word.text for word in languages.missing("pl")] == ["%(n)s file"]


def test_a_word_without_all_its_plural_forms_is_missing(shelf):
    languages.update("pl")
    path = shelf / "pl.po"
    forms = 'msgstr[0] "{0}"\nmsgstr[1] "{1}"\nmsgstr[2] "{2}"'
    empty = forms.format("", "", "")
    assert empty in path.read_text()
    path.write_text(path.read_text().replace(empty, forms.format("%(n)s plik", "%(n)s pliki", "")))
    assert "%(n)s file" in [word.text for word in languages.missing("pl")]


def test_who_has_checked_a_language_stands_in_a_file_of_its_own(shelf):
    assert languages.checks() == {}
    (shelf / "checked.toml").write_text('[pl]\nby = "A Person"\non = 2026-11-25\n')
    assert languages.checks() == {"pl": Check("A Person", date(2026, 11, 25))}


def test_what_is_compiled_is_what_was_translated(shelf, tmp_path, monkeypatch):
    languages.update("pl")
    path = shelf / "pl.po"
    path.write_text(path.read_text().replace('msgid "Day"\nmsgstr ""', 'msgid "Day"\nmsgstr "Dzień"'))
    monkeypatch.setattr(languages, "TRANSLATED", ("pl",))
    languages.compile_all(tmp_path / "built")
    read = gettext.translation("django", tmp_path / "built", ["pl"])
    assert read.gettext("Day") == "Dzień"
    assert read.gettext("Night") == "Night"


# --- the catalogues that are kept ------------------------------------------------------------------------------------

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")


def entries(language):
    for entry in languages.catalogue(language):
        if entry.id:
            shown = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
            yield entry, [text for text in shown if text]


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_every_word_a_victim_may_read_is_translated(language):
    assert [word.text for word in languages.missing(language)] == []


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_no_translation_loses_or_invents_a_placeholder(language):
    for entry, shown in entries(language):
        wanted = {
            frozenset(PLACEHOLDER.findall(text)) for text in (entry.id if isinstance(entry.id, tuple) else [entry.id])
        }
        for text in shown:
            assert frozenset(PLACEHOLDER.findall(text)) in wanted, (entry.id, text)


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_no_translation_brings_markup_or_lost_space(language):
    for entry, shown in entries(language):
        said = entry.id[0] if isinstance(entry.id, tuple) else entry.id
        for text in shown:
            assert ("<" in text) == ("<" in said), text
            assert text == text.strip() or said != said.strip(), text
