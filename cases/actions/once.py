"""Keeping a thing once: the form's hidden key is the row's own key, so a second sending finds the first."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

Row = TypeVar("Row", bound=models.Model)


class KeyUsed(Exception):
    """The key was used before, with other content: nothing is stored and nothing is lost.

    Args:
        kept: the row that was stored first; none when it is not the asker's to see.
    """

    def __init__(self, kept: models.Model | None) -> None:
        """Keep the row."""
        super().__init__("the key was used with other content")
        self.kept = kept


def keep_once(model: type[Row], key: UUID, **content: Any) -> tuple[Row, bool]:
    """Store a row under `key`, or find it stored already with the same content.

    `content` are the fields that make it the same thing, foreign keys by their `…_id`. Returned are the row and
    whether this call stored it.

    Raises:
        KeyUsed: the key stands for other content.
    """
    kept = model._default_manager.filter(pk=key).first()
    if kept is None:
        try:
            with transaction.atomic():
                return model._default_manager.create(pk=key, **content), True
        except IntegrityError as error:
            if f"{model._meta.db_table}_pkey" not in str(error):
                raise
            kept = model._default_manager.filter(pk=key).first()
    if kept is None or not same_content(kept, content):
        raise KeyUsed(kept)
    return kept, False


def same_content(row: models.Model, content: dict[str, Any]) -> bool:
    """Whether a stored row says the same as what was sent."""
    return all(getattr(row, name) == value for name, value in content.items())
