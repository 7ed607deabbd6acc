"""The stock of equipment: the list, one unit with its history, and what is done with a unit by hand.

A unit tells nothing of anybody. Which case it is with stands here only for whoever may open that case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import Team, User
from audit.actions import record
from audit.models import Action
from cases.actions import StaleEdit
from cases.views.comparing import brought_together
from cases.views.trying import attempt, status_of
from nsvcs import forms, htmx
from nsvcs.access import Role, allow
from referrals.actions.equipment import (
    add_alarm,
    change_alarm,
    change_battery,
    is_battery_overdue,
    keep_place,
    look_over,
    move_alarm,
)
from referrals.actions.equipment_loans import mark_faulty, record_test
from referrals.equipment_limits import limits
from referrals.equipment_lists import battery_due_on, late_counts, next_test_on, with_loans
from referrals.forms.equipment import (
    BatteryForm,
    ChangeUnitForm,
    LookOverForm,
    PlaceForm,
    ReasonForm,
    StockFilterForm,
    TestForm,
    UnitForm,
)
from referrals.models import Alarm, AlarmLoan
from referrals.rules.equipment import AlarmState, may_move_alarm

PAGE_SIZE = 25
LATE_NAMES = {
    "tests": gettext_lazy("Overdue tests"),
    "returns": gettext_lazy("Overdue returns"),
    "batteries": gettext_lazy("Overdue batteries"),
}


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def stock(request: AuthenticatedRequest) -> HttpResponse:
    """The units by place, narrowed by what is in the address."""
    user, today = request.user, timezone.localdate()
    form = StockFilterForm(request.GET)
    page = Paginator(form.filter(Alarm.objects.for_list(), user, today), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = with_loans(list(page.object_list), user)
    record(Action.CASE_LISTED, case_ids=_cases_of(rows), detail={"page": "equipment:list"})
    numbers = limits()
    shown = [
        {"unit": unit, "loan": loan, "test_on": next_test_on(unit, numbers["alarm_test_months"]),
         "is_battery_late": is_battery_overdue(unit, today, numbers["alarm_battery_months"])}
        for unit, loan in rows
    ]  # fmt: skip
    counts = [(what, LATE_NAMES[what], count) for what, count in late_counts(user, today)]
    context = {"form": form, "page": page, "rows": shown, "counts": counts, "today": today}
    return htmx.render(request, "referrals/stock/list.html", context, partial="results")


def _cases_of(rows: list[tuple[Alarm, AlarmLoan | None]]) -> list[UUID]:
    return sorted({loan.case_id for _unit, loan in rows if loan})


def _unit(pk: UUID) -> Alarm:
    found: Alarm = get_object_or_404(Alarm.objects.select_related("place__team"), pk=pk)
    return found


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def unit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One unit: where it stands, what was done with it, whom it was with as far as one may know."""
    found, today = _unit(pk), timezone.localdate()
    lent = AlarmLoan.objects.visible_to(request.user).filter(alarm=found)
    loans = list(lent.select_related("case").order_by("-period"))
    record(Action.CASE_LISTED, case_ids=sorted({loan.case_id for loan in loans}), detail={"page": "equipment:detail"})
    history: list[tuple[str, datetime, Any]] = [
        ("move", move.at, move) for move in found.moves.select_related("by", "to_place__team")
    ]
    history += [("test", test.at, test) for test in found.tests.select_related("by")]
    page = Paginator(sorted(history, key=lambda each: each[1], reverse=True), PAGE_SIZE)
    running = next((loan for loan in loans if loan.is_open), None)
    numbers = limits()
    context = {
        "unit": found,
        "loans": loans,
        "running": running,
        "is_elsewhere": running is None and found.state in {AlarmState.RESERVED, AlarmState.ON_LOAN},
        "page": page.get_page(request.GET.get("page")),
        "acts": _acts(found, running),
        "test_on": next_test_on(found, numbers["alarm_test_months"]),
        "battery_on": battery_due_on(found, numbers["alarm_battery_months"]),
        "today": today,
    }
    return render(request, "referrals/stock/detail.html", context)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def place_new(request: AuthenticatedRequest) -> HttpResponse:
    """A new place where units are kept."""
    form = PlaceForm(request.POST or None, initial={"team": request.user.staff_profile.team_id})
    if form.is_valid():
        keep_place(team=Team.objects.get(pk=form.cleaned_data["team"]), name=form.cleaned_data["name"])
        messages.success(request, _("The place was saved."))
        return redirect("equipment:new")
    return render(request, "referrals/stock/place_new.html", {"form": form}, status=forms.form_status(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def unit_new(request: AuthenticatedRequest) -> HttpResponse:
    """A new unit."""
    form = UnitForm(request.POST or None)
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        found = attempt(form, lambda: add_alarm(key=key, values=values, by=request.user))
        if found:
            messages.success(request, _("The unit is in the stock."))
            return redirect("equipment:detail", found.pk)
    return render(request, "referrals/stock/new.html", {"form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def unit_edit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Another place, condition or notes; where a colleague changed it meanwhile, both are shown."""
    found = _unit(pk)
    form = ChangeUnitForm(request.POST or None, initial=_as_initial(found))
    if form.is_valid():
        try:
            based_on = form.cleaned_data["version"]
            change_alarm(alarm=found, values=form.values(), based_on=based_on, by=request.user)
        except StaleEdit as stale:
            now = _as_initial(stale.present)
            form, differences = brought_together(form, now, form.mine())
            context = {"unit": found, "form": form, "differences": differences, "is_stale": True}
            return render(request, "referrals/stock/edit.html", context, status=409)
        messages.success(request, _("The unit was changed."))
        return redirect("equipment:detail", found.pk)
    context = {"unit": found, "form": form}
    return render(request, "referrals/stock/edit.html", context, status=status_of(form))


def _as_initial(found: Any) -> dict[str, Any]:
    said = {"condition": found.condition, "notes": found.notes, "version": found.version}
    return {"place": str(found.place_id), **said}


@dataclass(frozen=True)
class Act:
    """One thing done with a unit by hand: what the page is called, what it says will happen, its form, and doing it.

    Attributes:
        states: in which it may be done.
        is_grave: it cannot be undone by one press.
    """

    title: str | Promise
    lead: str | Promise
    form: type[forms.Form]
    do: Callable[[Alarm, dict[str, Any], User], Any]
    states: frozenset[AlarmState]
    is_grave: bool = False


def _moving(to: AlarmState) -> Callable[[Alarm, dict[str, Any], User], Any]:
    return lambda unit, said, by: move_alarm(alarm=unit, to=to, reason=said["reason"], by=by)


def _from(to: AlarmState) -> frozenset[AlarmState]:
    lent = {AlarmState.RESERVED, AlarmState.ON_LOAN}
    return frozenset(state for state in AlarmState if may_move_alarm(state, to)) - lent


def _tested(unit: Alarm, said: dict[str, Any], by: User) -> Any:
    common = {"key": said["key"], "on": said["on"], "words": said["words"], "by": by}
    return record_test(alarm=unit, has_passed=said["works"] == "yes", **common)


def _looked_over(unit: Alarm, said: dict[str, Any], by: User) -> Any:
    """What something was found on does not pass, whether it works or not."""
    names, is_found = ("is_tamper_checked", "is_tracker_checked", "is_wiped", "words"), said["found"] == "yes"
    values = {name: said[name] for name in names} | {"has_passed": said["works"] == "yes" and not is_found}
    return look_over(alarm=unit, key=said["key"], values=values | {"is_found": is_found}, by=by)


def _battery(unit: Alarm, said: dict[str, Any], by: User) -> Any:
    return change_battery(alarm=unit, key=said["key"], on=said["on"], words=said["words"], by=by)


IN_USE = frozenset({AlarmState.IN_STOCK, AlarmState.RESERVED, AlarmState.ON_LOAN})
ACTS: dict[str, Act] = {
    "test": Act(
        gettext_lazy("Record a test"),
        gettext_lazy("A unit that fails its test is faulty: it is lent to nobody until it is mended and looked over."),
        TestForm, _tested, IN_USE,
    ),
    "look-over": Act(
        gettext_lazy("Look over and make ready"),
        gettext_lazy(
            "What came back is lent again only after all of this. If you find something on it, leave it as it is and do"
            " not wipe it. If it does not work, it is faulty."
        ),
        LookOverForm, _looked_over, frozenset({AlarmState.RETURNED}),
    ),
    "battery": Act(
        gettext_lazy("Record a new battery"),
        gettext_lazy("The next change is due a year later."),
        BatteryForm, _battery, frozenset(AlarmState) - {AlarmState.LOST, AlarmState.RETIRED},
    ),
    "fault": Act(
        gettext_lazy("Mark as faulty"),
        gettext_lazy("It is lent to nobody. A reservation of it is given up. On loan, it stays so until it is back."),
        ReasonForm, lambda unit, said, by: mark_faulty(alarm=unit, reason=said["reason"], by=by),
        _from(AlarmState.FAULTY) | {AlarmState.RESERVED, AlarmState.ON_LOAN},
    ),
    "mended": Act(
        gettext_lazy("Mended"),
        gettext_lazy("It waits to be looked over and tested before it is lent again."),
        ReasonForm, _moving(AlarmState.RETURNED), frozenset({AlarmState.FAULTY}),
    ),
    "found": Act(
        gettext_lazy("Found again"),
        gettext_lazy("It waits to be looked over and tested before it is lent again."),
        ReasonForm, _moving(AlarmState.RETURNED), frozenset({AlarmState.LOST}),
    ),
    "lost": Act(
        gettext_lazy("Mark as lost"),
        gettext_lazy("It leaves the stock until somebody finds it. What is on loan is reported as lost on its case."),
        ReasonForm, _moving(AlarmState.LOST), _from(AlarmState.LOST), is_grave=True,
    ),
    "retire": Act(
        gettext_lazy("Retire"),
        gettext_lazy("It leaves the stock for good and is lent to nobody again. Its history stays."),
        ReasonForm, _moving(AlarmState.RETIRED), _from(AlarmState.RETIRED), is_grave=True,
    ),
}  # fmt: skip


def _acts(found: Alarm, running: AlarmLoan | None) -> list[tuple[str, Act]]:
    """What may be done with a unit where it stands; with one that is with another team's case, next to nothing."""
    state = AlarmState(found.state)
    is_elsewhere = running is None and state in {AlarmState.RESERVED, AlarmState.ON_LOAN}
    is_kept = running is not None and state == AlarmState.FAULTY  # its loan ends first
    shown = [(name, act) for name, act in ACTS.items() if state in act.states]
    return [each for each in shown if each[0] == "battery" or not (is_elsewhere or is_kept)]


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def unit_act(request: AuthenticatedRequest, pk: UUID, name: str) -> HttpResponse:
    """Do one thing with a unit, on a page that names the unit and says what comes of it."""
    found, act = _unit(pk), ACTS.get(name)
    if act is None:
        raise Http404
    if request.method == "GET" and AlarmState(found.state) not in act.states:
        messages.info(request, _("This unit stands at “%s” now.") % found.get_state_display())
        return redirect("equipment:detail", found.pk)
    form = act.form(request.POST or None)
    if form.is_valid() and attempt(form, lambda: act.do(found, form.cleaned_data, request.user)):
        messages.success(request, _("It is recorded."))
        return redirect("equipment:detail", found.pk)
    context = {"unit": found, "act": act, "form": form}
    return render(request, "referrals/stock/act.html", context, status=status_of(form))
