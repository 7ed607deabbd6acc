"""Asking to borrow an alarm or another thing, and where it stands."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.views.trying import attempt, status_of
from logs.arriving_http import stays_while_sending
from logs.danger import dangers_in
from nsvcs.access import Role, allow
from portal.asking import STANDING, THINGS, AskForm, her_requests, is_kept, may_ask_about, typed_in, words_written
from portal.keeping import done_with
from portal.queries import her_language
from portal.showing import notices_for, say_numbers
from referrals.actions.equipment_requests import AlreadyAsked, ask_for_alarm
from referrals.rules.equipment import OPEN_REQUESTS

SEND, CHANGE = "send", "change"


@allow(Role.VICTIM)
@require_safe
def ask(request: AuthenticatedRequest) -> HttpResponse:
    """What she asked for and where it stands, with the words her worker wrote."""
    return _standing(request)


def _standing(request: AuthenticatedRequest, words: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The page; `words` are what she had typed where it could not be sent."""
    found = her_requests(request.user)
    if found:
        record(Action.EQUIPMENT_SEEN, case_ids=sorted({each.case_id for each in found}))
    shown = [
        (each, THINGS.get(each.kind), *STANDING[each.state], [step for step in each.steps.all() if step.words])
        for each in found
    ]
    context = {"requests": shown, "may_ask": bool(may_ask_about(request.user)), "words": words}
    context["is_asked"] = any(each.state in OPEN_REQUESTS for each in found)
    return render(request, "portal/ask.html", context, status=status)


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def ask_new(request: AuthenticatedRequest) -> HttpResponse:
    """Three questions, then a look over the answers, then they are sent."""
    cases, press = may_ask_about(request.user), request.POST.get("press", "")
    if not cases:
        return _nothing_to_ask(request)
    if press == CHANGE:
        return _questions(request, AskForm(initial=typed_in(request.POST), cases=cases))
    form = AskForm(request.POST or None, cases=cases)
    if not form.is_valid():
        return _questions(request, form)
    if press == SEND:
        return _send(request, form)
    typed = [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values]
    context = {"form": form, "typed": [pair for pair in typed if pair[0] != "key"], "notices": _notices(request)}
    return render(request, "portal/ask_check.html", context)


def _nothing_to_ask(request: AuthenticatedRequest) -> HttpResponse:
    """She has asked already, or cannot ask here: words that are not kept are shown, to be read out on the phone."""
    words = words_written(request.POST)
    if not words or is_kept(request.user, request.POST.get("key", ""), words):
        return redirect("portal:ask")
    return _standing(request, words, HTTPStatus.CONFLICT)


def _questions(request: AuthenticatedRequest, form: AskForm) -> HttpResponse:
    context = {"form": form, "notices": _notices(request)}
    return render(request, "portal/ask_new.html", context, status=status_of(form))


def _notices(request: AuthenticatedRequest) -> list[str]:
    return notices_for({"what_happened": words_written(request.POST)})


def _send(request: AuthenticatedRequest, form: AskForm) -> HttpResponse:
    """Keep the answers once; danger in her words brings the numbers up, and somebody looks today."""
    words = words_written(request.POST)
    answers: dict[str, Any] = form.answers() | {"language": her_language(request.user)}
    said = {"key": form.cleaned_data["key"], "is_danger": bool(dangers_in(words)), "by": request.user}
    try:
        kept = attempt(form, lambda: ask_for_alarm(case=form.chosen_case, answers=answers, **said))
    except AlreadyAsked:
        return _standing(request, words, HTTPStatus.CONFLICT)
    if not kept:
        return _questions(request, form)
    done_with(sent=request.POST, by=request.user)
    messages.success(request, _("We have your answers. Your caseworker will answer you."))
    say_numbers(request, words)
    return redirect("portal:ask")
