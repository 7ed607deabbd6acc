"""A choice as it stands in a draft: what was said on each step, and nothing of what the log says."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Self

from bundles.choosing.recipients import kind_of
from bundles.models import BundleDraft, Edition, edition_for
from bundles.selection.choice import Section

STEPS = ("purpose", "recipient", "days", "items", "core", "order", "shown", "cover", "check")
# The files that can be chosen by kind; everything else is "other".
FILE_KINDS = ("pictures", "documents", "recordings", "other")


@dataclass(frozen=True)
class Choice:
    """What has been chosen so far.

    Attributes:
        purpose: a `Purpose`; `recipient_ref` who gets it, as `bundles.choosing.recipients` writes it; `words` on the
            purpose.
        file_kinds: the kinds of files that are offered; `has_notes` whether later notes are.
        left: what is left out, by id: a reason and words. `kept` holds what goes in though it usually stays out.
        until: up to when entries had arrived when the list was looked at; what came later is not in it unseen.
        listed: entries that are only named.
        shown: of `Shown`; `on_cover` the lines of the cover; none while nobody has said.
        producer: who produces the exhibits, as `bundles.producers` writes it.
        done: the steps that were answered.
        again_of: the bundle whose choice this one began as.
    """

    purpose: str = ""
    recipient_ref: str = ""
    words: str = ""
    date_from: date | None = None
    date_to: date | None = None
    file_kinds: tuple[str, ...] = FILE_KINDS
    has_notes: bool = True
    until: datetime | None = None
    left: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    sections: tuple[str, ...] = Section.ALL
    files_by_entry: bool = False
    shown: tuple[str, ...] | None = None
    producer: str = ""
    is_full_name: bool = False
    on_cover: tuple[str, ...] | None = None
    done: tuple[str, ...] = ()
    again_of: str = ""

    @classmethod
    def of(cls, draft: BundleDraft) -> Self:
        """Read back a draft's content."""
        told: dict[str, Any] = {name: value for name, value in json.loads(draft.content).items() if name in _NAMES}
        for name in ("date_from", "date_to"):
            told[name] = date.fromisoformat(told[name]) if told.get(name) else None
        told["until"] = datetime.fromisoformat(told["until"]) if told.get("until") else None
        told["left"] = {pk: (reason, words) for pk, (reason, words) in told.get("left", {}).items()}
        kept: dict[str, Any] = {name: tuple(of) if isinstance(of, list) else of for name, of in told.items()}
        return cls(**kept)

    def as_text(self) -> str:
        """As a draft keeps it."""
        return json.dumps(asdict(self), default=lambda moment: moment.isoformat(), sort_keys=True)

    def changed(self, step: str, changes: Mapping[str, Any]) -> "Choice":
        """With a step's answers. Another purpose asks again for who gets it; other days ask for the list again."""
        new = replace(self, **changes)
        done = {*new.done, step}
        if step == "purpose" and new.purpose != self.purpose:
            new = replace(new, recipient_ref="")
            done.discard("recipient")
        if step == "days" and (new.date_from, new.date_to, new.file_kinds, new.has_notes) != (
            self.date_from, self.date_to, self.file_kinds, self.has_notes,
        ):  # fmt: skip
            new = replace(new, until=None)
            done -= {"items", "core"}
        return replace(new, done=tuple(step for step in STEPS if step in done))

    def answers(self) -> dict[str, Any]:
        """Every answer, by its name."""
        return {name: getattr(self, name) for name in _NAMES}

    @property
    def cover(self) -> tuple[str, ...]:
        """The lines of the cover. A landlord or an employer is not told unasked what the police have."""
        if self.on_cover is not None:
            return self.on_cover
        return ("ring",) if self.edition == Edition.SHORT else ("crime_reference", "officer", "ring")

    @property
    def edition(self) -> Edition | None:
        """The edition that purpose and recipient make; none while one of them is open."""
        return edition_for(self.purpose, kind_of(self.recipient_ref)) if self.purpose and self.recipient_ref else None

    @property
    def first_open(self) -> str:
        """The first step that is still to be answered; `check` when none is."""
        needed = [step for step in STEPS if step != "core"]
        return next((step for step in needed if step not in self.done), "check")


_NAMES = {each.name for each in fields(Choice)}


def step_after(step: str) -> str:
    """The step that follows, the core selection apart: that one is gone to where there are too many pages."""
    later = STEPS[STEPS.index(step) + 1 :]
    return next(each for each in later if each != "core")
