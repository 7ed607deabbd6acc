"""The one field class for narratives: bytes behind a version byte, so that a key per case can be turned on later.

Version 0 is plain UTF-8. Digests and seals are over the text, not the bytes, so they outlive a change of version.
Nothing filters or sorts by such a field in SQL.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models

PLAIN = 0
EMPTY = bytes([PLAIN])
LONGEST = 20_000


class UnknownVersion(ValueError):
    """The bytes say a version this code does not know: read nothing rather than something wrong."""


def to_bytes(text: str) -> bytes:
    """A text as it is kept."""
    return EMPTY + text.encode()


def from_bytes(kept: bytes) -> str:
    """A kept text.

    Raises:
        UnknownVersion: the version byte is missing or not known.
    """
    if not kept or kept[0] != PLAIN:
        raise UnknownVersion("unknown version byte")
    return bytes(kept[1:]).decode()


if TYPE_CHECKING:
    _TextField = models.Field[str, str]
else:
    _TextField = models.Field


class CaseTextField(_TextField):
    """A narrative: `str` in and out, at most 20,000 characters, never looked up by."""

    description = "A text about a case"
    empty_strings_allowed = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Like a TextField; the length is held by a validator."""
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(LONGEST))

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's bytes."""
        return "bytea"

    def get_internal_type(self) -> str:
        """For Django's own bookkeeping."""
        return "CaseTextField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """Kept bytes to text."""
        return None if value is None else from_bytes(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:
        """Text to kept bytes."""
        if value is None or isinstance(value, bytes):
            return value
        return to_bytes(str(value))

    def to_python(self, value: Any) -> str | None:
        """Always a text."""
        return value if value is None or isinstance(value, str) else str(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every lookup but `isnull`.

        Raises:
            FieldError: somebody filters by a narrative.
        """
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError("Narratives are not filtered or sorted by in SQL.")

    def formfield(self, **kwargs: Any) -> Any:
        """A text area of at most 20,000 characters."""
        return super().formfield(
            **{"form_class": forms.CharField, "widget": forms.Textarea, "max_length": LONGEST, **kwargs}
        )
