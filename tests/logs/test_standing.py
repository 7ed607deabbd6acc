"""What each state allows, move by move."""

import itertools

import pytest

from logs.standing import ALLOWED, MOVES, Answer, ScanState, Standing, Use, may_become, state_of

YES, WARN, NO = Answer.YES, Answer.WARN, Answer.NO
# view a copy, make a copy, download, bundle, import
TABLE = {
    ScanState.NO_SCANNER: (YES, YES, WARN, YES, YES),
    ScanState.WAITING: (YES, NO, NO, NO, NO),
    ScanState.CLEAN: (YES, YES, YES, YES, YES),
    ScanState.INFECTED: (NO, NO, NO, NO, NO),
    ScanState.COULD_NOT: (YES, NO, NO, NO, NO),
}
USES = (Use.VIEW, Use.COPY, Use.DOWNLOAD, Use.BUNDLE, Use.IMPORT)


def test_every_state_answers_for_every_use():
    assert set(ALLOWED) == set(MOVES) == set(ScanState) == set(TABLE)
    assert all(set(each) == set(Use) for each in ALLOWED.values())


@pytest.mark.parametrize(("state", "place"), list(itertools.product(ScanState, range(5))))
def test_what_a_state_allows(state, place):
    assert Standing(state).allows(USES[place]) is TABLE[state][place]
    assert Standing(state).may(USES[place]) is (TABLE[state][place] is not NO)


@pytest.mark.parametrize(("state", "use"), list(itertools.product(ScanState, Use)))
def test_a_lock_takes_everything_away_whatever_the_scan_says(state, use):
    assert Standing(state, is_locked=True).allows(use) is NO


@pytest.mark.h("H24")
@pytest.mark.parametrize("state", [ScanState.WAITING, ScanState.COULD_NOT, ScanState.INFECTED])
def test_no_original_leaves_before_a_scanner_has_said_that_it_is_clean(state):
    assert not Standing(state).may(Use.DOWNLOAD)


@pytest.mark.parametrize(
    ("newest", "has_scanner", "expected"),
    [
        (None, False, ScanState.NO_SCANNER),
        (None, True, ScanState.WAITING),
        ("clean", True, ScanState.CLEAN),
        ("clean", False, ScanState.CLEAN),
        ("infected", True, ScanState.INFECTED),
        ("infected", False, ScanState.INFECTED),
        ("could_not", True, ScanState.COULD_NOT),
        ("could_not", False, ScanState.NO_SCANNER),
    ],
)
def test_where_a_file_stands(newest, has_scanner, expected):
    assert state_of(newest, has_scanner=has_scanner) == expected


@pytest.mark.parametrize(("before", "after"), list(itertools.product(ScanState, ScanState)))
def test_every_move(before, after):
    allowed = {
        ("no_scanner", "clean"), ("no_scanner", "infected"), ("no_scanner", "could_not"),
        ("waiting", "clean"), ("waiting", "infected"), ("waiting", "could_not"),
        ("could_not", "clean"), ("could_not", "infected"), ("could_not", "could_not"),
        ("clean", "infected"),
    }  # fmt: skip
    assert may_become(before, after) is ((before, after) in allowed)
