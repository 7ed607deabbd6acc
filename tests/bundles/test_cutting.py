from bundles.engine.cutting import cut
from bundles.engine.ordering import Printing
from nsvcs.typesetting import Typesetter
from tests.bundles.world import contents, entry


def parts(items: list[str], **limits: int) -> list[list[str]]:
    told = {"about": 20, "most": 50, "heaviest": 10**6} | limits
    return list(cut(items, str, lambda item: 1, **told))


ITEMS = [f"entry {number}" for number in range(1000)]


def test_every_item_is_in_one_part_in_its_order() -> None:
    assert [item for part in parts(ITEMS) for item in part] == ITEMS


def test_item_added_in_the_middle_changes_the_part_it_stands_in_alone() -> None:
    before = {tuple(part) for part in parts(ITEMS)}
    after = {tuple(part) for part in parts([*ITEMS[:500], "new", *ITEMS[500:]])}

    assert len(after - before) <= 2


def test_no_part_has_more_than_the_most_or_is_heavier_than_it_may_be() -> None:
    assert max(map(len, parts(ITEMS, about=10_000, most=7))) == 7
    assert max(map(len, parts(ITEMS, about=10_000, most=1000, heaviest=3))) == 3


def test_item_added_where_no_name_cuts_changes_few_parts_all_the_same() -> None:
    limits = {"about": 10**9, "most": 50}
    before = {tuple(part) for part in parts(ITEMS, **limits)}
    for place in (3, 250, 500, 777):
        after = {tuple(part) for part in parts([*ITEMS[:place], "new", *ITEMS[place:]], **limits)}
        assert len(after - before) <= 3


def test_item_that_is_too_heavy_stands_alone() -> None:
    told = list(cut([1, 9, 1], str, lambda item: item, about=10_000, most=50, heaviest=5))

    assert told == [[1], [9], [1]]


def test_nothing_is_cut_by_name_where_no_size_is_wanted() -> None:
    assert [len(part) for part in cut(ITEMS[:120], str, lambda item: 1, about=None, most=200, heaviest=10**6)] == [120]
    sizes = [len(part) for part in cut(ITEMS, str, lambda item: 1, about=None, most=200, heaviest=10**6)]
    assert max(sizes) <= 200
    assert min(sizes[:-1]) > 200 // 4


def test_a_short_log_is_one_chapter_and_a_long_one_several() -> None:
    chapters = [Printing(contents(*map(entry, range(1, count))), Typesetter()).chapters for count in (40, 121, 1000)]
    assert [len(each) for each in chapters[:2]] == [1, 1]
    assert len(chapters[2]) > 4
