"""Opening a case on a page: by the one filter, recorded, with what has to stand on top of every page of it."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.contact import rule_of
from cases.models import Case, SafeContact
from cases.rules import Channel, Verdict, may_contact, rule_line


def visible_case(request: AuthenticatedRequest, case_id: UUID, *, is_recorded: bool = True) -> Case:
    """Return a case that the person may open, with its safe contact, the name to ask for and the rule line attached.

    Looking at a page is recorded as opening the case, whatever the verb: a form sent with faults is answered with a
    page of the case too. `is_recorded=False` is for polls, and for pages that record something more exact themselves.

    Raises:
        Http404: there is no such case, or it is not theirs: the two look the same.
    """
    case = Case.objects.visible_to(request.user).select_related("victim", "team").filter(pk=case_id).first()
    if case is None:
        raise Http404
    if is_recorded:
        page = request.resolver_match.view_name if request.resolver_match else ""
        record(Action.CASE_OPENED, target=case, case_ids=[case.pk], detail={"page": page})
    return with_rule(case)


def with_rule(case: Case) -> Case:
    """Attach the newest safe-contact record, the name to ask for, the rule in one line, and whether any way is open."""
    case.safe_contact = SafeContact.objects.current_for(case.victim_id)
    agreed = case.safe_contact.safe_name if case.safe_contact else ""
    case.safe_name = agreed or case.victim.usual_name  # type: ignore[attr-defined]  # lists have it from their query
    rule, now = rule_of(case.safe_contact, case.victim), timezone.now()
    case.rule_line = rule_line(rule, now)
    case.may_reach = any(may_contact(rule, way, now).kind != Verdict.NEVER for way in Channel if way != Channel.PORTAL)
    return case
