"""Words about imports: what is wrong with a record, where in the source it stands, what a kind of source is called."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logs.importing import REJECT_WORDS, SKIP_WORDS, UNREADABLE_WORDS
from logs.models import ImportLine

KINDS: dict[str, Promise] = {
    "booklet_docx": gettext_lazy("Log in a Word document"),
    "booklet_xlsx": gettext_lazy("Log in an Excel table"),
    "booklet_csv": gettext_lazy("Log in a table"),
    "whatsapp": gettext_lazy("WhatsApp chat"),
    "sms_xml": gettext_lazy("Text messages and calls"),
    "email": gettext_lazy("Email"),
    "calls_csv": gettext_lazy("List of calls"),
}
PROBLEMS: dict[str, Promise] = {
    "no_date": gettext_lazy("There is no date. Type the day it happened."),
    "future": gettext_lazy("The date is in the future. Type the right day."),
    "too_early": gettext_lazy("The date is too long ago. Type the right day."),
}
# Why a file as a whole was not read, beyond what its reader says.
FAILURES: dict[str, Promise] = UNREADABLE_WORDS | {
    "too_many": gettext_lazy("This file holds more than 100,000 messages. Say from which days you want them."),
    "memory": gettext_lazy("This file is too large to read here. You can still add it as evidence."),
    "time": gettext_lazy("This file took too long to read. Export a shorter time."),
    "disk": gettext_lazy("There is no room to read this file just now. Try again later."),
    "crash": gettext_lazy("Something went wrong while reading this file. Try again."),
    "worker_lost": gettext_lazy("Something went wrong while reading this file. Try again."),
    "held_back": gettext_lazy("This file may not be opened just now. It is kept safe."),
    "gone": gettext_lazy("The file could not be found in the store. Tell us."),
}
MOST_RUNS = 4


def kind_of_source(kind: str) -> str:
    """What a kind of source is called; a file where it is not known yet."""
    return str(KINDS[kind]) if kind in KINDS else _("File")


def failure_words(code: str) -> str:
    """Why a file was not read, in a sentence."""
    return str(FAILURES.get(code, FAILURES["crash"]))


def line_words(line: ImportLine) -> str:
    """Why a line is not offered, or what has to be done first; empty when there is nothing to say."""
    if line.problem:
        return str(PROBLEMS[line.problem])
    if line.outcome == ImportLine.Outcome.ITEM:
        return _("It is in the log already.") if line.is_known else _("It was not ticked.")
    words = SKIP_WORDS if line.outcome == ImportLine.Outcome.SKIP else REJECT_WORDS
    return str(words[line.code]) if line.code in words else line.code


def place_words(place_kind: str, numbers: Iterable[int], place_in: str = "") -> str:
    """Where in a source something stands, such as "lines 120 to 134", or "row 4 of Sheet1"."""
    runs = _runs(sorted(set(numbers)))
    first, last = runs[0][0], runs[-1][1]
    if len(runs) > MOST_RUNS:
        where = _("%(first)s to %(last)s, in part") % {"first": first, "last": last}
    else:
        where = ", ".join(_run_words(run) for run in runs)
    words = _named(place_kind, where, 1 if first == last else 2)
    return _("%(where)s of %(file)s") % {"where": words, "file": place_in} if place_in else words


def _run_words(run: Sequence[int]) -> str:
    first, last = run
    return str(first) if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _named(place_kind: str, where: str, count: int) -> str:
    words = {
        "line": lambda: ngettext("line %(where)s", "lines %(where)s", count),
        "row": lambda: ngettext("row %(where)s", "rows %(where)s", count),
        "message": lambda: ngettext("message %(where)s", "messages %(where)s", count),
        "element": lambda: ngettext("record %(where)s", "records %(where)s", count),
        "part": lambda: ngettext("part %(where)s", "parts %(where)s", count),
    }
    return words.get(place_kind, words["line"])() % {"where": where}


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs
