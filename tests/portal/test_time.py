"""What a note says about time, through the page: both clock changes, periods, a month, and what is not yet."""

import pytest
import time_machine

from logs.models import Incident
from tests.portal.test_writing import NEW, text_of, typed


@pytest.mark.parametrize(("fold", "words"), [("0", "before"), ("1", "after")])
def test_which_of_two_hours_it_was_is_kept_and_shown(web, fold, words):
    sent = typed(when="other", on_day="25", on_month="10", on_year="2026", at="1:30am", fold=fold)
    with time_machine.travel("2026-11-25 12:00Z"):
        sent_once = web.post(NEW, {name: value for name, value in sent.items() if name != "fold"})
        assert "so that hour came twice" in text_of(sent_once)
        assert "He rang nine times." in text_of(sent_once)
        web.post(NEW, sent)
    entry = Incident.objects.get()
    assert (entry.fold, entry.occurred_at.hour) == (int(fold), int(fold))
    assert f"1:30am ({words} the clocks went back)" in text_of(web.get("/notes/1/"))


def test_an_hour_that_was_not_there_is_explained_and_kept_as_written(web):
    sent = typed(when="other", on_day="29", on_month="3", on_year="2026", at="1:30am")
    with time_machine.travel("2026-04-01 12:00Z"):
        page = text_of(web.post(NEW, sent, follow=True))
    assert "The clocks went forward on 29 March 2026, so there was no 1:30am that day." in page
    assert "We have kept the time as you wrote it." in page
    entry = Incident.objects.get()
    assert (entry.occurred_time.hour, entry.occurred_time.minute) == (1, 30)
    assert "29 March 2026, about 1:30am" in text_of(web.get("/notes/1/"))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"precision": "still_happening"}, "since 20 June 2026, still happening"),
        ({"at": "2pm", "until_at": "4pm"}, "20 June 2026, about 2pm to 4pm"),
        ({"at": "2pm", "until_at": "4pm", "precision": "between"}, "20 June 2026, between 2pm and 4pm"),
        ({"until_on_day": "22", "until_on_month": "6", "until_on_year": "2026"}, "20 June 2026 to 22 June 2026"),
        ({"at": "after the school run"}, "20 June 2026 (“after the school run”)"),
        ({"on_day": "", "precision": "month"}, "June 2026"),
    ],
)
def test_time_is_shown_as_it_was_written(web, sent, shown):
    day = {"when": "other", "on_day": "20", "on_month": "6", "on_year": "2026"}
    with time_machine.travel("2026-07-01 12:00Z"):
        assert web.post(NEW, typed(**day | sent)).status_code == 302
        assert shown in text_of(web.get("/notes/1/"))


def test_29_february_is_a_day_and_tomorrow_is_not_yet(web):
    day = {"when": "other", "on_day": "29", "on_month": "2", "on_year": "2024"}
    with time_machine.travel("2024-02-28 23:50Z"):
        refused = web.post(NEW, typed(**day))
        assert refused.status_code == 422
        assert "That day has not come yet. Enter today or a day before." in text_of(refused)
        assert "He rang nine times." in text_of(refused)
    with time_machine.travel("2024-02-29 00:10Z"):
        assert web.post(NEW, typed(**day)).status_code == 302
    assert "29 February 2024" in text_of(web.get("/notes/1/"))
