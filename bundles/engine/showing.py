"""How a document is shown: from pages cleaned now, or as a placeholder that says why not."""

from bundles.engine import documents
from bundles.engine.parts import Made, Order, order_key
from bundles.engine.rendering import Sheet
from bundles.selection.contents import Exhibit
from logs import cleaning

REASONS = {
    "password": "The document is locked with a password.",  # pragma: allowlist secret
    "no_pages": "The document has no pages.",
    "too_many_pages": "The document has more pages than a bundle takes.",
    "too_large": "The document grows too large when it is opened.",
    "memory": "The document grows too large when it is opened.",
    "time": "The document takes too long to open.",
    "picture": "No viewing copy could be made of this picture.",
    "audio": "It is a sound recording.",
    "video": "It is a video.",
    "other": "Files of this kind are not printed in a bundle.",
}
DAMAGED = "The document is damaged and could not be opened safely."


def cleaning_of(exhibit: Exhibit) -> Order:
    """An uploaded PDF's pages, cleaned."""
    payload = {"path": exhibit.original_path}
    key = order_key(cleaning.CLEAN, exhibit.sha256)
    return Order(key, exhibit.mark, cleaning.CLEAN, payload, step="preparing", files=("path",))


def cleaned(sheet: Sheet, made: Made) -> tuple[Sheet, str]:
    """How a document is shown, by what became of cleaning it, and the path of its pages."""
    if made.failed:
        return sheet._replace(reason=REASONS.get(made.failed.removeprefix("refused:"), DAMAGED)), ""
    told = made.result
    shown = sheet._replace(document_pages=told["pages"], pictured=tuple(told["pictured"]))
    return shown._replace(details=documents.details_of(told)), made.path
