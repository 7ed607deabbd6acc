"""Every form looks and reads the same: classes, ids, wording, dates and times as people type them."""

import datetime
import re

import pytest
from django import forms as plain
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.template import engines
from django.utils.datastructures import MultiValueDict

from nsvcs import forms

CHOICES = [("a", "Apples"), ("b", "Bread")]


class EveryField(forms.Form):
    line = forms.CharField(label="Line", help_text="A hint", missing="Write a line", width=10)
    lines = forms.TextField(label="Lines", max_length=20)
    radio = forms.ChoiceField(label="Radio", choices=CHOICES, widget=forms.Radios(hints={"b": "Fresh"}))
    boxes = forms.MultipleChoiceField(label="Boxes", choices=CHOICES)
    pick = forms.SelectField(label="Pick", choices=CHOICES)
    day = forms.DateField(label="Day")
    at = forms.TimeField(label="At")
    file = forms.FileField(label="File")
    word = forms.PasswordField(label="Word")
    mail = forms.EmailField(label="Mail")
    count = forms.IntegerField(label="Count")
    phone = forms.PhoneField(label="Phone")
    tick = forms.BooleanField(label="Tick")
    key = forms.KeyField()


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load govuk %}" + source).render(context)


def posted(text: str) -> QueryDict:
    return QueryDict(text)


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("line", "govuk-input govuk-input--width-10"),
        ("lines", "govuk-textarea"),
        ("pick", "govuk-select"),
        ("at", "govuk-input govuk-input--width-10"),
        ("file", "govuk-file-upload"),
        ("word", "govuk-input govuk-password-input__input govuk-js-password-input-input"),
        ("mail", "govuk-input"),
        ("count", "govuk-input govuk-input--width-5"),
        ("phone", "govuk-input govuk-input--width-20"),
        ("tick", "govuk-checkboxes__input"),
        ("day", "govuk-date-input__input govuk-input--width-5"),
        ("radio", "govuk-radios__input"),
        ("boxes", "govuk-checkboxes__input"),
    ],
)
def test_each_control_has_its_class(name: str, css: str) -> None:
    assert css in EveryField()[name].as_field_group()


def test_fields_of_libraries_are_drawn_the_same_way() -> None:
    class Theirs(plain.Form):
        name = plain.CharField(max_length=5)
        way = plain.ChoiceField(choices=CHOICES, widget=plain.RadioSelect)
        secret = plain.CharField(widget=plain.PasswordInput)

    drawn = str(Theirs())
    assert 'class="govuk-input"' in drawn
    assert "govuk-radios__item" in drawn
    assert "govuk-password-input__toggle" in drawn
    assert " required" not in drawn


def test_hint_and_error_are_tied_to_the_box() -> None:
    drawn = EveryField(posted("line="))["line"].as_field_group()
    assert 'aria-describedby="id_line-hint id_line-error"' in drawn
    assert '<p id="id_line-error" class="govuk-error-message">' in drawn
    assert "govuk-form-group--error" in drawn
    assert "govuk-input--error" in drawn
    assert 'aria-invalid="true"' in drawn


def test_counted_box_says_its_limit_and_cuts_nothing_off() -> None:
    drawn = EveryField()["lines"].as_field_group()
    assert 'data-maxlength="20"' in drawn
    assert " maxlength=" not in drawn
    assert "You can write up to 20 characters" in drawn
    assert 'aria-describedby="id_lines-info"' in drawn


def test_line_ends_count_once() -> None:
    field = forms.TextField(max_length=3)
    assert field.clean("a\r\nb") == "a\nb"


@pytest.mark.parametrize(
    ("name", "anchor"),
    [("line", "id_line"), ("radio", "id_radio_0"), ("boxes", "id_boxes_0"), ("day", "id_day_day"), ("tick", "id_tick")],
)
def test_error_summary_moves_to_the_first_box(name: str, anchor: str) -> None:
    form = EveryField(posted("x=1"))
    drawn = draw("{% error_summary form %}", form=form)
    assert f'href="#{anchor}"' in drawn
    assert f'id="{anchor}"' in form[name].as_field_group()


def test_error_summary_of_a_fresh_form_is_empty() -> None:
    assert draw("{% error_summary form %}", form=EveryField()).strip() == ""


def test_summary_and_field_use_the_same_words() -> None:
    form = EveryField(posted("line="))
    assert "Write a line" in draw("{% error_summary form %}", form=form)
    assert "Write a line" in form["line"].as_field_group()


def test_form_with_faults_answers_422() -> None:
    assert forms.form_status(EveryField(posted("line="))) == 422
    assert forms.form_status(EveryField()) == 200


def test_fields_that_may_be_left_out_say_so_but_not_in_filters() -> None:
    class Some(forms.Form):
        more = forms.CharField(label="More", required=False)

    class Search(forms.FilterForm):
        more = forms.CharField(label="More", required=False)

    assert "(optional)" in Some()["more"].as_field_group()
    assert "(optional)" not in Search()["more"].as_field_group()


def test_a_choice_shows_the_field_it_reveals_and_the_form_does_not_repeat_it() -> None:
    class When(forms.Form):
        when = forms.ChoiceField(
            choices=[("today", "Today"), ("other", "Other")], widget=forms.Radios(reveals={"other": "on"})
        )
        on = forms.DateField(required=False)

    drawn = str(When())
    assert drawn.count('name="on_day"') == 1
    assert "(optional)" not in drawn
    assert drawn.index('value="other"') < drawn.index("app-reveal") < drawn.index('name="on_day"')


def test_none_of_these_is_parted_and_unticks_the_rest() -> None:
    class Kinds(forms.Form):
        kinds = forms.MultipleChoiceField(
            choices=[*CHOICES, ("none", "None")], widget=forms.Checkboxes(exclusive="none")
        )

    drawn = str(Kinds())
    assert "govuk-checkboxes__divider" in drawn
    assert 'data-behaviour="exclusive"' in drawn


def test_post_form_places_token_encoding_and_hidden_key_once() -> None:
    form = EveryField()
    drawn = draw("{% post_form form %}{{ form }}{% endpost_form %}", form=form, csrf_token="abc")
    assert 'enctype="multipart/form-data"' in drawn
    assert "novalidate" in drawn
    assert 'value="abc"' in drawn
    assert drawn.count('name="key"') == 1


def test_sent_key_is_kept_when_the_form_comes_back() -> None:
    key = "0192d2f0-0000-4000-8000-000000000001"
    assert key in str(EveryField(posted(f"key={key}"))["key"])


def test_left_out_characters_are_told() -> None:
    form = EveryField({"line": "a\x00b"})
    form.is_valid()
    assert form.cleaned_data["line"] == "ab"
    assert len(form.notices()) == 1


# --- dates ---


def date_form(day: str, month: str, year: str, **options: object) -> forms.Form:
    class On(forms.Form):
        on = forms.DateField(**options)

    form = On({"on_day": day, "on_month": month, "on_year": year})
    form.is_valid()
    return form


@pytest.mark.parametrize("month", ["3", "03", "mar", "Mar.", "MARCH", "march", " march "])
def test_month_is_read_as_number_or_name(month: str) -> None:
    assert date_form("7", month, "2026").cleaned_data["on"] == datetime.date(2026, 3, 7)


@pytest.mark.parametrize(("month", "number"), [("sept", 9), ("may", 5), ("june", 6), ("jul", 7), ("dec", 12)])
def test_short_months(month: str, number: int) -> None:
    assert date_form("1", month, "2026").cleaned_data["on"].month == number


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Enter the date", ["day", "month", "year"]),
        (("", "3", "2026"), "The date must include a day", ["day"]),
        (("1", "", "2026"), "The date must include a month", ["month"]),
        (("1", "3", ""), "The date must include a year", ["year"]),
        (("", "", "2026"), "The date must include a day and a month", ["day", "month"]),
        (("1", "", ""), "The date must include a month and a year", ["month", "year"]),
        (("32", "3", "2026"), "The day must be a number from 1 to 31", ["day"]),
        (("1", "ma", "2026"), "The month must be a number from 1 to 12, or a name like March", ["month"]),
        (("1", "13", "2026"), "The month must be a number from 1 to 12, or a name like March", ["month"]),
        (("1", "3", "26"), "The year must have 4 numbers, like 2026", ["year"]),
        (("29", "2", "2026"), "There is no such day. Check the day and the month", ["day", "month"]),
        (("31", "april", "2026"), "There is no such day. Check the day and the month", ["day", "month"]),
    ],
)
def test_date_faults_name_the_part(parts: tuple[str, str, str], message: str, wrong: list[str]) -> None:
    form = date_form(*parts)
    assert form.errors["on"] == [message]
    assert form["on"].wrong_parts == wrong
    assert form["on"].error_anchor == f"id_on_{wrong[0]}"
    assert str(form["on"]).count("govuk-input--error") == len(wrong)


def test_leap_day_of_a_leap_year_is_a_day() -> None:
    assert date_form("29", "february", "2028").cleaned_data["on"] == datetime.date(2028, 2, 29)


@pytest.mark.parametrize(("day", "is_fine"), [("21", True), ("22", True), ("23", False)])
def test_latest_day_is_allowed_itself(day: str, is_fine: bool) -> None:
    form = date_form(day, "11", "2026", latest=lambda: datetime.date(2026, 11, 22))
    assert form.is_valid() is is_fine
    if not is_fine:
        assert form.errors["on"] == ["The date must be 22 November 2026 or earlier"]


def test_typed_date_is_shown_again_as_typed() -> None:
    drawn = str(date_form("31st", "Febuary", "26")["on"])
    assert 'value="31st"' in drawn
    assert 'value="Febuary"' in drawn


def test_date_that_may_be_left_out() -> None:
    assert date_form("", "", "", required=False).cleaned_data["on"] is None


def test_kept_date_fills_the_boxes() -> None:
    class On(forms.Form):
        on = forms.DateField()

    drawn = str(On(initial={"on": datetime.date(2026, 11, 22)})["on"])
    assert 'value="11"' in drawn


# --- times ---


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("2:30pm", 14, 30),
        ("2.30 p.m.", 14, 30),
        ("230PM", 14, 30),
        ("9am", 9, 0),
        ("12am", 0, 0),
        ("12pm", 12, 0),
        ("14:30", 14, 30),
        ("1430", 14, 30),
        ("02:30", 2, 30),
        ("0:15", 0, 15),
        ("midday", 12, 0),
        ("Midnight", 0, 0),
    ],
)
def test_time_as_people_write_it(typed: str, hour: int, minute: int) -> None:
    assert forms.TimeField().clean(typed) == datetime.time(hour, minute)


@pytest.mark.parametrize("typed", ["2:30", "9", "930"])
def test_time_that_could_be_either_half_is_asked(typed: str) -> None:
    with pytest.raises(plain.ValidationError, match="am or pm"):
        forms.TimeField().clean(typed)


@pytest.mark.parametrize("typed", ["25:00", "13pm", "10:75", "soon", "12345"])
def test_time_that_cannot_be(typed: str) -> None:
    with pytest.raises(plain.ValidationError, match="Enter a time"):
        forms.TimeField().clean(typed)


# --- other fields ---


@pytest.mark.parametrize("number", ["01632 960 001", "(01632) 960-001", "+44 7700 900982"])
def test_phone_number_is_kept_as_typed(number: str) -> None:
    assert forms.PhoneField().clean(number) == number


@pytest.mark.parametrize("number", ["12", "my phone", "01632 960 001 ext 2"])
def test_phone_number_that_is_none(number: str) -> None:
    with pytest.raises(plain.ValidationError, match="Enter a phone number"):
        forms.PhoneField().clean(number)


def test_several_files_come_as_a_list(settings: object) -> None:
    class Some(forms.Form):
        files = forms.FilesField(required=False)

    two = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
    form = Some({}, MultiValueDict({"files": two}))
    assert form.is_valid()
    assert form.cleaned_data["files"] == two
    assert "multiple" in str(form["files"])


def test_no_files_are_an_empty_list() -> None:
    assert forms.FilesField(required=False).clean([]) == []


def test_empty_and_big_files_are_refused_in_words(settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 3  # type: ignore[attr-defined]
    with pytest.raises(plain.ValidationError, match="empty"):
        forms.FileField().clean(SimpleUploadedFile("a.txt", b""))
    with pytest.raises(plain.ValidationError, match="too big"):
        forms.FileField().clean(SimpleUploadedFile("a.txt", b"four"))


@pytest.mark.parametrize("widget", [plain.Select, plain.SelectMultiple])
def test_a_select_is_the_librarys_own_drawn_in_one_piece(widget):
    choices = [("", "Any"), ("a&b", "A & B"), ("Group <1>", [(2, "Two"), ("three", "<Three>")])]
    control = widget(attrs={"class": "x"}, choices=choices)
    drawn = [control.render("name", ["2"], {"id": "id_name"}, each) for each in (forms.Renderer(), DjangoTemplates())]
    ours, theirs = (re.sub(r">\s+<", "><", text).strip() for text in drawn)
    assert ours == theirs
    assert " selected" in ours
