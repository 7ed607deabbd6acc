from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bundles.selection.choice import Cover, Custody, Listed, News, Pattern, Police, Preset, Section
from bundles.selection.contents import Amendment, ContentsError, digest, from_json, london, to_json
from tests.bundles.world import MADE_AT, contents, entry, exhibit


def test_contents_come_back_from_their_json_unchanged(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    later = (Amendment("withdrawal", "Not him 🧿 \ud800 \x00 مرحبا", "the victim", MADE_AT),)
    way = (Custody("received", MADE_AT, "the victim"),)
    choice = {
        "preset": Preset("family", "family", "Family Court", date(2026, 3, 2), 1, "PD27A", "bates", "cards", 12, 350),
        "cover": Cover("Caseworker, R. O.", "36/1234/26", "PC 1", "01632 960000, the service", "Copy 4F7K"),
        "sections": (Section.POLICE, Section.CHRONOLOGY),
        "police": (Police(1, "3 June", "Rang 101"), Police(None, "4 to 9 June", "No contact recorded")),
        "patterns": (Pattern("By month", "Two in June", ("Month", "Entries"), (("June", "2"),), (("June", 2),)),),
        "listed": (Listed(2, "9 June", "outside the core selection"),),
        "news": News(MADE_AT, (1,), ("E1",), (2,), ("E9",)),
    }
    shown = (exhibit(tmp_path / "f", custody=way, commitment="ab"),)
    frozen = contents(entry(1, amendments=later, exhibits=("KP/1",)), exhibits=shown, **choice)

    assert from_json(to_json(frozen)) == frozen
    assert to_json(from_json(to_json(frozen))) == to_json(frozen)


def test_digest_leaves_out_where_the_files_lie(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    one = exhibit(tmp_path / "f")

    assert digest(contents(exhibits=(one,))) == digest(contents(exhibits=(replace(one, original_path="/elsewhere"),)))
    assert digest(contents(exhibits=(one,))) != digest(contents(exhibits=(replace(one, description="other"),)))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 3, 3, 22, 14, tzinfo=UTC), "3 March 2026 at 22:14 GMT"),
        (datetime(2026, 7, 3, 23, 14, tzinfo=UTC), "4 July 2026 at 00:14 BST"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026 at 02:00 BST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026 at 01:30 GMT"),
    ],
)
def test_times_are_said_as_in_britain(moment: datetime, words: str) -> None:
    assert london(moment) == words


@pytest.mark.parametrize(
    ("number", "entry_number", "marks", "code"),
    [
        (1, 1, ("KP/1", "KP/1"), "used_twice"),
        (1, 9, ("KP/1",), "entry_missing"),
        (1, 1, ("KP/2",), "exhibit_missing"),
    ],
)
def test_contents_that_contradict_themselves_are_refused(
    tmp_path: Path, number: int, entry_number: int, marks: tuple[str, ...], code: str
) -> None:
    (tmp_path / "f").write_bytes(b"x")
    exhibits = tuple(exhibit(tmp_path / "f", mark, entry_number) for mark in marks)

    with pytest.raises(ContentsError) as caught:
        contents(entry(number, exhibits=("KP/1",)), exhibits=exhibits).check()

    assert caught.value.code == code


def test_two_entries_with_one_number_are_refused() -> None:
    with pytest.raises(ContentsError, match="used_twice"):
        contents(entry(1), entry(1)).check()
