"""Forms for support: the offer, a move, goal and needs, scores, a session, a correction."""

from typing import Any

from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms.people import BEGINNING
from cases.forms.versions import VersionedForm
from cases.forms.work import LONGEST_MINUTES, MomentForm
from cases.models import Case, ContentClass
from nsvcs import forms
from referrals.models import EpisodeAim, SupportEpisode, SupportService, SupportSession, SupportSubcode
from referrals.models.support import MEASURES
from referrals.rules.support import HIGHEST, LOWEST, MOVES, NEEDS_REASON, EpisodeState, Need, Outcome, Review

Attendance = SupportSession.Attendance


class AimFields(forms.Form):
    """What support is for."""

    goal = forms.TextField(
        label=_("Goal"), max_length=2000, rows=3, missing=_("Write the goal"),
        help_text=_("What is to be better when this support ends, in words agreed with the victim."),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=_("Which needs does it answer?"),
        choices=Need.choices,
        widget=forms.Checkboxes(small=True),
        required=False,
    )


class OfferForm(AimFields):
    """One service of the catalogue, offered on a day."""

    field_order = ("service", "on", "goal", "needs")

    service = forms.ChoiceField(
        label=_("Which service?"), choices=[], widget=forms.Radios(small=True), missing=_("Choose the service")
    )
    on = forms.DateField(
        label=_("When was it offered?"), earliest=BEGINNING, latest=timezone.localdate, initial=timezone.localdate,
        missing=_("Enter the day"),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, services: list[SupportService], **kwargs: Any) -> None:
        """Offer the services that are not open for the victim already."""
        super().__init__(*args, **kwargs)
        self.services = {str(service.pk): service for service in services}
        field = self.fields["service"]
        field.choices = [(key, each.name) for key, each in self.services.items()]  # type: ignore[attr-defined]
        field.widget.hints = {key: each.what for key, each in self.services.items()}

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        kept = {name: self.cleaned_data[name] for name in ("key", "on", "goal", "needs")}
        return kept | {"service": self.services[self.cleaned_data["service"]]}


class MoveForm(forms.Form):
    """The next step of an episode, of those that the one table allows."""

    was = forms.CharField(max_length=9, widget=HiddenInput)
    to = forms.ChoiceField(
        label=_("Where does the support stand now?"),
        choices=[],
        widget=forms.Radios(small=True),
        missing=_("Choose where it stands"),
    )
    on = forms.DateField(
        label=_("Since which day?"), earliest=BEGINNING, latest=timezone.localdate, initial=timezone.localdate,
        missing=_("Enter the day"),
    )  # fmt: skip
    reason = forms.TextField(
        label=_("Why?"), max_length=2000, rows=3, required=False,
        help_text=_("Needed when it was declined, paused, completed or withdrawn."),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, episode: SupportEpisode, **kwargs: Any) -> None:
        """Offer the moves from where it stands."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("was", episode.state)
        allowed = MOVES[EpisodeState(episode.state)]
        field = self.fields["to"]
        field.choices = [(to.value, to.label) for to in EpisodeState if to in allowed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Stopping needs a reason."""
        found = super().clean() or {}
        if found.get("to") in NEEDS_REASON and not found.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Write why"))
        return found

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        kept = {name: self.cleaned_data[name] for name in ("key", "on", "reason")}
        return kept | {name: EpisodeState(self.cleaned_data[name]) for name in ("to", "was")}


class AimForm(VersionedForm, AimFields):
    """Goal and needs, changed."""

    key = forms.KeyField()

    @staticmethod
    def of(aim: EpisodeAim) -> dict[str, Any]:
        """A stored goal as the form begins with it."""
        return {"goal": aim.goal, "needs": aim.needs, "version": aim.version}


class ReviewForm(forms.Form):
    """Scores of one day; what was not asked is left out."""

    mark_optional = False  # each measure says "not asked" itself

    when = forms.ChoiceField(
        label=_("When is this asked?"), choices=Review.choices, widget=forms.Radios(small=True),
        missing=_("Choose when this is asked"),
    )  # fmt: skip
    on = forms.DateField(
        label=_("Which day?"), earliest=BEGINNING, latest=timezone.localdate, initial=timezone.localdate,
        missing=_("Enter the day"),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, needs: list[str], **kwargs: Any) -> None:
        """Ask for the needs of this episode first, then for how far things have come."""
        super().__init__(*args, **kwargs)
        choices = [("", _("Not asked")), *((str(each), str(each)) for each in range(LOWEST, HIGHEST + 1))]
        asked = [each for each in MEASURES if each[0] in needs] + list(Outcome.choices)
        for code, label in asked:
            self.fields[code] = forms.SelectField(label=label, choices=choices, required=False)
        self.measures = [code for code, _label in asked]

    def clean(self) -> dict[str, Any]:
        """At least one score."""
        found = super().clean() or {}
        if not any(found.get(code) for code in self.measures):
            self.add_error(self.measures[0], _("Give at least one score"))
        return found

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        given = {code: int(self.cleaned_data[code]) for code in self.measures if self.cleaned_data[code]}
        kept = {name: self.cleaned_data[name] for name in ("key", "on")}
        return kept | {"when": Review(self.cleaned_data["when"]), "scores": given}


class SessionForm(MomentForm):
    """A session, held or not."""

    field_order = ("attendance", "day", "on", "at", "minutes", "mode", "worker", "did", "content_class", "note")

    attendance = forms.ChoiceField(
        label=_("Did it take place?"), choices=Attendance.choices, widget=forms.Radios(small=True),
        initial=Attendance.ATTENDED, missing=_("Choose whether it took place"),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("How many minutes?"), required=False, min_value=1, max_value=LONGEST_MINUTES, width=3,
        help_text=_("Only of a session that took place."),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("How?"), choices=SupportSession.Mode.choices, widget=forms.Radios(small=True), missing=_("Choose how")
    )
    worker = forms.SelectField(
        label=_("Who held it?"), missing=_("Choose who held it"),
        error_messages={"invalid_choice": _("That colleague is not on the case any more. Choose who held it")},
    )  # fmt: skip
    did = forms.MultipleChoiceField(
        label=_("What was done?"), choices=[], widget=forms.Checkboxes(small=True), required=False
    )
    content_class = forms.SelectField(
        label=_("Kind of session"), choices=ContentClass.choices, initial=ContentClass.ADVOCACY,
        help_text=_("The note takes the same kind. A note of emotional support is kept apart."),
    )  # fmt: skip
    note = forms.TextField(label=_("Note"), required=False, max_length=20_000, rows=5)
    kept_apart = forms.TextField(
        label=_("Emotional-support notes"), required=False, max_length=20_000, rows=5,
        help_text=_(
            "Kept apart from the note: left out of what is disclosed, and read only by those on the case and managers."
        ),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(
        self, *args: Any, user: User, case: Case, subcodes: list[SupportSubcode], is_emotional: bool, **kwargs: Any
    ) -> None:
        """Offer oneself and whoever else is on the case, and what belongs to the service."""
        super().__init__(*args, **kwargs)
        on_case = case.allocations.current(timezone.now()).exclude(worker=user).values_list("worker", "worker__name")
        people = {str(user.pk): _("Me"), **{str(pk): name for pk, name in on_case}}
        self.fields["worker"].choices = list(people.items())  # type: ignore[attr-defined]
        self.fields["worker"].initial = str(user.pk)
        self.fields["did"].choices = [(each.code, each.name) for each in subcodes]  # type: ignore[attr-defined]
        if not subcodes:
            del self.fields["did"]
        if is_emotional:
            self.fields["content_class"].initial = ContentClass.EMOTIONAL

    def clean(self) -> dict[str, Any]:
        """Minutes belong to a session that took place, and to no other."""
        found = super().clean() or {}
        was_held = found.get("attendance") == Attendance.ATTENDED
        if "minutes" not in self.errors and "attendance" not in self.errors:
            if was_held and not found.get("minutes"):
                self.add_error("minutes", _("Enter how many minutes it took"))
            elif not was_held and found.get("minutes"):
                self.add_error("minutes", _("Leave the minutes empty: the session did not take place"))
        return found

    def values(self) -> dict[str, Any]:
        """The session's own fields."""
        names = ("attendance", "minutes", "mode", "content_class")
        kept = {name: self.cleaned_data[name] for name in names}
        worker = User.objects.staff().get(pk=self.cleaned_data["worker"])
        did = sorted(self.cleaned_data.get("did", []))
        return kept | {"at": self.cleaned_data["when"], "worker_id": worker.pk, "did": did}


class CorrectionForm(forms.Form):
    """What was recorded wrongly of a session, and what is right."""

    text = forms.TextField(
        label=_("What was recorded wrongly, and what is right?"), max_length=20_000, rows=5,
        missing=_("Write what is right"),
    )  # fmt: skip
    content_class = forms.ChoiceField(
        label=_("Kind of note"), choices=ContentClass.choices, widget=forms.Radios(small=True),
        initial=ContentClass.ADVOCACY, missing=_("Choose the kind of note"),
    )  # fmt: skip
    takes_back = forms.BooleanField(label=_("It did not take place as recorded: do not count it"), required=False)
    key = forms.KeyField()
