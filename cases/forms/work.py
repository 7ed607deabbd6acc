"""Forms for what is done on a case: contact, note, message, task, status."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms.notice import NoticeForm
from cases.forms.people import BEGINNING
from cases.models import Case, Contact, ContentClass, PlannedContact
from cases.rules import ENDED, LONDON, MOVES, CaseStatus
from nsvcs import forms
from nsvcs.access import Role

Channel, Outcome = Contact.Channel, Contact.Outcome
LONGEST_MINUTES = 600


def day_choices() -> list[tuple[str, Any]]:
    """Today, yesterday, or a day to be named."""
    return [("today", _("Today")), ("yesterday", _("Yesterday")), ("other", _("Another day"))]


class MomentForm(forms.Form):
    """When something happened: a day up to today, and a time of it."""

    day = forms.ChoiceField(
        label=_("When?"),
        choices=day_choices,
        widget=forms.Radios(small=True, reveals={"other": "on"}),
        initial="today",
        missing=_("Choose the day"),
    )
    on = forms.DateField(label=_("Which day?"), required=False, earliest=BEGINNING, latest=timezone.localdate)
    at = forms.TimeField(
        label=_("What time?"), missing=_("Enter the time, like 2:30pm"), help_text=_("For example 2:30pm.")
    )

    def clean(self) -> dict[str, Any]:
        """Put day and time together, in London; nothing that has not happened yet can be recorded."""
        found = super().clean() or {}
        day, moment = found.get("day"), found.get("at")
        on = found.get("on") if day == "other" else day_of(day)
        if day == "other" and on is None and "on" not in self.errors:
            self.add_error("on", _("Enter the date"))
        if on is not None and isinstance(moment, time):
            found["when"] = datetime.combine(on, moment, LONDON)
            if found["when"] > timezone.now():
                self.add_error("at", _("The time must be in the past"))
            if found["when"].astimezone(UTC).astimezone(LONDON).time() != moment:
                self.add_error("at", _("There was no such time: the clocks went forward in that hour"))
        return found


class ContactForm(MomentForm):
    """An attempt to reach her, or a conversation."""

    field_order = ("who", "channel", "outcome", "day", "on", "at")

    who = forms.ChoiceField(
        label=_("Who made contact?"),
        choices=[("us", _("We did")), ("victim", _("The victim did"))],
        widget=forms.Radios(inline=True),
        initial="us",
        missing=_("Choose who made contact"),
    )
    channel = forms.ChoiceField(
        label=_("How?"), choices=Channel.choices, widget=forms.Radios(small=True), missing=_("Choose how")
    )
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Outcome.choices,
        widget=forms.Radios(small=True, hints={Outcome.SPOKE: _("Only this stops the clock of first contact.")}),
        missing=_("Choose what came of it"),
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"), required=False, min_value=0, max_value=LONGEST_MINUTES, width=3
    )
    with_whom = forms.CharField(
        label=_("With whom, if not with the victim?"), required=False, max_length=120, width="one-half"
    )
    text = forms.TextField(label=_("What was said or left?"), required=False, max_length=20_000, rows=6)
    content_class = forms.SelectField(
        label=_("Kind of note"), choices=ContentClass.choices, initial=ContentClass.ADVOCACY
    )
    key = forms.KeyField()

    def values(self) -> dict[str, Any]:
        """The contact's own fields."""
        kept = {name: self.cleaned_data[name] for name in ("channel", "outcome", "with_whom", "text", "content_class")}
        kept["minutes"] = self.cleaned_data["minutes"]
        return kept | {"is_from_victim": self.cleaned_data["who"] == "victim", "at": self.cleaned_data["when"]}


def day_of(choice: str | None) -> Any:
    """The day that "today" or "yesterday" stands for."""
    today = timezone.localdate()
    return {"today": today, "yesterday": today - timedelta(days=1)}.get(choice or "")


class NoteForm(forms.Form):
    """A note on a case."""

    text = forms.TextField(label=_("Note"), max_length=20_000, rows=8, missing=_("Write the note"))
    content_class = forms.ChoiceField(
        label=_("Kind of note"),
        choices=ContentClass.choices,
        widget=forms.Radios(
            small=True, hints={ContentClass.EMOTIONAL: _("Can be left out when notes are asked for by others.")}
        ),
        initial=ContentClass.ADVOCACY,
        missing=_("Choose the kind of note"),
    )
    key = forms.KeyField()


class PlanForm(forms.Form):
    """When the victim will hear from us next, as agreed; or that nothing is agreed any more."""

    what = forms.ChoiceField(
        label=_("What is agreed with the victim?"),
        choices=[("plan", _("A contact on a day")), ("none", _("Nothing for now"))],
        widget=forms.Radios(small=True, reveals={"plan": "on"}),
        initial="plan",
        missing=_("Choose what is agreed"),
    )
    on = forms.DateField(label=_("Which day?"), required=False, earliest=timezone.localdate)
    part = forms.ChoiceField(
        label=_("Which part of the day?"),
        choices=[*PlannedContact.Part.choices, ("", _("Not said"))],
        widget=forms.Radios(small=True),
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("How?"), choices=Channel.choices, widget=forms.Radios(small=True), required=False
    )
    key = forms.KeyField()

    def clean(self) -> dict[str, Any]:
        """A plan has a day and a way; nothing has neither."""
        found = super().clean() or {}
        if found.get("what") == "plan":
            if found.get("on") is None and "on" not in self.errors:
                self.add_error("on", _("Enter the day"))
            if not found.get("channel") and "channel" not in self.errors:
                self.add_error("channel", _("Choose how"))
        return found

    def values(self) -> dict[str, Any]:
        """The plan's own fields."""
        if self.cleaned_data["what"] == "none":
            return {"on": None, "part": "", "channel": ""}
        return {name: self.cleaned_data[name] for name in ("on", "part", "channel")}


class MessageForm(NoticeForm):
    """A message for the victim, in the portal alone; a notice of it says nothing of what is in it."""

    field_order = ("text", "notice")
    text = forms.TextField(
        label=_("Your message"), max_length=20_000, rows=5, missing=_("Write a message"),
        help_text=_("Seen only in the portal."),
    )  # fmt: skip
    key = forms.KeyField()


QUESTIONS = {
    "manager": _("Decide whether it is safe to contact the victim"),
    "closing": _("Finish this task, then close the case or say what is to be done first"),
}


class TaskForm(forms.Form):
    """Something to be done by a day."""

    title = forms.CharField(label=_("What is to be done?"), max_length=200, missing=_("Write what is to be done"))
    due_on = forms.DateField(label=_("By when?"), earliest=timezone.localdate, missing=_("Enter the day"))
    assigned_to = forms.SelectField(label=_("Who does it?"), required=False)
    key = forms.KeyField()

    def __init__(self, *args: Any, user: User, case: Case, asks: str = "", **kwargs: Any) -> None:
        """Offer oneself, whoever else is on the case, the team's managers who may see it, and the duty worker.

        `asks` begins with a question for a manager: whether a victim may be contacted again, or a case closed.
        """
        super().__init__(*args, **kwargs)
        on_case = case.allocations.current(timezone.now()).exclude(worker=user).values_list("worker", "worker__name")
        managers = {str(pk): _("%(name)s, manager") % {"name": name} for pk, name in _managers(case, user)}
        self.people = {str(user.pk): _("Me"), **managers, **{str(pk): name for pk, name in on_case}}
        field = self.fields["assigned_to"]
        field.choices = [*self.people.items(), ("", _("The duty worker"))]  # type: ignore[attr-defined]
        field.initial = str(user.pk)
        if asks in QUESTIONS:
            field.initial = next(iter(managers), "")
            self.initial["title"] = str(QUESTIONS[asks])
            self.initial["due_on"] = timezone.localdate()

    def worker(self) -> User | None:
        """Whose it is."""
        chosen = self.cleaned_data["assigned_to"]
        return User.objects.staff().get(pk=chosen) if chosen else None


def _managers(case: Case, user: User) -> list[tuple[UUID, str]]:
    """The other managers of the case's team who find it among their cases, by name."""
    if case.is_restricted:
        return []
    managers = User.objects.caseworkers_of(case.team_id).filter(role=Role.MANAGER).exclude(pk=user.pk)
    return list(managers.exclude(walls__case=case).order_by("name").values_list("pk", "name"))


class StatusForm(forms.Form):
    """The next step of an open case."""

    to = forms.ChoiceField(label=_("Where does the case stand now?"), choices=[], missing=_("Choose where it stands"))
    reason = forms.TextField(label=_("Why?"), max_length=2000, rows=3, missing=_("Write why"))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Offer the moves that the one table allows from here."""
        super().__init__(*args, **kwargs)
        allowed = MOVES[CaseStatus(case.status)] - ENDED
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (to.value, to.label) for to in CaseStatus if to in allowed
        ]
