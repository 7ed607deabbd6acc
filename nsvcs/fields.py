"""Form fields: each knows its control, its wording when something is missing, and how to read what people type.

Every field takes Django's own arguments, and `missing`: the sentence to show when nothing was given ("Enter the date").
"""

import datetime
import re
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.template.defaultfilters import filesizeformat
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nsvcs.days import day_words
from nsvcs.text import clean_text
from nsvcs.widgets import (
    TOO_BIG,
    Checkboxes,
    DateInput,
    DateParts,
    FileInput,
    FilesInput,
    Radios,
    Textarea,
    TimeInput,
    width_class,
)

Words = str | Promise
ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def _with_missing(kwargs: dict[str, Any], missing: Words | None, default: Words) -> dict[str, Any]:
    messages = {"required": missing or default, **kwargs.pop("error_messages", {})}
    return {**kwargs, "error_messages": messages}


class CharField(forms.CharField):
    """One line of text."""

    default_missing: Words = _("Fill in this box")
    default_error_messages = {"max_length": _("Use at most %(limit_value)d characters. There are %(show_value)d now")}

    def __init__(
        self,
        *,
        missing: Words | None = None,
        width: int | str | None = None,
        autocomplete: str = "off",
        inputmode: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**_with_missing(kwargs, missing, self.default_missing))
        found = {"autocomplete": autocomplete, "inputmode": inputmode, "class": width_class(width)}
        for name, value in found.items():
            if value:
                self.widget.attrs.setdefault(name, value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return clean_text(text).text if isinstance(text, str) else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Nothing is cut off while typing or pasting: too long is said in words."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        attrs.pop("minlength", None)
        return attrs


class TextField(CharField):
    """Several lines of text; with `max_length` it counts what is left once three quarters are used."""

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Textarea(rows=rows, limit=kwargs.get("max_length")))
        super().__init__(**kwargs)


class EmailField(CharField):
    """An e-mail address."""

    widget = forms.EmailInput
    default_validators = [validate_email]
    default_missing = _("Enter an email address")
    default_error_messages = {"invalid": _("Enter an email address in the right form, like name@example.com")}


class PhoneField(CharField):
    """A telephone number with any spacing; what was typed is kept, checked only for having enough digits."""

    default_missing = _("Enter a phone number")
    widget = forms.TextInput(attrs={"type": "tel"})

    def __init__(self, *, width: int | str | None = 20, **kwargs: Any) -> None:
        super().__init__(width=width, inputmode="tel", **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        digits = sum(c.isdecimal() for c in text)
        if text and (not 7 <= digits <= 15 or re.search(r"[^\d\s()+.\-]", text)):
            raise ValidationError(_("Enter a phone number, like 01632 960 001 or 07700 900 982"), code="invalid")
        return text


class PasswordField(CharField):
    """A password with a Show button; pasting is allowed and spaces are kept."""

    default_missing = _("Enter your password")

    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.PasswordInput())
        super().__init__(autocomplete=autocomplete, strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        return forms.CharField.to_python(self, value)


class IntegerField(forms.IntegerField):
    """A whole number in a plain box with a number keypad."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Enter a whole number, like 12"),
        "min_value": _("Enter a number from %(limit_value)s up"),
        "max_value": _("Enter a number up to %(limit_value)s"),
    }

    def __init__(self, *, missing: Words | None = None, width: int | str | None = 5, **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Enter a number")))
        for name, value in {"inputmode": "numeric", "autocomplete": "off", "class": width_class(width)}.items():
            self.widget.attrs.setdefault(name, value)


class ChoiceField(forms.ChoiceField):
    """One of several, as radio buttons; give `widget=Select()` for a long list."""

    widget: type[forms.Widget] = Radios

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Choose one")))


class SelectField(ChoiceField):
    """One of a long list, as a drop-down."""

    widget = forms.Select


class MultipleChoiceField(forms.MultipleChoiceField):
    """Any of several, as boxes to tick."""

    widget = Checkboxes

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Choose at least one")))


class BooleanField(forms.BooleanField):
    """One box to tick."""

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Tick the box to go on")))


class DateField(forms.Field):
    """A date typed in three boxes. The month may be a number, a name, or its first three letters or more.

    The first fault found is said: nothing given, a part missing (which), a part that cannot be (which), no such day,
    then `earliest` and `latest`, both inclusive (a date, or a function that gives one).
    """

    widget = DateInput
    default_error_messages = {
        "day_missing": _("The date must include a day"),
        "month_missing": _("The date must include a month"),
        "year_missing": _("The date must include a year"),
        "day_month_missing": _("The date must include a day and a month"),
        "day_year_missing": _("The date must include a day and a year"),
        "month_year_missing": _("The date must include a month and a year"),
        "day_wrong": _("The day must be a number from 1 to 31"),
        "month_wrong": _("The month must be a number from 1 to 12, or a name like March"),
        "year_wrong": _("The year must have 4 numbers, like 2026"),
        "impossible": _("There is no such day. Check the day and the month"),
        "too_early": _("The date must be %(limit)s or later"),
        "too_late": _("The date must be %(limit)s or earlier"),
    }

    def __init__(
        self, *, missing: Words | None = None, earliest: Any = None, latest: Any = None, **kwargs: Any
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**_with_missing(kwargs, missing, _("Enter the date")))

    def fault(self, code: str, *parts: str, **params: Any) -> ValidationError:
        """An error that also knows which of the three boxes it is about."""
        return ValidationError(
            self.error_messages[code], code=code, params={"parts": parts or DateParts._fields, **params}
        )

    def to_python(self, value: Any) -> datetime.date | None:
        if value in self.empty_values or value == DateParts():
            return None
        if isinstance(value, datetime.date):
            return value
        absent = [part for part, text in value._asdict().items() if not text]
        if absent:
            raise self.fault(f"{'_'.join(absent)}_missing", *absent)
        day, month, year = self.read_day(value.day), read_month(value.month), self.read_year(value.year)
        if month is None:
            raise self.fault("month_wrong", "month")
        try:
            return datetime.date(year, month, day)
        except ValueError:
            raise self.fault("impossible", "day", "month") from None

    def read_day(self, text: str) -> int:
        digits = re.sub(r"(?i)(st|nd|rd|th)$", "", text)
        if not digits.isdecimal() or not 1 <= int(digits) <= 31:
            raise self.fault("day_wrong", "day")
        return int(digits)

    def read_year(self, text: str) -> int:
        if not re.fullmatch(r"[12]\d{3}", text):
            raise self.fault("year_wrong", "year")
        return int(text)

    def validate(self, value: datetime.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = (limit() if callable(limit) else limit for limit in (self.earliest, self.latest))
        if earliest and value < earliest:
            raise self.fault("too_early", limit=day_words(earliest))
        if latest and value > latest:
            raise self.fault("too_late", limit=day_words(latest))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


def read_month(text: str) -> int | None:
    """The month 1 to 12 for "3", "03", "mar", "Mar.", "march" or a name in the page's language; None if it is none."""
    text = text.strip().rstrip(".").casefold()
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else None
    if len(text) < 3:
        return None
    for number, english in enumerate(ENGLISH_MONTHS, 1):
        local = {str(MONTHS[number]).casefold(), str(MONTHS_3[number]).casefold()}
        if english.startswith(text) or text in local or (text == "sept" and number == 9):
            return number
    return None


class TimeField(forms.Field):
    """A time of day: "2:30pm", "2.30 pm", "9am", "14:30", "1430", "midday", "midnight".

    A time such as "2:30" could be either half of the day, so it is asked, never guessed; "02:30" and "14:30" are not.
    """

    widget = TimeInput
    default_error_messages = {
        "invalid": _("Enter a time, like 2:30pm or 14:30"),
        "which_half": _("Add am or pm to the time, like 2:30pm"),
    }
    SHAPE = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(am|pm)?")
    NAMED = {"midday": datetime.time(12), "noon": datetime.time(12), "midnight": datetime.time(0)}

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Enter the time")))
        self.widget.attrs |= {"autocomplete": "off", "class": width_class(10)}

    def to_python(self, value: Any) -> datetime.time | None:
        if isinstance(value, datetime.time):
            return value
        if value in self.empty_values:
            return None
        text = re.sub(r"[\s]|(?<=[apm])\.", "", str(value).casefold())
        if text in self.NAMED:
            return self.NAMED[text]
        found = self.SHAPE.fullmatch(text)
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self.read(*found.groups())

    def read(self, hours: str, minutes: str | None, half: str | None) -> datetime.time:
        hour, minute = int(hours), int(minutes or 0)
        is_open = 1 <= hour <= 12 and (minutes is None or len(hours) == 1)
        if half is None and is_open:
            raise ValidationError(self.error_messages["which_half"], code="which_half")
        if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return datetime.time(hour, minute)


class FileField(forms.FileField):
    """One file. Its content is judged elsewhere; here only that it arrived, is not empty and is not too big."""

    widget = FileInput
    default_error_messages = {
        "empty": _("That file is empty. Choose another file"),
        "too_big": TOO_BIG,
        "lost": _("We could not keep the files just now. Your words are safe. Try again soon."),
    }

    def __init__(self, *, missing: Words | None = None, accept: str = "", **kwargs: Any) -> None:
        super().__init__(**_with_missing(kwargs, missing, _("Choose a file")))
        if accept:
            self.widget.attrs["accept"] = accept

    def to_python(self, data: Any) -> Any:
        if getattr(data, "is_lost", False):  # there was no room on the disk (`nsvcs.uploads`)
            raise ValidationError(self.error_messages["lost"], code="lost")
        file = super().to_python(data)
        if isinstance(file, UploadedFile) and (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise ValidationError(self.error_messages["too_big"], code="too_big", params={"limit": limit})
        return file


class FilesField(FileField):
    """Several files; gives a list, empty if none were sent."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)
            return []
        return [super(FilesField, self).clean(file, initial) for file in files]


class KeyField(forms.UUIDField):
    """The hidden key of a creating form: sent twice, the thing is made once."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("This page was open too long or is incomplete. Send it again"),
        "invalid": _("This page was open too long or is incomplete. Send it again"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", uuid.uuid4)
        super().__init__(**kwargs)
