from datetime import date, time

import pytest

from logs import importing
from logs.importing import Item, Options
from logs.importing.headings import IN_ORDER, field_of, fields_of
from tests.logs.importing.conftest import CORPUS
from tests.logs.importing.made import FIRST, HEADINGS, excel, word

DAY = date(2026, 6, 13)
FIELDS = dict(zip(IN_ORDER, FIRST, strict=True))


def test_the_headings_of_the_booklet_mean_its_eight_columns():
    assert fields_of(HEADINGS) == IN_ORDER


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("WHEN", "when"), ("Date & time:", "when"), ("Where did it happen?", "place"), ("What he did", "what_happened"),
        ("Description of incident", "what_happened"), ("Proof / photos", "evidence_words"),
        ("Crime ref no.", "police_reference"), ("Police reference", "police_reference"),
        ("CAD number", "police_reference"),
        ("Reported to police? (who, what they did, reference)", "police_response"), ("How it made me feel", "impact"),
        ("Impact on children or others", "impact_on_others"), ("Changes I have made", "changes_made"),
        ("Mood", ""), ("", ""), ("Cost", ""),
    ],
)  # fmt: skip
def test_headings_are_known_however_they_are_typed(heading, field):
    assert field_of(heading) == field


@pytest.mark.parametrize(
    "row",
    [
        (
            "3 June",
            "at home",
            "he came at night",
            "photos",
            "police called",
            "scared, affected",
            "changed locks",
            "children upset",
        ),
        (
            "last week",
            "where I work",
            "what happened was that he rang",
            "proof",
            "police",
            "impact",
            "change",
            "family",
        ),
        ("He rang on the date", "police", "children", "photos", "2026", "felt bad", "", ""),
    ],
)
def test_what_a_victim_wrote_is_never_taken_for_headings(row, items):
    for read in (items(word([HEADINGS, row]), "booklet_docx"), items(excel(HEADINGS, row), "booklet_xlsx")):
        assert [each.text for each in read] == [row[2]]


@pytest.mark.parametrize(
    "name", ["booklet.docx", "booklet-forms.docx", "booklet-facing-pages.docx", "booklet-two-tables.docx"]
)
def test_a_row_of_a_document_fills_the_entry(name, corpus, items):
    for item in items(corpus[name], "booklet_docx")[:1]:
        assert dict(item.fields) == FIELDS
        assert (item.on, item.at, item.precision, item.text) == (DAY, time(21), "about", FIRST[2])
        assert (item.kind, item.place_kind, item.when_words) == ("row", "row", FIRST[0])


def test_merged_cells_count_for_every_row_they_cover(corpus, items):
    assert [each.on for each in items(corpus["booklet-merged.docx"], "booklet_docx")] == [DAY, DAY]
    assert [each.on.day for each in items(corpus["booklet-merged.xlsx"], "booklet_xlsx", date_order="dmy")] == [
        13,
        14,
        14,
    ]


def test_words_in_fields_links_and_tracked_changes_are_read(corpus, items):
    item = items(corpus["booklet-controls.docx"], "booklet_docx")[0]
    assert item.fields == {"when": "13/06/2026", "what_happened": "he rang", "evidence_words": "a link"}


def test_a_picture_in_a_cell_comes_out(corpus, items):
    path = corpus["booklet-picture.docx"]
    picture = items(path, "booklet_docx")[0].media[0]
    assert b"".join(importing.media_bytes(path, "booklet_docx", picture.member)).startswith(b"\xff\xd8")


def test_a_sheet_keeps_dates_formulas_and_columns_of_its_own(corpus, items):
    first, second, third, fourth = items(corpus["booklet.xlsx"], "booklet_xlsx", date_order="dmy")
    assert (first.on, first.at, first.precision, first.fields["other"]) == (DAY, time(21, 15), "exact", "Mood: low")
    assert (second.on, second.at, second.text, second.marks) == (DAY, time(21), "=HYPERLINK(1)", {"formula"})
    assert third.on == date(2026, 6, 14)
    assert (fourth.on, fourth.at, fourth.marks) == (date(2026, 6, 15), time(21), {"year_guessed"})


def test_the_second_sheet_goes_on_with_the_headings_of_the_first(corpus, items):
    second = items(corpus["booklet-two-sheets.xlsx"], "booklet_xlsx")[1]
    assert (second.place_in, second.on, second.at, second.text) == (
        "July",
        date(2026, 7, 1),
        time(9, 30),
        "second sheet",
    )


def test_a_year_is_lent_by_the_row_above_and_said_so(items):
    first, second, third = items(CORPUS / "booklet-plain.csv", "booklet_csv")
    assert (second.on, second.at, second.precision) == (date(2026, 7, 3), time(21), "about")
    assert second.marks == {"year_guessed"}
    assert (third.on, third.marks, third.when_words) == (None, {"when_unclear"}, "last week")
    assert dict(first.fields)["impact_on_others"] == "children upset"


def test_headings_with_typing_mistakes_are_known(items):
    assert set(items(CORPUS / "booklet-typos.csv", "booklet_csv")[0].fields) == set(IN_ORDER)


def test_headings_in_another_language_are_settled_by_a_person(source):
    path = source("Data;Miejsce;Co się stało\n13/06/2026;dom;stał na zewnątrz\n")
    guessed = importing.guess(path, "booklet_csv")
    assert (guessed.columns, dict(guessed.options.columns), guessed.examples) == (
        ("Data", "Miejsce", "Co się stało"),
        {},
        (),
    )
    options = Options(date_order="dmy", columns={"Data": "when", "Co się stało": "what_happened", "Miejsce": ""})
    _, item = importing.read(path, "booklet_csv", options)
    assert isinstance(item, Item)
    assert item.fields == {"when": "13/06/2026", "what_happened": "stał na zewnątrz"}


def test_eight_columns_without_headings_are_the_booklets(items):
    first, _ = items(CORPUS / "booklet-no-headings.csv", "booklet_csv")
    assert (first.on, first.text, first.fields["impact_on_others"]) == (DAY, "one", "x")


def test_periods_and_months(items):
    between, month = items(CORPUS / "booklet-three-columns.csv", "booklet_csv")
    assert (between.at, between.until_time, between.precision) == (time(21), time(22), "between")
    assert (month.on, month.precision) == (date(2026, 6, 1), "month")


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))])
def test_the_order_of_a_date_is_asked_and_then_followed(order, day, source, items):
    path = source("Date,What happened,Evidence\n03/04/2026,he rang,none\n")
    assert not importing.guess(path, "booklet_csv").is_date_order_sure
    assert items(path, "booklet_csv", date_order=order)[0].on == day
