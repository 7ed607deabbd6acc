"""A list as text says what it said, an item a line, and the same values always give the same text."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bundles.engine.lined import lines_of

WORDS = st.text(max_size=4)
PLAIN = st.none() | st.booleans() | st.integers() | WORDS
ITEMS = st.lists(st.dictionaries(WORDS, PLAIN, max_size=3), max_size=3)
VALUES = PLAIN | ITEMS | st.dictionaries(WORDS, PLAIN | ITEMS | st.lists(PLAIN, max_size=3), max_size=3)


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_nothing_is_lost_and_names_are_in_order(told):
    text = lines_of(told)
    assert json.loads(text) == told
    assert lines_of(dict(reversed(list(told.items())))) == text
    assert text.isascii()


def test_each_item_has_a_line_of_its_own():
    rows = [{"page": 3, "number": 1}, {"page": 4, "number": 2}]
    text = lines_of(
        {"pages": 4, "entries": rows, "page_map": {"entries": {"1": 3, "2": 4}, "volumes": [[1, 4]]}, "none": []}
    )
    assert text.split("\n") == [
        "{",
        '"entries": [',
        '{"number": 1, "page": 3},',
        '{"number": 2, "page": 4}',
        "],",
        '"none": [],',
        '"page_map": {',
        '"entries": {',
        '"1": 3,',
        '"2": 4',
        "},",
        '"volumes": [[1, 4]]',
        "},",
        '"pages": 4',
        "}",
    ]
