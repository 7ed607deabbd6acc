"""The first page, who can see her notes, and her account."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.models import Case, Message
from logs.drafting import content_of
from logs.models import Draft, Incident, OfflineArrival
from nsvcs.access import Role, allow
from nsvcs.context import url_or_none
from portal.addresses import letters_of
from portal.agreed import has_agreed
from portal.asking import answer_for
from portal.queries import (
    age_floor,
    cases_to_write_in,
    caseworkers,
    is_too_young,
    last_sign_in,
    new_caseworkers,
    next_contacts,
    safe_name,
    seen_by_staff,
    unfinished_files,
)
from referrals.models import Signpost

TO_DO_COUNT, LATEST_COUNT = 5, 3
# Pages of other rooms that belong to her account; each is shown once it exists.
ACCOUNT_PAGES = (
    ("portal:details", _("Your details"), _("What we call you, and how we may contact you.")),
    ("accounts:sign_ins", _("Your sign-ins"), _("See when you signed in. Sign out on other phones and computers.")),
    ("accounts:sign_in_name", _("Change your sign-in name"), _("It is three plain words. You can choose others.")),
    ("accounts:password", _("Change your password"), _("It signs you out everywhere else.")),
    ("mfa_index", _("A second step to sign in"), _("Think first about who else can use your phone.")),
    ("portal:account_end", _("Close your account"), _("What you wrote stays safe with us.")),
)


@allow(Role.VICTIM)
@require_safe
def home(request: AuthenticatedRequest) -> HttpResponse:
    """What she may want first; for who is too young for the portal, the phone."""
    if is_too_young(request.user):
        return render(request, "portal/young.html", {"age_floor": age_floor()})
    incidents = Incident.objects.visible_to(request.user).in_order().with_counts().with_read_on()[:LATEST_COUNT]
    new_messages = Message.objects.visible_to(request.user).unread_by_victim().count()
    new_signposts = Signpost.objects.visible_to(request.user).on_her_page().unread().count()
    answer = answer_for(request.user, timezone.now())
    room = TO_DO_COUNT - bool(new_messages) - bool(new_signposts) - bool(answer)
    drafts = list(Draft.objects.open_for(request.user)[:room])
    latest = list(incidents)
    if latest:
        record(Action.ENTRIES_LISTED, case_ids=sorted({entry.case_id for entry in latest}))
    context = {
        "name": safe_name(request.user),
        "drafts": [(letters_of(draft.pk), draft, content_of(draft).get("what_happened", "")) for draft in drafts],
        "coming": unfinished_files(request.user)[: room - len(drafts)],
        "latest": latest,
        "caseworkers": caseworkers(),
        "new_caseworkers": new_caseworkers(timezone.now()),
        "next_contacts": next_contacts(request.user, timezone.localdate()),
        "may_write": bool(cases_to_write_in(request.user)),
        "has_agreed": has_agreed(request.user, timezone.localdate()),
        "unopened": OfflineArrival.objects.visible_to(request.user).filter(outcome=OfflineArrival.UNOPENED).count(),
        "last_sign_in": last_sign_in(request.user, request.session.session_key or ""),
        "new_messages": new_messages,
        "new_signposts": new_signposts,
        "answer": answer,
    }
    return render(request, "portal/home.html", context)


@allow(Role.VICTIM)
@require_safe
def seen(request: AuthenticatedRequest) -> HttpResponse:
    """Who can see her notes, and who has."""
    has_case = Case.objects.visible_to(request.user).exists()
    return render(request, "portal/seen.html", {"seen": seen_by_staff(request.user), "has_case": has_case})


@allow(Role.VICTIM)
@require_safe
def account(request: AuthenticatedRequest) -> HttpResponse:
    """The way to her sign-ins, her sign-in name and her password."""
    found = [{"href": url_or_none(name), "text": text, "hint": hint} for name, text, hint in ACCOUNT_PAGES]
    links = [link for link in found if link["href"]]
    return render(request, "portal/account.html", {"links": links, "sign_in_name": request.user.sign_in_name})
