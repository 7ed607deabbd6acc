"""A new case, search first; and an older or restricted case, opened with a reason."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions import may_leave_unallocated, open_new_case, open_with_reason
from cases.finding import Found, find_person
from cases.forms.holding import ReasonForm
from cases.forms.people import NewCaseForm, SearchForm
from cases.models import Victim
from cases.rules import LONDON
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow

NEW = "new"
ELSEWHERE = "elsewhere"  # said to have been seen: somebody like this is known to a colleague


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_new(request: AuthenticatedRequest) -> HttpResponse:
    """Search first; then make the case, for a person found or a new one. No name is ever in an address."""
    search, is_search = SearchForm(request.POST or None), request.POST.get("step") != "create"
    # In the second step the same boxes stand in a longer form: a fault is said there, with all that was typed.
    if not search.is_valid() and is_search:
        return render(request, "cases/new_search.html", {"form": search}, status=status_of(search))
    found = _look(request, search)
    if is_search:
        form = _form(request, found, None, initial={**search.cleaned_data, "received_on": timezone.localdate()})
        return render(request, "cases/new.html", {"form": form, "found": found})
    form = _form(request, found, request.POST)
    if form.is_valid():
        case = attempt(form, lambda: open_new_case(by=request.user, **_wanted(request.user, form)))
        if case is not None:
            messages.success(request, _("The case was opened. Record how to reach the victim safely next."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/new.html", {"form": form, "found": found}, status=status_of(form))


def _look(request: AuthenticatedRequest, search: SearchForm) -> Found:
    """Who may be meant; recorded as a search."""
    asked = search.cleaned_data
    found = find_person(
        request.user,
        first=asked.get("first_name", ""),
        last=asked.get("last_name", ""),
        born_on=asked.get("born_on"),
        phone=asked.get("phone", ""),
    )
    detail = {"page": "cases:new", "is_hidden_match": found.is_hidden_match}
    record(Action.CASE_FOUND, case_ids=[case.pk for case in found.cases], detail=detail)
    return found


def _form(request: AuthenticatedRequest, found: Found, data: Any, initial: Any = None) -> NewCaseForm:
    matches = [(str(victim.pk), _in_words(victim)) for victim in found.victims]
    # Sent a second time, the case itself is found by now: its victim is no news.
    news = [victim for victim in found.victims if request.POST.get("key") not in _case_keys(victim)]
    known = " ".join([*(str(victim.pk) for victim in news), *([ELSEWHERE] if found.is_hidden_match else [])])
    return NewCaseForm(data, initial=initial, matches=matches, workers=_workers(request.user), known=known)


def _case_keys(victim: Victim) -> set[str]:
    return {str(case.pk) for case in victim.shown_cases}  # type: ignore[attr-defined]


def _in_words(victim: Victim) -> str:
    """A person found, as a choice: name, date of birth, cases."""
    cases = ", ".join(case.reference for case in victim.shown_cases)  # type: ignore[attr-defined]
    born = date_format(victim.born_on, "j F Y") if victim.born_on else _("date of birth not given")
    return _("Yes: %(name)s, %(born)s, %(cases)s") % {
        "name": victim.name or victim.known_as,
        "born": born,
        "cases": cases,
    }


def _workers(user: User) -> list[tuple[str, Any]]:
    """Who may take a new case: oneself; for a manager anybody of the team; nobody yet, where it would still be seen."""
    choices: list[tuple[str, Any]] = [(str(user.pk), _("Me"))]
    if user.role == Role.MANAGER and user.staff_profile.team_id:
        team = User.objects.caseworkers_of(user.staff_profile.team_id).exclude(pk=user.pk).order_by("name")
        choices += [(str(person.pk), person.name) for person in team]
    if may_leave_unallocated(user):
        choices.insert(0, ("", _("Nobody yet: it waits to be allocated")))
    return choices


def _wanted(user: User, form: NewCaseForm) -> dict[str, Any]:
    """What the action is asked for."""
    values = dict(form.cleaned_data)
    chosen, worker, day = values.pop("victim"), values.pop("worker"), values.pop("received_on")
    today = timezone.localdate()
    # The hour is not asked: the clock counts from the day, and the beginning of it is never in the future.
    values["received_at"] = datetime.combine(min(day, today), time(0), LONDON)
    victim = None if chosen == NEW else Victim.objects.visible_to(user).get(pk=chosen)
    return {
        "key": values.pop("key"),
        "victim": victim,
        "worker": User.objects.staff().get(pk=worker) if worker else None,
        "values": values,
    }


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_reason(request: AuthenticatedRequest) -> HttpResponse:
    """Open an older or restricted case of the team for eight hours; no such case and not this one look alike."""
    form = ReasonForm(request.POST or None, initial={"reference": request.GET.get("reference", "")})
    if form.is_valid():
        found = open_with_reason(by=request.user, **form.cleaned_data)
        if found is not None:
            return redirect("cases:detail", found)
        record(Action.DENIED, detail={"page": "cases:reason"})
        form.add_error("reference", _("There is no case with this reference that you can open."))
    return render(request, "cases/reason.html", {"form": form}, status=status_of(form))
