"""The form of an entry: what is typed about time, what is refused in words, and that text comes through unchanged."""

from datetime import date, time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from logs.drafting import INPUTS, as_data, as_initial, brought_forward, is_blank, merged
from logs.forms import EntryForm
from logs.rules import in_words
from logs.when_forms import read_time

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2026-11-22T18:00:00Z", tick=False):
        yield


NO_WORDS = "Write what happened, or add a photo or recording"


def form_of(files=(), today=TODAY, for_staff=False, **typed):
    typed = {"when": "today", "what_happened": "He rang.", "asked_on": today.isoformat()} | typed
    return EntryForm(as_data(typed), MultiValueDict({"uploads": list(files)}), today=today, for_staff=for_staff)


def other_day(day="3", month="June", year="2026", **typed):
    return form_of(when="other", on_day=day, on_month=month, on_year=year, **typed)


def said(form):
    assert form.is_valid(), form.errors
    return in_words(form.written())


def fault(form, name):
    assert not form.is_valid()
    return " ".join(form.errors[name])


def test_only_when_and_what_happened_are_needed():
    form = EntryForm(QueryDict(), today=TODAY)
    assert not form.is_valid()
    assert form.errors == {"when": ["Choose when it happened"], "what_happened": [NO_WORDS]}
    assert form_of().is_valid()
    assert fault(form_of(what_happened="  \n "), "what_happened") == NO_WORDS


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"when": "today"}, "22 November 2026"),
        ({"when": "yesterday"}, "21 November 2026"),
        ({"at": "2:30pm"}, "22 November 2026, about 2:30pm"),
        ({"at": "about 3 pm"}, "22 November 2026, about 3pm"),
        ({"at": "14:30", "precision": "exact"}, "22 November 2026, 2:30pm"),
        ({"at": "after work"}, "22 November 2026 (“after work”)"),
        ({"at": "half two-ish"}, "22 November 2026 (“half two-ish”)"),
        ({"at": "2:30pm", "precision": "day"}, "22 November 2026 (“2:30pm”)"),
        (
            {"at": "9am", "until_at": "11am", "precision": "between"},
            "22 November 2026, between 9am and 11am",
        ),
        ({"precision": "still_happening"}, "since 22 November 2026, still happening"),
    ],
)
def test_what_is_typed_about_time_is_kept_as_written(typed, words):
    assert said(form_of(**typed)) == words


def test_another_day_may_be_a_period_or_only_a_month():
    assert said(other_day()) == "3 June 2026"
    until = {"until_on_day": "5", "until_on_month": "6", "until_on_year": "2026"}
    assert said(other_day(**until)) == "3 June 2026 to 5 June 2026"
    assert said(other_day(day="", precision="month")) == "June 2026"
    assert said(other_day(day="", month="Nov", precision="month")) == "November 2026"


def test_yesterday_is_the_day_before_in_any_month_and_year():
    with time_machine.travel("2028-03-01T10:00:00Z", tick=False):
        assert said(form_of(when="yesterday", today=date(2028, 3, 1))) == "29 February 2028"
    with time_machine.travel("2027-01-01T10:00:00Z", tick=False):
        assert said(form_of(when="yesterday", today=date(2027, 1, 1))) == "31 December 2026"


def test_29_february_is_taken_in_leap_years_only():
    assert said(other_day("29", "February", "2024")) == "29 February 2024"
    assert "no such day" in fault(other_day("29", "February", "2026"), "on")


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence"),
    [
        ("", "June", "2026", "If you only know the month, say so below"),
        ("3", "Juny", "2026", "The month must be a number"),
        ("3", "June", "26", "The year must have 4 numbers"),
        ("23", "November", "2026", "That day has not come yet"),
        ("31", "December", "1899", "Check the year"),
        ("", "", "", "Enter the day it happened"),
    ],
)
def test_a_wrong_day_is_refused_in_words(day, month, year, sentence):
    assert sentence in fault(other_day(day, month, year), "on")


def test_later_today_is_not_the_future_but_tomorrow_is():
    assert form_of(at="11:59pm").is_valid()
    tomorrow = {"until_on_day": "23", "until_on_month": "11", "until_on_year": "2026"}
    assert "has not come yet" in fault(form_of(**tomorrow), "until_on")


def test_the_last_minute_of_the_day_belongs_to_that_day():
    with time_machine.travel("2026-11-22T23:59:30Z", tick=False):
        assert said(form_of()) == "22 November 2026"


def test_today_means_the_day_the_page_was_shown_on():
    after_midnight = date(2026, 11, 23)
    with time_machine.travel("2026-11-23T00:05:00Z", tick=False):
        form = EntryForm(
            as_data({"when": "today", "what_happened": "x", "asked_on": "2026-11-22"}), today=after_midnight
        )
        assert said(form) == "22 November 2026"
        assert form.fields["when"].choices[0][1] == "Today, 22 November"


@pytest.mark.parametrize("asked", ["2026-11-23", "2099-01-01", "2026-08-01", "nonsense", ""])
def test_a_day_the_page_cannot_have_been_shown_on_is_not_believed(asked):
    assert said(form_of(asked_on=asked)) == "22 November 2026"


@pytest.mark.parametrize("clock", ["2:30", "12", "7"])
def test_a_time_that_could_be_either_half_is_asked(clock):
    assert fault(form_of(at=clock), "at") == "Add am or pm to the time, like 2:30pm"


def test_a_time_that_is_none_is_refused_and_words_are_words():
    assert "Enter a time" in fault(form_of(at="25:00"), "at")
    assert read_time("two o’clock") == (None, "two o’clock")
    assert read_time("about 9.15 am") == (time(9, 15), "")
    assert read_time("~14:30") == (time(14, 30), "")
    assert read_time("") == (None, "")


def test_the_end_comes_after_the_start():
    late = fault(form_of(at="11pm", until_at="2am"), "until_on")
    assert "If it went past midnight, add the day" in late
    before = {"until_on_day": "2", "until_on_month": "6", "until_on_year": "2026"}
    assert "after the start" in fault(other_day(**before), "until_on")


def test_between_needs_an_end_and_still_happening_has_none():
    assert "had happened by" in fault(form_of(precision="between"), "until_on")
    assert "still happening" in fault(form_of(precision="still_happening", until_at="5pm"), "until_on")


def test_the_doubled_hour_is_asked_and_only_then():
    night = {"day": "25", "month": "October", "year": "2026", "at": "1:30am"}
    form = other_day(**night)
    assert "Choose which" in fault(form, "fold")
    assert form.asks_fold
    second = other_day(**night, fold="1")
    assert said(second) == "25 October 2026, about 1:30am (after the clocks went back)"
    assert second.written().fold == 1
    unsure = other_day(**night, fold="unsure")
    assert said(unsure) == "25 October 2026, about 1:30am"
    plain = form_of(at="1:30am", fold="1")
    assert plain.is_valid()
    assert plain.written().fold is None


def test_an_hour_that_was_jumped_over_is_kept_with_a_notice():
    form = other_day("29", "March", "2026", at="1:30am")
    assert said(form) == "29 March 2026, about 1:30am"
    assert "The clocks went forward" in form.clock_notice()
    plain = form_of()
    assert plain.is_valid()
    assert not plain.clock_notice()


def test_place_and_evidence_join_ticks_and_words():
    form = form_of(
        place="Tesco car park", was_online="on", evidence_kinds=["photo", "witness"], evidence_words="My sister"
    )
    assert form.is_valid()
    assert form.content()["place"] == "Tesco car park (online or by phone)"
    assert form.content()["evidence_words"] == "Photo, Somebody saw or heard it\nMy sister"
    only_online = form_of(was_online="on")
    assert only_online.is_valid()
    assert only_online.content()["place"] == "Online or by phone"


def test_everything_else_comes_through_as_typed():
    typed = {
        "police_contacted": "not_yet",
        "police_response": "They took a statement.",
        "police_reference": "36/1234/26",
        "impact": "  I did not sleep.\n",
        "changes_made": "New locks",
        "impact_on_others": "Children frightened",
        "behaviours": ["CALLS", "FOLLOWING"],
    }
    form = form_of(**typed)
    assert form.is_valid(), form.errors
    assert form.content().items() >= typed.items()
    assert form.content()["occurred_on"] == TODAY


def test_20000_characters_from_right_to_left_with_emoji_come_through():
    text = ("كان واقفا أمام البيت 😱👩‍👧 " * 1000)[:20_000]
    form = form_of(what_happened=text)
    assert form.is_valid(), form.errors
    assert form.content()["what_happened"] == text
    assert "20,001" in fault(form_of(what_happened=text + "x"), "what_happened").replace("20001", "20,001")


def test_a_file_that_cannot_be_kept_is_named_and_the_reason_said():
    bad = SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 200)
    form = form_of(files=[bad])
    assert fault(form, "uploads").startswith("run.exe: ")
    assert form.refused[0].label == "run.exe"
    assert form_of(files=[SimpleUploadedFile("a.txt", b"He wrote: I see you.")]).is_valid()


def test_staff_see_the_terms_of_the_field():
    assert form_of(for_staff=True).fields["impact"].label == "Impact"
    labels = [label for group, options in form_of(for_staff=True).behaviour_groups() for label in [options[0]["label"]]]
    assert "Phone calls" in labels


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_boxes_of_its_page_and_leaves_the_others():
    first = merged({}, as_data({"when": "today", "what_happened": "He rang", "csrfmiddlewaretoken": "x"}))
    assert first == {"when": "today", "what_happened": "He rang"}
    second = merged(first, as_data({"behaviours": ["CALLS"]}), ("behaviours",))
    assert second == first | {"behaviours": ["CALLS"]}
    assert merged(second, as_data({}), ("behaviours",)) == first


def test_a_draft_is_shown_again_without_being_judged():
    content = {"when": "other", "on_day": "31", "on_month": "Febr", "behaviours": ["CALLS"], "was_online": "on"}
    form = EntryForm(initial=as_initial(content), today=TODAY)
    html = form["on"].as_widget() + form["was_online"].as_widget()
    assert 'value="Febr"' in html
    assert "checked" in html
    assert form["behaviours"].value() == ["CALLS"]


def test_a_draft_of_an_earlier_day_keeps_its_day():
    content = {"when": "yesterday", "asked_on": "2026-11-20", "what_happened": "x"}
    moved = brought_forward(content, TODAY)
    assert said(EntryForm(as_data(moved), today=TODAY)) == "19 November 2026"
    assert brought_forward(content, date(2026, 11, 20)) == content
    assert brought_forward({"what_happened": "x"}, TODAY) == {"what_happened": "x"}


def test_a_page_only_opened_is_blank():
    assert is_blank({"asked_on": "2026-11-22", "when": "today"})
    assert not is_blank({"place": "home"})


def test_every_box_of_the_form_is_kept_in_a_draft():
    names = {
        box
        for name, field in EntryForm.base_fields.items()
        for box in (
            [f"{name}_{part}" for part in ("day", "month", "year")]
            if name in {"on", "until_on", "learned_on"}
            else [name]
        )
    }
    assert names - {"uploads"} == set(INPUTS)


def learned(day, month="6", year="2026", **typed):
    return other_day(learned_on_day=day, learned_on_month=month, learned_on_year=year, **typed)


def test_finding_out_later_is_a_day_of_its_own_from_the_day_it_happened_to_today():
    assert said(learned("20")) == "3 June 2026, found out on 20 June 2026"
    assert said(learned("3")) == "3 June 2026, found out on 3 June 2026"
    assert said(learned("1", precision="month")) == "June 2026, found out on 1 June 2026"
    assert said(learned("22", "11")) == "3 June 2026, found out on 22 November 2026"
    assert learned("20").is_valid()
    assert "before it happened" in fault(learned("2"), "learned_on")
    assert fault(learned("23", "11"), "learned_on")
    assert fault(learned("30", "2"), "learned_on")


def test_the_day_she_found_out_is_in_the_draft_and_in_the_content():
    content = merged({}, learned("20").data)
    assert (content["learned_on_day"], content["learned_on_year"]) == ("20", "2026")
    form = learned("20")
    assert form.is_valid()
    assert form.content()["learned_on"] == date(2026, 6, 20)
