"""What we know of her and how we may reach her; asking for a change; stopping all contact; closing the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from cases.actions import leave_portal, send_message, stop_contact
from cases.models import SafeContact, Victim
from cases.views.trying import attempt, status_of
from jobs.actions import ask
from logs.arriving_http import stays_while_sending
from logs.models import Draft
from nsvcs.access import Role, allow
from nsvcs.context import url_or_none
from portal.forms import ChangeForm
from portal.keeping import done_with
from portal.queries import cases_to_write_in, her_language, how_we_reach_her
from portal.showing import say_numbers


@allow(Role.VICTIM)
@require_safe
def details(request: AuthenticatedRequest) -> HttpResponse:
    """What we call her, and the ways of contact agreed with her. Her address and code words are never shown."""
    victim = Victim.objects.visible_to(request.user).first()
    record = SafeContact.objects.visible_to(request.user).current_for(victim.pk) if victim else None
    context = {
        "victim": victim,
        "contact": how_we_reach_her(record),
        "may_write": bool(cases_to_write_in(request.user)),
    }
    return render(request, "portal/details.html", context)


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def change(request: AuthenticatedRequest) -> HttpResponse:
    """Ask for a change: a message to the caseworker, who checks it with her before anything is made looser."""
    cases = cases_to_write_in(request.user)
    if not cases:
        return redirect("portal:details")
    form = ChangeForm(request.POST or None, cases=cases)
    if form.is_valid() and attempt(form, lambda: _ask_for_change(request, form)):
        messages.success(request, _("We have your message. We ask you before we change anything."))
        say_numbers(request, form.cleaned_data["text"])
        return redirect("portal:details")
    return render(request, "portal/details_change.html", {"form": form}, status=status_of(form))


@transaction.atomic
def _ask_for_change(request: AuthenticatedRequest, form: ChangeForm) -> bool:
    said = {"key": form.cleaned_data["key"], "text": form.cleaned_data["text"], "language": her_language(request.user)}
    message = send_message(case=form.chosen_case, by=request.user, **said)
    done_with(sent=request.POST, by=request.user)
    key = f"details:{message.pk}"
    ask(name="details_asked", key=key, object_id=message.pk, case_id=message.case_id, by=None)
    return True


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def stop(request: AuthenticatedRequest) -> HttpResponse:
    """Stop every way of contact but this site, at once."""
    victim = Victim.objects.visible_to(request.user).first()
    if victim is None:
        return redirect("portal:details")
    if request.method == "POST":
        stop_contact(victim=victim, by=request.user)
        messages.success(request, _("We will not call, text, email or write. You can still write to us here."))
        return redirect("portal:details")
    return render(request, "portal/details_stop.html")


@allow(Role.VICTIM, fresh=True)
@require_http_methods(["GET", "POST"])
def end(request: AuthenticatedRequest) -> HttpResponse:
    """Close the account, with a copy offered first. What she wrote stays with us."""
    if request.method == "POST":
        leave_portal(by=request.user)
        logout(request)
        return render(request, "portal/left.html")
    links = [href for name in ("portal:copy", "portal:print") if (href := url_or_none(name))]
    has_drafts = Draft.objects.open_for(request.user).exists()
    return render(request, "portal/account_end.html", {"copy_url": links[0] if links else "", "has_drafts": has_drafts})
