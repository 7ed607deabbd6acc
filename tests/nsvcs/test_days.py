"""Dates in words: each language's own way, in one place."""

from datetime import date

import pytest
from django.utils import translation

from nsvcs import days, languages

ON = date(2026, 5, 2)
WANTED = {
    "en-gb": ("2 May 2026", "Saturday 2 May", "2 May", "May 2026"),
    "lt": ("2026 m. gegužės 2 d.", "gegužės 2 d., šeštadienis", "gegužės 2 d.", "2026 m. gegužė"),
    "pl": ("2 maja 2026", "sobota, 2 maja", "2 maja", "maj 2026"),
    "pt": ("2 de maio de 2026", "sábado, 2 de maio", "2 de maio", "maio de 2026"),
    "ro": ("2 mai 2026", "sâmbătă, 2 mai", "2 mai", "mai 2026"),
    "ar": ("2 مايو 2026", "السبت، 2 مايو", "2 مايو", "مايو 2026"),
}


@pytest.mark.parametrize("language", ["en-gb", *languages.TRANSLATED])
def test_a_day_is_written_as_the_language_does(language):
    with translation.override(language):
        said = days.day_words(ON), days.weekday_words(ON), days.day_of_month_words(ON), days.month_words(ON)
    assert said == WANTED[language]


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2026, 9, 1), date(2026, 11, 22)])
def test_english_is_as_it_ever_was(on):
    months = {2: "Feb", 9: "Sep", 11: "Nov"}
    with translation.override("en-gb"):
        assert days.short_day_words(on) == f"{on.day} {months[on.month]} {on.year}"
        assert days.short_month_words(on) == f"{months[on.month]} {on.year}"


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_every_day_and_month_has_its_own_words(language):
    with translation.override(language):
        everything = [date(2024, month, day) for month in range(1, 13) for day in (1, 29)]
        assert len({days.day_words(on) for on in everything}) == 24
        assert len({days.short_day_words(on) for on in everything}) == 24
        assert len({days.short_month_words(on) for on in everything}) == 12


def test_no_sentence_in_lithuanian_ends_twice():
    for entry in languages.catalogue("lt"):
        shown = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        assert not [text for text in shown if text.endswith("%(day)s.")], "a day ends with a full stop of its own"
