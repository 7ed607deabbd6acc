"""Who a bundle can go to: the victim, professionals of the case, offices of the directory. Nobody is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from bundles.models import EDITIONS, Purpose, Recipient
from cases.models import Case, Professional
from reference.models import Organisation

OF_THE_CASE = {
    Professional.Kind.OFFICER: Recipient.POLICE,
    Professional.Kind.PROSECUTOR: Recipient.PROSECUTION,
    Professional.Kind.SOLICITOR: Recipient.SOLICITOR,
    Professional.Kind.HOUSING: Recipient.HOUSING,
    Professional.Kind.SOCIAL_WORKER: Recipient.SOCIAL_WORKER,
    Professional.Kind.EMPLOYER: Recipient.EMPLOYER,
}
# Tags of the directory that say which papers an office takes.
OF_THE_DIRECTORY = {
    "papers-police": Recipient.POLICE,
    "papers-prosecution": Recipient.PROSECUTION,
    "papers-court": Recipient.COURT,
    "papers-family": Recipient.FAMILY_COURT,
}


@dataclass(frozen=True)
class Someone:
    """One who can get a bundle.

    Attributes:
        ref: kind and id, such as "police:professional:…", for the draft and the bundle.
        words: name and office, as printed on the cover; nothing for the victim.
        where: where the name is from.
    """

    ref: str
    words: str
    where: str

    @property
    def label(self) -> str:
        """In a list to choose from."""
        return f"{self.words} ({self.where})" if self.words else self.where


def kind_of(ref: str) -> str:
    """The kind of recipient that a reference names."""
    return ref.partition(":")[0]


def candidates(case: Case, purpose: str, by: User) -> list[Someone]:
    """Everybody of the case and the directory that a bundle for this purpose may go to, those of the case first."""
    kinds = set(EDITIONS[Purpose(purpose)]) if purpose in Purpose.values else set()
    found = list(_herself(kinds))
    found += _of_the_case(case, kinds, by)
    return found + list(_of_the_directory(kinds))


def candidate(case: Case, purpose: str, ref: str, by: User) -> Someone | None:
    """One of them; none where they have left the case since, or the purpose does not allow them."""
    return next((each for each in candidates(case, purpose, by) if each.ref == ref), None)


def _herself(kinds: set[Recipient]) -> Iterator[Someone]:
    if Recipient.VICTIM in kinds:
        yield Someone(f"{Recipient.VICTIM}:herself", "", _("the victim"))


def _of_the_case(case: Case, kinds: set[Recipient], by: User) -> Iterator[Someone]:
    rows = Professional.objects.visible_to(by).filter(case=case, is_current=True).order_by("kind", "name")
    for row in rows:
        kind = OF_THE_CASE.get(Professional.Kind(row.kind))
        if kind in kinds:
            words = ", ".join(part for part in (row.name, row.organisation) if part)
            yield Someone(f"{kind}:professional:{row.pk}", words, str(row.get_kind_display()).lower())


def _of_the_directory(kinds: set[Recipient]) -> Iterator[Someone]:
    for tag, kind in OF_THE_DIRECTORY.items():
        if kind in kinds:
            for row in Organisation.objects.for_staff().tagged([tag]):
                yield Someone(f"{kind}:organisation:{row.slug}", row.name, _("from the directory"))


def officer_of(case: Case, by: User) -> str:
    """The officer in the case and their force; nothing where the case knows none."""
    rows = Professional.objects.visible_to(by).filter(case=case, is_current=True, kind=Professional.Kind.OFFICER)
    row = rows.order_by("-pk").first()
    return ", ".join(part for part in (row.name, row.organisation) if part) if row else ""


def cover_lines(case: Case, by: User) -> dict[str, str]:
    """What the case knows for the cover, and the one number to ring: the service's, which somebody answers."""
    return {
        "crime_reference": case.crime_reference,
        "officer": officer_of(case, by),
        "ring": _("%(number)s, the victim care service") % {"number": settings.SERVICE_PHONE},
    }


def producers(case: Case, by: User, now: datetime) -> list["Producer"]:
    """Who can produce the exhibits: the victim, who has the originals, and whoever works on the case now."""
    rows = case.allocations.current(now).select_related("worker").order_by("starts_at")
    found = {row.worker_id: row.worker for row in rows} | {by.pk: by}
    victim = Producer("victim", _("the victim"), case.victim.name)
    return [victim, *(Producer(f"user:{pk}", str(user.get_role_display()), user.name) for pk, user in found.items())]


@dataclass(frozen=True)
class Producer:
    """One who can produce the exhibits."""

    ref: str
    role: str
    name: str

    @property
    def initials(self) -> str:
        """The first letter of each name."""
        return " ".join(f"{part[0].upper()}." for part in self.name.replace("-", " ").split())

    def printed(self, *, is_full_name: bool) -> str:
        """As it stands on the cover: role and initials, the name only where that was ticked."""
        return f"{self.role}, {self.name if is_full_name else self.initials}"
