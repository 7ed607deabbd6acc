"""Asking to borrow something that may keep her safer: the three questions, and how we say where it stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS
from portal.forms import AboutOneCase
from portal.queries import NEWS_DAYS, cases_to_write_in
from referrals.models import Alarm, AlarmRequest
from referrals.rules.equipment import RequestState

Risk, Where, Way = AlarmRequest.Risk, AlarmRequest.Where, AlarmRequest.Way
RISKS = [
    (Risk.HOME.value, _("Someone coming to my home")),
    (Risk.FOLLOWED.value, _("Someone following me or waiting for me")),
    (Risk.PHONE.value, _("My phone is not safe")),
    (Risk.CAR.value, _("Something happening to my car")),
    (Risk.OTHER.value, _("Something else")),
]
PLACES = [
    (Where.HOME.value, _("At home")),
    (Where.OUT.value, _("When I am out")),
    (Where.TRAVEL.value, _("On a bus or train, or in a car")),
    (Where.WORK.value, _("Where I work or study")),
]
WAYS = [
    (Way.OFFICE.value, _("I come to your office")),
    (Way.MEETING.value, _("You give it to me when we meet")),
    (Way.TRUSTED.value, _("Someone I trust picks it up")),
    (Way.POST.value, _("By post")),
    (Way.TALK.value, _("I am not sure. Talk to me first.")),
]
WORDS = ("risk_words", "where_words", "way_words")
# Where a request stands, in a word, its colour, and what comes next.
STANDING: dict[str, tuple[Any, str, Any]] = {
    RequestState.ASKED: (_("Asked"), "yellow", _("Your caseworker will answer you.")),
    RequestState.APPROVED: (_("Agreed"), "teal", _("We are getting it ready for you.")),
    RequestState.READY: (_("Ready"), "teal", _("It is ready. Your caseworker will talk to you about how you get it.")),
    RequestState.GIVEN: (_("Given"), "blue", _("You have it now.")),
    RequestState.RETURNED: (_("Returned"), "grey", _("You gave it back.")),
    RequestState.LOST: (_("Lost"), "grey", _("It is lost. You can ask for another one.")),
    RequestState.NOT_POSSIBLE: (_("Not possible"), "grey", _("We cannot lend you this.")),
}
# What she has not got in her hands yet, or never will: her first page says it, since nothing else there does.
ANSWERS = (RequestState.APPROVED, RequestState.READY, RequestState.NOT_POSSIBLE)

# What a thing is called on her page: plain, and no more than it needs to say.
THINGS: dict[str, Any] = {
    Alarm.Kind.ATTACK: _("A personal alarm"),
    Alarm.Kind.GPS: _("An alarm with GPS"),
    Alarm.Kind.DOOR: _("An alarm for a door or window"),
    Alarm.Kind.PHONE: _("Something else"),  # whoever reads over her shoulder is not told that there is one
    Alarm.Kind.DOORBELL: _("A doorbell with a camera"),
    Alarm.Kind.DOOR_CAMERA: _("A camera for a door"),
    Alarm.Kind.DASH_CAMERA: _("A camera for a car"),
    Alarm.Kind.OTHER: _("Something else"),
}


def _words(label: Any) -> Any:
    return forms.TextField(label=label, required=False, max_length=MAX_CHARACTERS, rows=3)


class AskForm(AboutOneCase, forms.Form):
    """What she is afraid of, where she would use it, how it gets to her safely."""

    risks = forms.MultipleChoiceField(
        label=_("What worries you?"), choices=RISKS, widget=forms.Checkboxes(small=True),
        help_text=_("Tick all that fit."), missing=_("Tick what worries you"),
    )  # fmt: skip
    risk_words = _words(_("More about what worries you"))
    places = forms.MultipleChoiceField(
        label=_("Where would you use it?"), choices=PLACES, widget=forms.Checkboxes(small=True),
        help_text=_("Tick all that fit."), missing=_("Tick where you would use it"),
    )  # fmt: skip
    where_words = _words(_("More about where"))
    way = forms.ChoiceField(
        label=_("How can you get it safely?"), choices=WAYS, widget=forms.Radios(small=True),
        help_text=_("We only send post if you agreed to letters."), missing=_("Choose how you can get it"),
    )  # fmt: skip
    way_words = _words(_("More about how you can get it"))
    key = forms.KeyField()

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        """Ask which of the cases it is about."""
        super().__init__(*args, **kwargs)
        self.ask_which(cases, _("What is this about?"), _("Choose what this is about"))

    def answers(self) -> dict[str, Any]:
        """The three answers."""
        return {name: self.cleaned_data[name] for name in ("risks", "places", "way", *WORDS)}

    def shown(self) -> list[tuple[Any, list[Any], str]]:
        """Each question with what was ticked and what was written, to be looked over."""
        found = []
        for name, words in zip(("risks", "places", "way"), WORDS, strict=True):
            labels = dict(self.fields[name].choices)  # type: ignore[attr-defined]
            ticked = self.cleaned_data[name]
            chosen = [labels[each] for each in ([ticked] if isinstance(ticked, str) else ticked)]
            found.append((self.fields[name].label, chosen, self.cleaned_data[words]))
        return found


def typed_in(sent: QueryDict) -> dict[str, Any]:
    """What stands in the boxes of a page, for the form to begin with again."""
    several = {name: sent.getlist(name) for name in ("risks", "places")}
    return several | {name: sent.get(name, "") for name in ("way", "case", "key", *WORDS)}


def words_written(sent: QueryDict) -> str:
    """Her own words in the boxes, one after another."""
    return "\n\n".join(words for name in WORDS if (words := sent.get(name, "").strip()))


def is_kept(user: User, key: str, words: str) -> bool:
    """Whether these very words are kept under this key: the page was sent twice."""
    kept = [each for each in her_requests(user) if str(each.pk) == key]
    return any(" ".join(getattr(each, name) for name in WORDS).split() == words.split() for each in kept)


def may_ask_about(user: User) -> list[Case]:
    """Her open cases in which nothing is asked for yet."""
    cases = [case for case in cases_to_write_in(user) if not case.is_closed]
    asked = AlarmRequest.objects.visible_to(user).open().filter(case__in=cases).values_list("case_id", flat=True)
    taken = set(asked)
    return [case for case in cases if case.pk not in taken]


def answer_for(user: User, now: datetime) -> tuple[Any, str] | None:
    """How the newest thing she asked for was answered, in a word and its colour, for 14 days; none where none was."""
    since = now - timedelta(days=NEWS_DAYS)
    asked = AlarmRequest.objects.visible_to(user).filter(state__in=ANSWERS, steps__at__gte=since)
    newest = asked.order_by("-at", "-pk").first()
    return STANDING[newest.state][:2] if newest else None


def her_requests(user: User) -> list[AlarmRequest]:
    """All that she asked for, the newest first, each with its steps."""
    found: Any = AlarmRequest.objects.visible_to(user).prefetch_related("steps").order_by("-at", "-pk")
    return list(found)
