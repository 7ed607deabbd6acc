from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps

from nsvcs.casetext import CaseTextField, UnknownVersion, from_bytes, to_bytes

TEXTS = ["", " ", "He rang.\n\tTwice. ", "שלום 👩‍👧 e\u0301", "\x00 not a version", "x" * 20_000]


@pytest.fixture
def account(db: None) -> Iterator[Any]:
    """A model of the test's own, with its table."""
    with isolate_apps("nsvcs"):

        class Account(models.Model):  # noqa: DJ008
            what = CaseTextField()
            more = CaseTextField(null=True, blank=True)

            class Meta:
                app_label = "nsvcs"

        with connection.schema_editor() as editor:
            editor.create_model(Account)
        yield Account


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_begin_with_the_version_and_come_back_as_text(text):
    assert to_bytes(text) == b"\x00" + text.encode()
    assert from_bytes(to_bytes(text)) == text


@pytest.mark.parametrize("kept", [b"", b"\x01abc", b"abc"])
def test_unknown_versions_are_refused_loudly(kept):
    with pytest.raises(UnknownVersion):
        from_bytes(kept)


@pytest.mark.parametrize("text", TEXTS)
def test_text_survives_the_database(account, text):
    key = account.objects.create(what=text).pk
    found = account.objects.get(pk=key)
    assert (found.what, found.more) == (text, None)
    assert list(account.objects.values_list("what", flat=True)) == [text]


def test_database_holds_bytes(account):
    account.objects.create(what="é", more="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, more FROM nsvcs_account")
        assert [bytes(value) for value in cursor.fetchone()] == [b"\x00\xc3\xa9", b"\x00"]


def test_rows_of_an_unknown_version_are_refused_when_read(account):
    account.objects.create(what="a")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE nsvcs_account SET what = %s", [b"\x09secret"])
    with pytest.raises(UnknownVersion):
        account.objects.get()


def test_null_may_be_asked_for(account):
    account.objects.create(what="a", more=None)
    account.objects.create(what="b", more="")
    assert account.objects.filter(more__isnull=True).count() == 1


@pytest.mark.parametrize(
    "asked",
    [{"what": "a"}, {"what__contains": "a"}, {"what__icontains": ""}, {"what__in": ["a"]}, {"what__gt": ""}]
    + [{"what__startswith": "a"}, {"what__regex": "a"}, {"what__lower": "a"}, {"what__exact": b"a"}],
)
def test_nothing_else_is_asked_of_narratives_in_sql(account, asked):
    with pytest.raises(FieldError):
        account.objects.filter(**asked)


def test_a_column_added_later_reads_as_empty(account):
    account.objects.create(what="a")
    added = CaseTextField(blank=True)
    added.set_attributes_from_name("late")
    added.model = account
    with connection.schema_editor() as editor:
        editor.add_field(account, added)
    with connection.cursor() as cursor:
        cursor.execute("SELECT late FROM nsvcs_account")
        assert from_bytes(bytes(cursor.fetchone()[0])) == ""


def test_form_field_is_a_textarea_with_a_limit(account):
    made = forms.modelform_factory(account, fields=["what"])
    assert isinstance(made().fields["what"].widget, forms.Textarea)
    assert made({"what": "x" * 20_000}).is_valid()
    assert not made({"what": "x" * 20_001}).is_valid()


def test_field_goes_into_migrations_by_its_own_name():
    _, path, args, options = CaseTextField(blank=True).deconstruct()
    assert (path, list(args), options) == ("nsvcs.casetext.CaseTextField", [], {"blank": True})
