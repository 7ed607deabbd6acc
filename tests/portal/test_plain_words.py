"""Every sentence that is said to her, wherever it stands: short, plain, and without words of the office."""

import re

from nsvcs import languages
from reference.reading import LONGEST_AVERAGE_SENTENCE, banned_words, measure
from tests.each import over

# Where sentences stand that colleagues alone read, beside others that are hers: of a file's handling, of a scanner.
THEIRS = re.compile(r"^(?:templates/logs/_(?:custody|file)\.html|logs/models/scans\.py)")
MOST_GRADE = 8
ENOUGH_TO_MEASURE = 6  # a label of two words has no grade that means anything
HERS = [word for word in languages.words().values() if not all(THEIRS.search(place) for place in word.places)]


def as_sentence(text):
    text = re.sub(r"%%?\(\w+\)[sd]|%%?[sd]", " 3 ", text)
    return text if text.rstrip()[-1:] in ".?!:" else f"{text}."


def test_there_is_something_to_look_at():
    assert len(HERS) > 1500


@over(HERS, lambda word: word.text)
def test_a_sentence_is_short_and_plain(word):
    text = as_sentence(word.text)
    if " " not in text.strip():
        return
    assert measure(text).average_sentence <= LONGEST_AVERAGE_SENTENCE
    if len(text.split()) >= ENOUGH_TO_MEASURE:
        assert measure(text).grade <= MOST_GRADE
    assert banned_words(text) == []
