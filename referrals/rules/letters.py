"""Letters: what may be merged into one and where each thing comes from, how it reads, and how it may leave."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MergeField:
    """One thing that can stand in a letter.

    Attributes:
        name: as templates name it in braces.
        label: what it is called where it is ticked.
        source: where it comes from, in words.
        is_ticked: it goes in only where a worker ticks it for this letter; the others are in every letter.
    """

    name: str
    label: str | Promise
    source: str | Promise
    is_ticked: bool = False


# All there is. The victim's address, phone and email are not among it, and what is not among it cannot be merged.
FIELDS: tuple[MergeField, ...] = (
    MergeField("name", _("The victim’s name"), _("Typed for this letter, as the victim wants it there")),
    MergeField("recipient", _("Whom it is to"), _("The victim’s agreement, or typed for this letter")),
    MergeField("worker", _("Who signs"), _("The account of whoever makes the letter")),
    MergeField("service", _("The service’s name"), _("Printed at the head of every letter")),
    MergeField("phone", _("The service’s phone number"), _("The settings of this installation")),
    MergeField("hours", _("When the service can be rung"), _("The settings of this installation")),
    MergeField("request", _("What is asked for"), _("Typed for this letter")),
    MergeField("matter", _("That it is about stalking or harassment"), _("The words “stalking or harassment”"), True),
    MergeField("born_on", _("Date of birth"), _("The victim’s details"), True),
    MergeField("since", _("Since when the service gives support"), _("The day the case reached us"), True),
    MergeField("support", _("Which support is given"), _("Support that is accepted, active or paused"), True),
    MergeField("crime", _("Police force and crime reference"), _("The case"), True),
    MergeField("officer", _("Officer in the case"), _("The professionals of the case"), True),
    MergeField("their_reference", _("The recipient’s own reference"), _("Typed for this letter"), True),
    MergeField("facts", _("What the recipient may know besides"), _("Typed for this letter"), True),
)
NAMES = frozenset(field.name for field in FIELDS)
TICKED = tuple(field.name for field in FIELDS if field.is_ticked)
TYPED = ("request", "their_reference", "facts")

_PASSAGE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_FIELD = re.compile(r"\{(\w+)\}")
_BREAKS = re.compile(r"\n{3,}")


class Way(TextChoices):
    """How a letter leaves."""

    HAND_VICTIM = "hand_victim", _("Handed to the victim in person")
    POST_VICTIM = "post_victim", _("Posted to the victim")
    POST_RECIPIENT = "post_recipient", _("Posted to the recipient")
    HAND_RECIPIENT = "hand_recipient", _("Handed to the recipient")


TO_RECIPIENT = frozenset({Way.POST_RECIPIENT, Way.HAND_RECIPIENT})


class Refused(TextChoices):
    """Why a letter may not leave in a way."""

    POST = "post", _("Safe contact does not allow post.")
    CONSENT = "consent", _("The victim has not agreed to a letter to this recipient, or not for this day.")


def fields_in(text: str) -> set[str]:
    """Return the names in braces of a template's text.

    Source: The service's own rule, November 2026: a template names what is merged into it.
    """
    return set(_FIELD.findall(text))


def unknown_fields(text: str) -> set[str]:
    """Return what a template's text names that cannot be merged.

    Source: The service's own rule, November 2026: merge fields are a fixed list, and an address is not in it.
    """
    return fields_in(text) - NAMES


def compose(text: str, values: Mapping[str, str]) -> str:
    """Return a template's text as it reads with some values.

    A passage in double brackets stays only where there is a value for each field in it. A paragraph of which nothing
    stays is gone.

    Args:
        text: the template's.
        values: by name; what was not ticked or is not known is left out or empty.

    Source: The service's own rule, November 2026: a letter says what was ticked for it and no more.
    """

    def passage(found: re.Match[str]) -> str:
        inside = found.group(1)
        return inside if all(values.get(name) for name in _FIELD.findall(inside)) else ""

    kept = _PASSAGE.sub(passage, text.replace("\r\n", "\n"))
    filled = _FIELD.sub(lambda found: values.get(found.group(1), ""), kept)
    lines = (" ".join(line.split()) if line.strip() else "" for line in filled.split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip()


def paragraphs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield a composed text in parts: `p` with its lines, or `ul` with its points, which begin with a dash.

    Source: The service's own rule, November 2026: how letters are written down.
    """
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if line.strip()]
        for is_list, group in _runs(lines):
            yield ("ul", [line[2:].strip() for line in group]) if is_list else ("p", group)


def _runs(lines: Iterable[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    for line in lines:
        if run and line.startswith("- ") != run[0].startswith("- "):
            yield run[0].startswith("- "), run
            run = []
        run.append(line)
    if run:
        yield run[0].startswith("- "), run


def why_not(way: Way, *, may_post: bool, has_consent: bool) -> Refused | None:
    """Return why a letter may not leave in a way; none where it may.

    What is put into the victim's own hands passes no gate: it is theirs to keep or to pass on.

    Args:
        way: how it would leave.
        may_post: whether safe contact allows post to the victim now (`cases.rules.may_contact`).
        has_consent: whether an agreement stands that covers this recipient, a letter, and the day.

    Source: The service's safe-contact policy, November 2026; UK GDPR article 7 for what was agreed.
    """
    if way == Way.POST_VICTIM and not may_post:
        return Refused.POST
    if way in TO_RECIPIENT and not has_consent:
        return Refused.CONSENT
    return None
