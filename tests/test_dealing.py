"""Tests are dealt out so that the long ones begin first, in every process."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.dealing import dealt


@dataclass(eq=False)
class Item:
    """What is asked of a test."""

    name: str
    path: Path
    seconds: int = 0

    def get_closest_marker(self, name):
        return pytest.mark.timeout(self.seconds).mark if name == "timeout" and self.seconds else None


def items(*told):
    return [Item(f"{path}-{number}", Path(path), seconds) for number, (path, seconds) in enumerate(told)]


def test_long_ones_come_first_in_each_part_and_those_of_a_file_together():
    given = items(("a", 0), ("b", 300), ("c", 0), ("d", 400), ("b", 200), ("e", 0), ("f", 90), ("g", 0))
    assert [item.name for item in dealt(given, 2)] == ["b-1", "b-4", "a-0", "c-2", "d-3", "f-6", "e-5", "g-7"]


@pytest.mark.parametrize("processes", [1, 2, 3, 5])
def test_each_is_dealt_out_once_in_an_order_that_goes_by_the_list_alone(processes):
    given = items(*((letter, 60 * (number % 7 == 0)) for number, letter in enumerate("abcdefghijklmno")))
    found = dealt(given, processes)
    assert sorted(found, key=id) == sorted(given, key=id)
    assert [item for item in found if not item.seconds] == [item for item in given if not item.seconds]
    assert dealt(given, processes) == found
