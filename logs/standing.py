"""What may be done with a file, by what a scanner said of it and whether somebody locked it: a table, and one question.

Pure: no database, no clock. Where a file stands is asked through `Evidence.standing`; nothing decides it anywhere else.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanState(models.TextChoices):
    """Where the scan of a file stands."""

    NO_SCANNER = "no_scanner", _("Not checked for viruses")
    WAITING = "waiting", _("Waiting to be checked")
    CLEAN = "clean", _("Checked, nothing found")
    INFECTED = "infected", _("Not safe to open")
    COULD_NOT = "could_not", _("Could not be checked yet")


class Use(Enum):
    """What somebody may want to do with a file."""

    VIEW = "view"  # to see a copy that we made
    COPY = "copy"  # to make a copy, a small picture, a text of it
    DOWNLOAD = "download"  # to take the original out
    BUNDLE = "bundle"  # to show it in a bundle
    IMPORT = "import"  # to read entries from it


class Answer(Enum):
    """Whether it may be done."""

    YES = "yes"
    WARN = "warn"  # after a page that says what can happen
    NO = "no"


_ALL = dict.fromkeys(Use, Answer.YES)
_NONE = dict.fromkeys(Use, Answer.NO)
# A copy that is there while a file waits was made by us before there was a scanner: it holds pixels and nothing else.
_WAITS = _NONE | {Use.VIEW: Answer.YES}

ALLOWED: dict[str, dict[Use, Answer]] = {
    ScanState.NO_SCANNER: _ALL | {Use.DOWNLOAD: Answer.WARN},
    ScanState.WAITING: _WAITS,
    ScanState.CLEAN: _ALL,
    ScanState.INFECTED: _NONE,
    ScanState.COULD_NOT: _WAITS,
}
# What a scanner has looked at to the end.
VERDICTS = frozenset({ScanState.CLEAN, ScanState.INFECTED})
# What a scan may turn a file into by itself. What was found stays found until somebody, or the night, has it looked at
# again: then the newest verdict counts, and a look that came to none changes nothing (`logs.checking.scan_again`).
MOVES: dict[str, frozenset[str]] = {
    ScanState.NO_SCANNER: frozenset({ScanState.CLEAN, ScanState.INFECTED, ScanState.COULD_NOT}),
    ScanState.WAITING: frozenset({ScanState.CLEAN, ScanState.INFECTED, ScanState.COULD_NOT}),
    ScanState.COULD_NOT: frozenset({ScanState.CLEAN, ScanState.INFECTED, ScanState.COULD_NOT}),
    ScanState.CLEAN: frozenset({ScanState.INFECTED}),
    ScanState.INFECTED: frozenset(),
}
# Colours of the words, which stand beside each file. Red is for risk only.
COLOURS: dict[str, str] = {
    ScanState.NO_SCANNER: "yellow",
    ScanState.WAITING: "blue",
    ScanState.CLEAN: "green",
    ScanState.INFECTED: "orange",
    ScanState.COULD_NOT: "yellow",
}
SENTENCES = {
    ScanState.NO_SCANNER: _("There is no virus scanner here. Our copies are safe to look at; the original may not be."),
    ScanState.WAITING: _("Copies are made once it has been checked for viruses. Then the original can be downloaded."),
    ScanState.CLEAN: "",
    ScanState.INFECTED: _("A virus was found. The original is kept apart: it is not shown, copied or downloaded."),
    ScanState.COULD_NOT: _("It is tried again by itself. Until then no copy is made and the original stays here."),
}
LOCKED_SENTENCE = _("No copy is shown, made or passed on, and the original is kept. The data protection lead knows.")


def state_of(newest: str | None, *, has_scanner: bool) -> ScanState:
    """Where a scan stands.

    Args:
        newest: the state of the newest scan; none when there was none.
        has_scanner: whether this installation has a scanner now. What one found stays found when it is taken away.
    """
    if newest in {ScanState.CLEAN, ScanState.INFECTED}:
        return ScanState(newest)
    if not has_scanner:
        return ScanState.NO_SCANNER
    return ScanState(newest or ScanState.WAITING)


def may_become(before: ScanState, after: ScanState) -> bool:
    """Whether a scan that found `after` counts for a file that stood at `before`."""
    return after in MOVES[before]


@dataclass(frozen=True)
class Standing:
    """Where one file stands.

    Attributes:
        state: what the scanner says of it.
        is_locked: somebody locked it: no copy, no preview, no bundle, nothing read from it, whatever the scan says.
    """

    state: ScanState
    is_locked: bool = False

    def allows(self, use: Use) -> Answer:
        """Whether the file may be used so."""
        return Answer.NO if self.is_locked else ALLOWED[self.state][use]

    def may(self, use: Use) -> bool:
        """Whether the file may be used so, with a warning or without."""
        return self.allows(use) is not Answer.NO

    @property
    def is_waiting(self) -> bool:
        """Whether a scan is still to come, and with it perhaps more."""
        return not self.is_locked and self.state in {ScanState.WAITING, ScanState.COULD_NOT}

    @property
    def is_infected(self) -> bool:
        """Whether it is kept apart because of what a scanner found."""
        return self.state == ScanState.INFECTED

    @property
    def word(self) -> str:
        """For staff: where it stands, in a word or two."""
        return str(_("Locked") if self.is_locked else self.state.label)

    @property
    def colour(self) -> str:
        """The colour that word has."""
        return "grey" if self.is_locked else COLOURS[self.state]

    @property
    def sentence(self) -> str:
        """For staff: what that means; "" where nothing is to be said."""
        return str(LOCKED_SENTENCE if self.is_locked else SENTENCES[self.state])

    @property
    def may_show(self) -> bool:
        """For templates: whether a copy may be shown."""
        return self.may(Use.VIEW)

    @property
    def may_download(self) -> bool:
        """For templates: whether the original may be taken out."""
        return self.may(Use.DOWNLOAD)
