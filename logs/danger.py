"""Words that may mean danger now. They bring up a plain line with numbers to call, and nothing else.

The lists are short on purpose: a line too many does no harm, but nobody is promised that somebody watches. They are
read in English only; another language finds nothing, and the numbers stand at the foot of every page in any case.
"""

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Danger(TextChoices):
    """What the words may mean."""

    NOW = "now", _("somebody may be in danger now")
    SELF_HARM = "self_harm", _("somebody may hurt themselves")


_PRESENT = (
    r"(?:(?:he|she|they|someone|somebody|it) (?:is|are)|(?:he|she|they)['’](?:s|re))(?: still| right| just| now)*"
)
_CLOSE = (
    r"(?:outside|here\b|back\b|inside|downstairs|upstairs|coming\b|on (?:his|her|their|the) way|following me"
    r"|(?:at|by|behind) (?:the|my) (?:door|window|house|flat|gate|car)"
    r"|in (?:the|my) (?:house|flat|home|garden|street|road)"
    r"|trying to get in|breaking in|banging|shouting|watching me)"
)
_WORDS: dict[Danger, tuple[str, ...]] = {
    Danger.NOW: (
        rf"{_PRESENT} {_CLOSE}",
        r"(?:kill|murder|stab|shoot|strangle|attack|rape) (?:me|us|you|him|her|them|my\b|the (?:kids|children|baby))",
        r"(?:dead|die) (?:tonight|today|tomorrow|soon)",
        r"(?:knife|gun|machete|axe|acid|petrol)\b",
        r"strangl\w*|chok(?:ed|ing) me|(?:round|around) my (?:neck|throat)|(?:could ?n['’o]t|cannot|can['’]t) breathe",
        r"(?:scared|frightened|afraid|terrified|not safe|unsafe|in danger) (?:right )?now",
        r"fear(?:ed|ing)? for my life|in immediate danger|help me\b",
    ),
    Danger.SELF_HARM: (
        r"(?:kill|hurt|harm|cut) (?:myself|himself|herself|themselves|themself)",
        r"end (?:my|his|her|their) (?:own )?life|end it all|tak(?:e|ing) (?:my|his|her|their) own life",
        r"suicid\w*|self[- ]harm\w*|overdos\w*",
        r"(?:want|wish) (?:to die|i was dead|i were dead)|better off dead",
        r"(?:do not|don['’]t) want to (?:live|be here|be alive|wake up|go on)|(?:cannot|can['’]t) go on",
    ),
}
_FINDERS = {danger: re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE) for danger, words in _WORDS.items()}


def dangers_in(*texts: str) -> frozenset[Danger]:
    """What the words of an entry may mean; empty for nearly every entry."""
    flat = " ".join(" ".join(text.split()) for text in texts)
    return frozenset(danger for danger, finder in _FINDERS.items() if finder.search(flat))
