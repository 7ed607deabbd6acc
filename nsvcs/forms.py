"""How every form looks: one renderer, one bound field; and the fields and controls in one place to import from.

A page places fields with `{{ form.name.as_field_group }}`; label, hint, error, classes and ids are decided here.
"""

from http import HTTPStatus
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property

from nsvcs.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    EmailField,
    FileField,
    FilesField,
    IntegerField,
    KeyField,
    MultipleChoiceField,
    PasswordField,
    PhoneField,
    SelectField,
    TextField,
    TimeField,
)
from nsvcs.text import clean_text
from nsvcs.widgets import Checkboxes, DateInput, DateParts, FileInput, FilesInput, Radios, Textarea, TimeInput

__all__ = [
    "BooleanField",
    "BoundField",
    "CharField",
    "Checkboxes",
    "ChoiceField",
    "DateField",
    "DateInput",
    "DateParts",
    "EmailField",
    "FileField",
    "FileInput",
    "FilesField",
    "FilesInput",
    "FilterForm",
    "Form",
    "IntegerField",
    "KeyField",
    "ModelForm",
    "MultipleChoiceField",
    "PasswordField",
    "PhoneField",
    "Radios",
    "Renderer",
    "SelectField",
    "TextField",
    "Textarea",
    "TimeField",
    "TimeInput",
    "form_status",
]

# The first kind that fits decides; hidden boxes, ticks and radio buttons are drawn by their own templates.
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (Textarea, "govuk-textarea"),
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.widgets.Input, "govuk-input"),
)
TYPED_IN = (forms.Textarea, forms.widgets.Input)
CHOSEN = (forms.CheckboxInput, forms.FileInput)
# A browser's "enhanced" spell check sends what is typed to its maker, so no box here is checked for spelling; nor does
# the browser keep what was typed, but where a field names what it may fill in (a password, a code).
KEPT_HERE = {"spellcheck": "false", "autocomplete": "off"}
WITH_ERROR_MODIFIER = frozenset({"govuk-input", "govuk-textarea", "govuk-select", "govuk-file-upload"})


class BoundField(forms.BoundField):
    """A field in a form, and all that its template asks: classes, ids, which box the error summary points to."""

    label_size = "s"
    is_heading = False

    @property
    def base_class(self) -> str:
        """The design's class for this control; empty where a template of its own sets it."""
        widget = self.field.widget
        return next((css for kind, css in CLASSES if isinstance(widget, kind)), "")

    @property
    def is_tick(self) -> bool:
        """A single box, whose label stands beside it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_date(self) -> bool:
        return isinstance(self.field.widget, DateInput)

    @property
    def is_password(self) -> bool:
        return isinstance(self.field.widget, forms.PasswordInput)

    @property
    def limit(self) -> int | None:
        """The number of characters to count down from."""
        return getattr(self.field.widget, "limit", None)

    @property
    def is_optional(self) -> bool:
        """Whether to say "(optional)": not on ticks, on what a choice asks for, nor in forms that only filter."""
        may_be_left_out = not self.field.required and not self.is_tick and not self.is_revealed
        return may_be_left_out and getattr(self.form, "mark_optional", True)

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}-error"

    @property
    def limit_id(self) -> str:
        return f"{self.auto_id}-info"

    @property
    def aria_describedby(self) -> str | None:
        if self.field.widget.attrs.get("aria-describedby") or self.is_hidden or not self.auto_id:
            return None
        shown = ((self.help_text, self.hint_id), (self.errors, self.error_id), (self.limit, self.limit_id))
        return " ".join(id_ for is_shown, id_ in shown if is_shown) or None

    @property
    def wrong_parts(self) -> list[str]:
        """Which boxes of a date the error is about, in their order."""
        if not self.is_date or not self.errors:
            return []
        named = {part for error in self.errors.as_data() for part in (error.params or {}).get("parts", ())}
        return [part for part in DateParts._fields if not named or part in named]

    @property
    def error_anchor(self) -> str:
        """The id of the box the error summary moves to."""
        widget = self.field.widget
        if self.wrong_parts:
            return f"{self.auto_id}_{self.wrong_parts[0]}"
        if isinstance(widget, forms.RadioSelect):  # and Checkboxes, which is built on it
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)  # the server says what is missing, in our words
        shown = widget or self.field.widget
        if shown.is_hidden:
            return attrs
        if isinstance(shown, forms.RadioSelect | DateInput):
            attrs.pop("aria-invalid", None)  # said by the group, or by the box at fault
        if isinstance(shown, TYPED_IN) and not isinstance(shown, CHOSEN):
            attrs |= {name: value for name, value in KEPT_HERE.items() if name not in shown.attrs}
        classes = [*self.base_class.split(), *str(shown.attrs.get("class", "")).split()]
        if isinstance(shown, forms.Textarea) or type(shown) is forms.TextInput:
            attrs.setdefault("dir", "auto")  # whatever language a page speaks, she may write in another
        if self.errors:
            classes += [f"{css}--error" for css in classes if css in WITH_ERROR_MODIFIER]
        if self.wrong_parts:
            attrs["data-wrong"] = " ".join(self.wrong_parts)
        if classes:
            attrs["class"] = " ".join(classes)
        return attrs

    def as_widget(self, *args: Any, **kwargs: Any) -> Any:
        reveals = getattr(self.field.widget, "reveals", {})
        if reveals:
            self.field.widget.revealed = {value: self.form[name] for value, name in reveals.items()}
        return super().as_widget(*args, **kwargs)

    @cached_property
    def is_revealed(self) -> bool:
        """Whether another field's choice shows this one, so that the form must not show it again."""
        return any(self.name in getattr(field.widget, "reveals", {}).values() for field in self.form.fields.values())


class Renderer(TemplatesSetting):
    """Draws every form of the product, those of libraries too."""

    form_template_name = "govuk/form.html"
    formset_template_name = "govuk/formset.html"
    field_template_name = "govuk/field.html"
    bound_field_class = BoundField


class Form(forms.Form):
    """A form whose page says in words when something typed could not be kept as it was."""

    mark_optional = True

    def notices(self) -> list[str]:
        """A sentence for each kind of hidden character that was left out of what was typed."""
        texts = [bound.data for bound in self if self.is_bound and isinstance(bound.field, CharField)]
        found = [notice for text in texts if isinstance(text, str) for notice in clean_text(text).notices]
        return list(dict.fromkeys(found))


class FilterForm(Form):
    """A form that only narrows a list: nothing in it is required, so nothing is marked optional."""

    mark_optional = False
    is_filter = True  # its page may be left for another language: nothing that was typed would be lost


class ModelForm(forms.ModelForm):
    """A form of one row; it validates and cleans, an action stores."""

    mark_optional = True


def form_status(form: forms.BaseForm | forms.BaseFormSet) -> int:
    """The status to answer with: 422 for a form with faults, else 200."""
    is_faulty = form.is_bound and not form.is_valid()
    return HTTPStatus.UNPROCESSABLE_ENTITY if is_faulty else HTTPStatus.OK
