"""About how long a bundle will still take: counted down, never up without need, and never a lie."""

from datetime import timedelta
from typing import cast

import pytest
from django.utils import timezone

from bundles.building import estimating
from bundles.building.estimating import SECONDS_EACH, Estimate
from bundles.building.words import step_sentence
from bundles.models import StepTime
from jobs.models import Job
from jobs.working import Work

NOW = timezone.now()


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def told_at_each_piece(seconds_each, *, planned=1.0, pieces=30):
    clock = Clock()
    estimate = Estimate({"printing": pieces}, {"printing": planned}, clock)
    told = []
    for _ in range(pieces):
        told.append((estimate.left(), pieces * seconds_each - clock.now))
        clock.now += seconds_each
        estimate.did("printing")
    return [*told, (estimate.left(), 0)], estimate


def test_what_goes_as_it_used_to_is_counted_down_to_nothing():
    told, estimate = told_at_each_piece(1.0)
    assert [round(left - real) for left, real in told] == [0] * 31
    assert estimate.measured() == {"printing": 1.0}


@pytest.mark.parametrize("seconds_each", [0.1, 0.5, 1.0, 1.2])
def test_what_is_told_never_rises_while_it_is_near_the_truth(seconds_each):
    told = [left for left, _ in told_at_each_piece(seconds_each)[0]]
    assert told == sorted(told, reverse=True)
    assert told[-1] == 0


def test_what_was_far_off_is_put_right_rather_than_held_to():
    """Three times as slow as before: after a few pieces it says so, once and not with every piece."""
    told, _ = told_at_each_piece(3.0)
    rises = [place for place in range(1, len(told)) if told[place][0] > told[place - 1][0]]
    assert len(rises) == 1
    assert rises[0] < 5
    assert all(abs(left - real) <= 10 for left, real in told[rises[0] :])


def test_what_comes_before_the_first_piece_is_not_taken_for_the_pace_of_all():
    clock = Clock()
    estimate = Estimate({"printing": 60}, {"printing": 0.5}, clock)
    clock.now += 15  # the choice is read, and the pages are laid out
    for _ in range(5):
        estimate.did("printing")
        assert estimate.left() <= 30
        clock.now += 0.5
    assert estimate.measured() == {"printing": 0.5}


def test_a_step_that_nobody_has_measured_has_a_figure_of_ours():
    assert set(SECONDS_EACH) == {step for group in estimating.GROUPS for step in group}
    assert Estimate({"joining": 1}).left() == SECONDS_EACH["joining"]


class Listening:
    """A job that notes what it is told."""

    def __init__(self):
        self.told = []

    def progress(self, step, done=0, total=0, *, items, left=None):
        self.told.append((step, items[0]))


@pytest.mark.django_db
def test_first_and_last_of_a_step_are_told_at_once_and_those_between_a_few_times_a_second():
    clock, work = Clock(), Listening()
    telling = estimating.Telling(cast(Work, work), 1000)
    telling.estimate.clock = clock
    for step in ("preparing", "checking"):
        for _ in range(1000):
            clock.now += 0.001
            telling.piece(step, 0, 2000, "")
    for step in ("joining", "sealing"):
        telling.piece(step, 0, 2000, "")
    firsts = [(step, number) for step, number in work.told if number == 1]
    assert firsts == [("preparing", 1), ("checking", 1), ("joining", 1), ("sealing", 1)]
    assert {("preparing", 1000), ("checking", 1000)} <= set(work.told)
    assert len(work.told) <= 2 * 7 + 2
    clock.now += 1
    telling.piece("printing", 0, 2000, "")
    for _ in range(3):
        clock.now += 0.3
        telling.piece("printing", 0, 2000, "")
    assert [number for step, number in work.told if step == "printing"] == [1, 2, 3, 4]


@pytest.mark.django_db
@pytest.mark.parametrize(("files", "told"), [(3, [("preparing", 1)]), (0, [])])
def test_what_was_chosen_is_said_to_be_read_when_it_is(files, told):
    work = Listening()
    estimating.Telling(cast(Work, work), files).prepares()
    assert work.told == told


@pytest.mark.django_db
def test_the_middle_of_the_latest_bundles_is_what_the_next_one_goes_by():
    for seconds in [*[90.0] * 30, *[1.0] * 9, *[2.0] * 11]:
        estimating.remember({"printing": seconds})
    assert estimating.usual_seconds() == {"printing": 2.0}
    assert StepTime.objects.count() == estimating.REMEMBERED


def job(**fields):
    return Job(kind="bundle", state="running", told_at=NOW, claimed_at=NOW, not_before=NOW, **fields)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (0, "a few seconds left"),
        (6, "a few seconds left"),
        (7, "about 10 seconds left"),
        (14, "about 20 seconds left"),
        (60, "about 60 seconds left"),
        (61, "about 2 minutes left"),
        (179, "about 3 minutes left"),
    ],
)
def test_the_sentence_names_the_step_the_item_and_the_time(left, words):
    told = job(step="preparing", item=12, items=37, seconds_left=left)
    assert step_sentence(told, now=NOW) == f"Step 2 of 4: adding file 12 of 37, {words}."


def test_time_goes_on_while_nothing_new_is_said():
    told = job(step="joining", seconds_left=30)
    assert "about 20 seconds" in step_sentence(told, now=NOW + timedelta(seconds=12))
    assert "a few seconds" in step_sentence(told, now=NOW + timedelta(minutes=2))
    assert step_sentence(job(step="joining"), now=NOW) == "Step 3 of 4: putting the pages together."


@pytest.mark.parametrize(
    ("ahead", "begun", "words"),
    [
        (0, None, "Waiting for a worker. Yours is next."),
        (1, None, "Waiting for a worker: 1 bundle before yours."),
        (2, None, "Waiting for a worker: 2 bundles before yours."),
        (2, NOW, "Part of it is made. Waiting for its next turn: 2 bundles before yours."),
        (0, NOW, "Part of it is made. Yours is next."),
    ],
)
def test_who_waits_is_told_the_place(ahead, begun, words):
    assert step_sentence(Job(state="queued", claimed_at=begun), ahead) == words
