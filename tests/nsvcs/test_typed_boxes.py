"""What is typed stays here: no box of any form or template is checked for spelling or filled in by the browser.

A browser's "enhanced" spell check sends the words to its maker. Asked of every form there is, and of every template.
"""

import copy
import re
from importlib import import_module
from pathlib import Path

import pytest
from django import forms as plain
from django.apps import apps
from django.conf import settings
from django.urls import get_resolver

from nsvcs import forms

BOX = re.compile(r"<textarea\b[^>]*>|<input\b[^>]*>")
# What is ticked, pressed, chosen or hidden is not typed.
NOT_TYPED = ("hidden", "checkbox", "radio", "file", "submit", "button")
OURS = ("accounts", "bundles", "cases", "logs", "nsvcs", "portal", "reference", "reports")
MAY_FILL_IN = {"current-password", "new-password", "one-time-code", "username", "email"}


def all_forms():
    """Every form of ours that some page may draw, by name."""
    get_resolver().url_patterns  # noqa: B018 - importing every page imports its forms
    for app in apps.get_app_configs():
        if app.name in OURS:
            for path in Path(app.path).rglob("*forms*.py"):
                import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
    found, waiting = {}, [plain.BaseForm]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if each.__module__.split(".")[0] in OURS and getattr(each, "base_fields", None):
                found[f"{each.__module__}.{each.__name__}"] = each
    return found


def boxes_in(html):
    return [box for box in BOX.findall(html) if (said(box, "type") or "text") not in NOT_TYPED]


def said(box, name):
    found = re.search(rf'\s{name}="([^"]*)"', box)
    return found[1] if found else None


def drawn(form_class):
    """The typed boxes of a form, each with its field; drawn as a page draws them, without what the form asks for."""
    holder = forms.Form()
    holder.fields = copy.deepcopy(form_class.base_fields)
    return [(field, box) for name, field in holder.fields.items() for box in boxes_in(str(holder[name]))]


@pytest.mark.parametrize("name", sorted(all_forms()))
def test_no_box_of_a_form_is_checked_for_spelling_or_filled_in_unasked(name):
    for field, box in drawn(all_forms()[name]):
        assert said(box, "spellcheck") == "false", box
        assert said(box, "autocomplete") in {"off"} | MAY_FILL_IN, box
        if isinstance(field, plain.IntegerField):
            assert said(box, "inputmode") == "numeric", box
        if isinstance(field, forms.PhoneField):
            assert (said(box, "type"), said(box, "inputmode")) == ("tel", "tel"), box
        if isinstance(field, plain.EmailField | forms.EmailField):
            assert said(box, "type") == "email", box


def test_the_walk_finds_the_forms_where_most_is_written():
    found = all_forms()
    names = {name.rpartition(".")[2] for name in found}
    assert names >= {"WritingForm", "CopyForm"}
    assert sum(len(drawn(each)) for each in found.values()) > 100


@pytest.mark.parametrize("path", sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")), ids=lambda p: p.name)
def test_no_box_that_a_template_writes_itself_is_checked_for_spelling(path):
    for box in boxes_in(path.read_text()):
        assert 'type="{{' in box or said(box, "spellcheck") == "false", box
        assert 'type="{{' in box or said(box, "autocomplete") == "off", box


def test_a_librarys_own_field_is_drawn_so_too():
    class Theirs(plain.Form):
        words = plain.CharField(widget=plain.Textarea)
        code = plain.CharField(widget=plain.TextInput(attrs={"autocomplete": "one-time-code"}))

    words, code = (box for _field, box in drawn(Theirs))
    assert (said(words, "spellcheck"), said(words, "autocomplete")) == ("false", "off")
    assert (said(code, "spellcheck"), said(code, "autocomplete")) == ("false", "one-time-code")
