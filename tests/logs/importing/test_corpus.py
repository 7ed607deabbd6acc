"""Every file of the corpus: no crash, no silent loss, counts in equal counts out plus named rejects."""

import pytest

from logs import importing
from logs.importing import REJECT_WORDS, SKIP_WORDS, UNREADABLE_WORDS, Item, Options, Reject, Skip, Unreadable
from logs.importing.items import EXAMPLES, MARKS, MAX_RAW, MAX_TEXT
from logs.importing.reading import READERS
from tests.logs.importing.conftest import CORPUS
from tests.logs.importing.expected import EXPECTED
from tests.logs.importing.made import MADE

FILES = {path.name for path in CORPUS.iterdir()}


def test_the_corpus_is_whole():
    assert FILES | set(MADE) == set(EXPECTED)
    assert not FILES & set(MADE)
    assert len(EXPECTED) >= 60
    assert {each.kind for each in EXPECTED.values()} == {None, *READERS}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_source_is_read_as_expected(name, corpus):
    expected, path = EXPECTED[name], corpus[name]
    if expected.unreadable:
        with pytest.raises(Unreadable) as refused:
            importing.guess(path, importing.sniff(path))
        assert refused.value.code == expected.unreadable in UNREADABLE_WORDS
        return
    assert importing.sniff(path) == expected.kind
    if expected.kind is None:
        return
    guessed = importing.guess(path, expected.kind)
    assert (guessed.options.date_order or "dmy", guessed.is_date_order_sure) == (expected.order, expected.is_sure)
    records = list(importing.read(path, expected.kind, guessed.options))
    check(records)
    assert sum(isinstance(each, Item) for each in records) == expected.items
    assert [each.code for each in records if isinstance(each, Skip)] == expected.skips.split()
    assert [each.code for each in records if isinstance(each, Reject)] == expected.rejects.split()
    assert guessed.examples == tuple(each for each in records if isinstance(each, Item))[:EXAMPLES]


def check(records):
    """What holds for the records of any source."""
    assert [each.number for each in records] == list(range(1, len(records) + 1))
    for each in records:
        assert each.place_number > 0
        assert len(each.raw) <= MAX_RAW
        assert "\x00" not in each.raw + each.place_in
        if isinstance(each, Reject):
            assert each.code in REJECT_WORDS
        elif isinstance(each, Skip):
            assert each.code in SKIP_WORDS
        else:
            check_item(each)


def check_item(item):
    assert item.marks <= MARKS
    texts = (
        item.text,
        item.sender,
        item.subject,
        *item.recipients,
        *item.fields.values(),
        *(m.name for m in item.media),
    )
    assert not any(set(text) & {"\x00", "\x1b", "\u202e"} for text in texts)
    assert all(len(text) <= MAX_TEXT for text in texts)
    assert item.instant is None or item.instant.utcoffset().total_seconds() == 0
    has_date = item.on is not None or item.instant is not None
    assert has_date or "when_unclear" in item.marks
    assert bool(item.precision) == (item.on is not None)


@pytest.mark.parametrize("kind", READERS)
def test_a_reader_chosen_by_mistake_does_no_harm(kind, corpus):
    for name in sorted(set(EXPECTED) - {"wa-broken.zip"}):
        try:
            check(list(importing.read(corpus[name], kind, Options())))
            importing.guess(corpus[name], kind)
        except Unreadable as refused:
            assert refused.code in UNREADABLE_WORDS  # noqa: PT017 - both answers are right


def test_the_words_of_every_code_are_there():
    for words in (UNREADABLE_WORDS, REJECT_WORDS, SKIP_WORDS):
        for sentence in words.values():
            assert str(sentence).endswith(".")
            assert all(len(part.split()) <= 15 for part in str(sentence).split(". "))


LINES = sorted(name for name in FILES if name.startswith("wa-"))


@pytest.mark.parametrize("name", LINES)
def test_every_line_of_a_chat_stands_in_one_record(name):
    path = CORPUS / name
    text = path.read_bytes().decode("cp1252" if "cp1252" in name else "utf-8-sig").replace("\r\n", "\n")
    records = list(importing.read(path, "whatsapp", importing.guess(path, "whatsapp").options))
    joined = "\n".join(each.raw for each in records)
    assert joined.rstrip("\n") == text.replace("\x00", "\ufffd").rstrip("\n")
