"""What can be merged into a letter of one case: each thing from where the list of merge fields says."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from cases.models import Case, Professional, ProtectedKind
from cases.protected_words import protected_in
from nsvcs.days import day_words
from referrals.models import LetterTemplate, SupportEpisode
from referrals.rules.letters import TICKED, TYPED, compose
from referrals.rules.support import OPEN, EpisodeState

SERVICE = "Norfolk and Suffolk Victim Care Service"
MATTER = "stalking or harassment"
NEVER = (ProtectedKind.ADDRESSES, ProtectedKind.PHONES, ProtectedKind.ALWAYS)


@dataclass(frozen=True)
class Composed:
    """A letter as it reads: what is frozen when it is made."""

    subject: str
    text: str

    @property
    def mark(self) -> str:
        """A short mark of how it reads, by which a page knows what was shown."""
        return sha256(f"{self.subject}\n{self.text}".encode()).hexdigest()[:32]


def known_values(case: Case, user: User) -> dict[str, str]:
    """Return what the case itself knows of the fields that are ticked; what is not known is left out."""
    officer = Professional.objects.visible_to(user).filter(case=case, kind="officer", is_current=True).first()
    given = SupportEpisode.objects.visible_to(user).filter(case=case, state__in=OPEN - {EpisodeState.OFFERED})
    names = given.order_by("service__position").values_list("service__name", flat=True)
    crime = ", ".join(part for part in (case.police_force, case.crime_reference) if part)
    found = {
        "matter": MATTER,
        "born_on": day_words(case.victim.born_on) if case.victim.born_on else "",
        "since": day_words(timezone.localdate(case.received_at)),
        "support": _listed([name[:1].lower() + name[1:] for name in names]),
        "crime": crime if case.crime_reference else "",
        "officer": ", ".join(part for part in (officer.name, officer.organisation) if part) if officer else "",
    }
    return {name: value for name, value in found.items() if value}


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def values_of(case: Case, user: User, said: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of one letter: what is in every letter, and of the rest what was ticked or typed."""
    included = set(said.get("included") or ())
    known = {name: value for name, value in known_values(case, user).items() if name in included}
    typed = {name: str(said.get(name) or "") for name in TYPED}
    return (
        known
        | typed
        | {
            "name": str(said["name_used"]),
            "recipient": str(said["to_name"]),
            "worker": user.name,
            "service": SERVICE,
            "phone": settings.SERVICE_PHONE,
            "hours": settings.SERVICE_HOURS,
        }
    )


def composed(template: LetterTemplate, values: Mapping[str, str]) -> Composed:
    """Return a letter as it reads."""
    return Composed(compose(template.subject, values), compose(template.text, values))


def offered_fields(template: LetterTemplate, known: Mapping[str, str]) -> list[str]:
    """Return the fields that can be ticked for a letter: those its template names and the case knows."""
    named = template.subject + template.text
    return [name for name in TICKED if name in known and f"{{{name}}}" in named]


@dataclass(frozen=True)
class Guarded:
    """Words of a letter that are kept out of papers for others.

    Attributes:
        never: where the victim lives or is reached, and what is never to be shown: no letter may say it.
        others: what a letter may say where its recipient is to read it.
    """

    never: list[str]
    others: list[str]


def guarded_in(case: Case, user: User, letter: Composed, top: str = "") -> Guarded:
    """Return what of a letter is kept out of papers for others, near forms of it too; `top` is typed for its head."""
    found = protected_in(case, user, {"subject": letter.subject, "text": letter.text, "top": top})
    never = {str(kind.label) for kind in NEVER}
    told: dict[bool, list[str]] = {True: [], False: []}
    for each in found:
        told[str(each.kind) in never].append(each.words)
    return Guarded(*(list(dict.fromkeys(words)) for words in (told[True], told[False])))
