"""The controls forms are made of, drawn by one template each in `templates/govuk/widgets/`."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from nsvcs.text import is_english

TOO_BIG = _("That file is too big. The limit is %(limit)s")
WIDTHS = frozenset({2, 3, 4, 5, 10, 20, 30})


def width_class(width: int | str | None) -> str:
    """The class for a box of so many characters (2, 3, 4, 5, 10, 20, 30) or a share of the column ("one-half")."""
    if width is None:
        return ""
    return f"govuk-input--width-{width}" if width in WIDTHS else f"govuk-!-width-{width}"


class Textarea(forms.Textarea):
    """A box of several lines. With a `limit` it counts down in words instead of cutting off what is pasted."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 5, limit: int | None = None) -> None:
        self.limit = limit
        counted = {"class": "govuk-js-character-count"} if limit else {}
        super().__init__({"rows": rows, **counted, **(attrs or {})})


class Radios(forms.RadioSelect):
    """One of several. `reveals` names the field of the same form to show under a choice; `hints` explain choices."""

    template_name = "django/forms/widgets/radio.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        small: bool = False,
        inline: bool = False,
        hints: Mapping[str, Any] | None = None,
        reveals: Mapping[str, str] | None = None,
        divider_before: str = "",
        exclusive: str = "",
    ) -> None:
        super().__init__(attrs, choices)
        self.small, self.inline = small, inline
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        self.divider_before, self.exclusive = divider_before, exclusive
        self.revealed: dict[str, forms.BoundField] = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"small": self.small, "inline": self.inline}
        return context

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        key = str(option["value"])
        option["hint"] = self.hints.get(key, "")
        option["reveal"] = self.revealed.get(key)
        option["divider"] = bool(self.divider_before) and key == self.divider_before
        option["hint_id"] = f"{option['attrs'].get('id', name_of(option))}-hint"
        if option["hint"]:
            option["attrs"]["aria-describedby"] = option["hint_id"]
        if self.exclusive and key == self.exclusive:
            option["attrs"]["data-behaviour"] = "exclusive"
        return option


class Checkboxes(Radios):
    """Any of several. `exclusive` is the value of a "none of these" choice, offered after "or"."""

    allow_multiple_selected = True
    input_type = "checkbox"
    template_name = "django/forms/widgets/checkbox_select.html"
    option_template_name = "django/forms/widgets/checkbox_option.html"

    def __init__(self, *args: Any, exclusive: str = "", divider_before: str = "", **kwargs: Any) -> None:
        super().__init__(*args, exclusive=exclusive, divider_before=divider_before or exclusive, **kwargs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # unticked boxes are never sent


def name_of(option: Mapping[str, Any]) -> str:
    """A name for an option that was drawn without an id."""
    return f"{option['name']}_{option['index']}"


class DateParts(NamedTuple):
    """A date as it was typed: three pieces of text, so that a wrong one can be shown again."""

    day: str = ""
    month: str = ""
    year: str = ""


class DateInput(forms.Widget):
    """Three boxes: day, month, year. The month may be a name."""

    template_name = "govuk/widgets/date.html"
    use_fieldset = True

    def id_for_label(self, id_: str | None, index: str | None = None) -> str:
        return f"{id_}_day" if id_ else ""

    def format_parts(self, value: Any) -> DateParts:
        """The three texts to show for a date, for typed parts, or for nothing."""
        if isinstance(value, datetime.date):
            return DateParts(str(value.day), str(value.month), str(value.year))
        return value if isinstance(value, DateParts) else DateParts()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        final = context["widget"]["attrs"]
        wrong = final.pop("data-wrong", "").split()
        context["widget"]["parts"] = [
            {
                "part": part,
                "name": f"{name}_{part}",
                "id": f"{final.get('id', name)}_{part}",
                "value": text,
                "is_wrong": part in wrong,
            }
            for part, text in self.format_parts(value)._asdict().items()
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> DateParts:
        return DateParts(*(str(data.get(f"{name}_{part}") or "").strip() for part in DateParts._fields))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in DateParts._fields)


class TimeInput(forms.TextInput):
    """One box for a time, shown as "2:30pm"."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime.time):
            return clock(value)
        return super().format_value(value)


class SecretInput(forms.TextInput):
    """What is typed can be seen and is never written back into a page.

    Not a password's box: a browser offers to keep what is typed there, which on a watched phone tells of it.
    """

    def format_value(self, value: Any) -> str | None:
        return None


class FileInput(forms.FileInput):
    """Choose or drop one file."""

    template_name = "govuk/widgets/file.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        limit = settings.UPLOAD_MAX_BYTES
        too_big = TOO_BIG % {"limit": filesizeformat(limit)}
        context["widget"]["attrs"] |= {"data-max-bytes": limit, "data-too-big": too_big}
        return context


class FilesInput(FileInput):
    """Choose or drop several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


def clock(value: datetime.time) -> str:
    """A time of day as people here write it: "2:30pm", "9am", "midnight", "midday"; by 24 hours in other languages."""
    if not is_english():
        return f"{value:%H:%M}"
    if value.minute == 0 and value.hour in (0, 12):
        return "midday" if value.hour else "midnight"
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'pm' if value.hour >= 12 else 'am'}"
