"""What narrows and orders the case list; all of it in the address, and none of it says anything of a person."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, OrderBy
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cases.models.cases import CaseQuerySet
from cases.rules import CaseStatus
from nsvcs import forms

NOBODY = "none"
GONE = "gone"
SORTS = {
    "reference": ("reference",),
    "status": ("status", "reference"),
    "worker": ("worker_name", "reference"),
    "received": ("received_at", "reference"),
    "contact": ("last_contact_at", "reference"),
    "tasks": ("task_count", "reference"),
}
FIRST_SORT = "-received"


class CaseFilterForm(forms.FilterForm):
    """The case list's filters."""

    state = forms.ChoiceField(
        label=_("Cases"),
        choices=[("open", _("Open")), ("closed", _("Closed")), ("all", _("All"))],
        widget=forms.Radios(small=True),
        required=False,
        initial="open",
    )
    status = forms.SelectField(label=_("Status"), choices=[("", _("Any")), *CaseStatus.choices], required=False)
    worker = forms.SelectField(label=_("Caseworker"), required=False)
    team = forms.SelectField(label=_("Team"), required=False)
    overdue = forms.SelectField(
        label=_("Overdue"),
        choices=[("", _("Any")), ("first_contact", _("First contact")), ("task", _("Tasks"))],
        required=False,
    )
    priority = forms.SelectField(
        label=_("Priority"), choices=[("", _("Any")), ("high", _("High priority"))], required=False
    )
    unread = forms.BooleanField(label=_("New entries nobody has read"), required=False)

    def __init__(self, asked: QueryDict, *, user: User) -> None:
        """Offer oneself first, colleagues, and cases that nobody holds."""
        data = asked.copy()
        data.setdefault("state", "open")  # what is shown is what is ticked
        super().__init__(data)
        colleagues = User.objects.staff().filter(role__in=["caseworker", "manager"]).exclude(pk=user.pk)
        names = [(str(pk), name) for pk, name in colleagues.order_by("name").values_list("pk", "name")]
        nobody = [(NOBODY, _("Nobody yet")), (GONE, _("No longer here"))]
        first = [("", _("Anybody")), (str(user.pk), _("Me")), *nobody]
        self.fields["worker"].choices = [*first, *names]  # type: ignore[attr-defined]
        teams = [(str(pk), name) for pk, name in Team.objects.values_list("pk", "name")]
        self.fields["team"].choices = [("", _("Any")), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> list[tuple[str, str]]:
        """Each filter that narrows the list: its name in the address, and in words."""
        self.is_valid()
        found = []
        for bound in self:
            value = self.cleaned_data.get(bound.name)
            if value and (bound.name, value) != ("state", "open"):
                said = dict(getattr(bound.field, "choices", ())).get(value)
                found.append((bound.name, f"{bound.label}: {said}" if said else str(bound.label)))
        return found

    def filter(self, cases: CaseQuerySet, now: datetime, today: date) -> CaseQuerySet:
        """The cases that fit all that was chosen; a choice that does not exist narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        cases = _in_state(cases, chosen.get("state") or "open")
        if chosen.get("worker"):
            cases = _held(cases, chosen["worker"], now)
        if chosen.get("overdue"):
            cases = _overdue(cases, chosen["overdue"], today)
        if chosen.get("unread"):
            cases = cases.with_unread_entries()
        return cases.filter(**_as_they_are(chosen))


def _as_they_are(chosen: dict[str, Any]) -> dict[str, Any]:
    """What is compared with a column of the case itself."""
    wanted = {name: chosen[name] for name in ("status", "team") if chosen.get(name)}
    return wanted | ({"is_high_priority": True} if chosen.get("priority") else {})


def _held(cases: CaseQuerySet, worker: Any, now: datetime) -> CaseQuerySet:
    if worker == NOBODY:
        return cases.unallocated(now)
    return cases.left_behind(now) if worker == GONE else cases.held_by(worker, now)


def _in_state(cases: CaseQuerySet, state: str) -> CaseQuerySet:
    if state == "all":
        return cases
    return cases.filter(closed_on__isnull=state == "open")


def _overdue(cases: CaseQuerySet, what: str, today: date) -> CaseQuerySet:
    if what == "first_contact":
        return cases.first_contact_overdue(today)
    return cases.with_overdue_tasks(today)


def ordering(asked: str) -> tuple[str, tuple[str, ...]]:
    """A sort key that exists, and the columns it stands for; `-` in front turns it round."""
    key = asked if asked.removeprefix("-") in SORTS else FIRST_SORT
    columns = SORTS[key.removeprefix("-")]
    return key, tuple(f"-{column}" for column in columns) if key.startswith("-") else columns


def ordered(cases: CaseQuerySet, asked: str) -> CaseQuerySet:
    """The cases in the order asked for; what is not known comes last."""
    _key, columns = ordering(asked)
    return cases.order_by(*(OrderBy(F(name.lstrip("-")), name.startswith("-"), nulls_last=True) for name in columns))


class FindForm(forms.FilterForm):
    """One box: a reference, a name or a phone number. It is posted, so that a name is never in an address."""

    q = forms.CharField(
        label=_("Find a case"), help_text=_("Reference, name, or a phone number or its last 5 digits"), max_length=100,
        missing=_("Enter a reference, a name or a phone number"),
    )  # fmt: skip
