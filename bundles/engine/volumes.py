"""What each volume of a bundle says of all of them: a page of every file, since no file may lead to another."""

from collections.abc import Iterator

from bundles.engine.planning import Plan, Volume, volume_name
from bundles.engine.rendering import VolumeRow, entry_place, exhibit_place, parts_of
from bundles.selection.contents import Contents
from logs.making.telling import runs

WITH_A_LIST = "police"  # whose files leave with the list that names them; any other file gets a name of no meaning
LONGEST = 120


def rows(contents: Contents, plan: Plan) -> Iterator[VolumeRow]:
    """Each volume: its pages, and what is in it.

    No digest stands here: it is of the sealed file, whose seal has another time whenever it is made, and the same
    choice is to give the same pages. The digests are in the list beside the bundle.
    """
    is_listed = contents.preset is not None and contents.preset.edition == WITH_A_LIST
    for volume in plan.volumes:
        last = volume.first + volume.pages - 1
        pages = f"{plan.label(volume.first)} to {plan.label(last)}"
        name = volume_name(volume.number) if is_listed else ""
        yield VolumeRow(volume.number, pages, tuple(_holds(contents, plan, volume)), name)


def _holds(contents: Contents, plan: Plan, volume: Volume) -> Iterator[str]:
    for place, words in parts_of(contents):
        if volume.has(plan.places[place][0]):
            yield words
    numbers = [entry.number for entry in contents.entries if volume.has(plan.places[entry_place(entry.number)][0])]
    if numbers:
        yield f"Entries {_short(runs(numbers), len(numbers))}"
    marks = [each.mark for each in contents.exhibits if volume.has(plan.places[exhibit_place(each.mark)][0])]
    if marks:
        yield f"Exhibit {marks[0]}" if len(marks) == 1 else f"Exhibits {marks[0]} to {marks[-1]} ({len(marks)})"


def _short(words: str, count: int) -> str:
    """The numbers, or how many there are where they are many."""
    return words if len(words) <= LONGEST else f"from {words.split(',')[0].split()[0]} on ({count})"
