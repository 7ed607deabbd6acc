"""HTML of a letter, for its print."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Context, Engine

from nsvcs.days import day_words
from nsvcs.typesetting import Line, Typesetter
from referrals.letters.merging import SERVICE
from referrals.models import Letter
from referrals.rules.letters import paragraphs

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = Engine(dirs=[str(ROOT / "templates")])
RING = "%s, %s"
CSS = Path(__file__).with_name("letter.css")
PAGE = '"Page " counter(page) " of " counter(pages)'
NUMBERS = f"@page {{ @bottom-right {{ content: {PAGE}; font-size: 9pt; color: #3b4043 }} }}"


class Part(NamedTuple):
    """A paragraph, or a list."""

    is_list: bool
    rows: Sequence[Sequence[Line]]


def letter_html(letter: Letter) -> str:
    """One letter as a page of HTML: with no title of its own, no reference of ours, and no address of the victim."""
    setter, sheet = Typesetter(), sheet_of(letter)
    context: dict[str, Any] = sheet._asdict() | {
        "to": [setter.lines(line)[0] for line in sheet.to],
        "greeting": setter.lines(sheet.greeting)[0],
        "subject": setter.lines(sheet.subject),
        "parts": [Part(kind == "ul", [setter.lines(line) for line in lines]) for kind, lines in sheet.parts],
        "worker": setter.plain(sheet.worker),
    }
    return ENGINE.get_template("referrals/pdf/letter.html").render(Context(context))


class Sheet(NamedTuple):
    """A letter as pages show it: the same words in the same order as on paper."""

    service: str
    ring: str
    to: list[str]
    day: str
    greeting: str
    subject: str
    parts: list[tuple[str, list[str]]]
    worker: str
    worker_role: str


def sheet_of(letter: Letter) -> Sheet:
    """A letter, made or only shown, as a page shows it."""
    said = greeting(letter)
    named = [] if said == letter.to_name else [letter.to_name]  # "To whom it may concern" is said once
    return Sheet(
        service=SERVICE,
        ring=RING % (settings.SERVICE_PHONE, settings.SERVICE_HOURS),
        to=[line for line in (*named, *letter.to_address.splitlines()) if line.strip()],
        greeting=said,
        day=day_words(letter.dated_on),
        subject=letter.subject,
        parts=list(paragraphs(letter.text)),
        worker=letter.by.name,
        worker_role=str(letter.by.get_role_display()),
    )


def greeting(letter: Letter) -> str:
    """How a letter begins; no title is guessed."""
    return letter.to_name if letter.to_name.casefold().startswith("to whom") else f"Dear {letter.to_name}"
