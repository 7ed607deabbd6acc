"""What stands against closing a case, each with the way on: where it is ended, or whom to ask."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.queries import closing_facts
from cases.rules import ClosingCheck, ClosureReason, closing_checks
from nsvcs.links import open_address

ASK = ("cases:task_new", "?ask=closing", _("Ask a manager to close it"))
# The name of an address of the case's id alone, what stands behind it, and what the link says.
WAYS: dict[ClosingCheck, tuple[str, str, str | Promise]] = {
    ClosingCheck.HIGH_PRIORITY: ASK,
    ClosingCheck.UNREAD_ENTRIES: ("logs:list", "?unread=1", _("Read the entries")),
    ClosingCheck.OPEN_TASKS: ("cases:detail", "", _("See the tasks")),
    ClosingCheck.TOO_FEW_ATTEMPTS: ("cases:contact_new", "", _("Record an attempt")),
    ClosingCheck.UNSAFE: ASK,
    ClosingCheck.OPEN_SUPPORT: ("referrals:episodes", "", _("See the support")),
    ClosingCheck.OPEN_RESTORATIVE: ("referrals:restorative", "", _("See restorative justice")),
    ClosingCheck.AWAITED_REFERRALS: ("referrals:onward", "", _("See the referrals")),
    ClosingCheck.EQUIPMENT_ON_LOAN: ("referrals:equipment", "", _("See the equipment")),
    ClosingCheck.NEEDS_MANAGER: ASK,
}


def standing_against(case: Case, user: User) -> list[ClosingCheck]:
    """What stands against closing a case now, whatever the reason."""
    return closing_checks(closing_facts(case), ClosureReason.NEEDS_MET, user.role)


def with_ways(case: Case, user: User, checks: Iterable[ClosingCheck]) -> list[dict[str, object]]:
    """Each of some checks with its links; only a manager's own closing can let equipment be out."""
    found = []
    for check in checks:
        ways = [WAYS[check], ASK] if check == ClosingCheck.EQUIPMENT_ON_LOAN else [WAYS[check]]
        links = [_link(case, user, way) for way in ways]
        found.append({"text": check.label, "links": [link for link in links if link["href"]]})
    return found


def _link(case: Case, user: User, way: tuple[str, str, str | Promise]) -> dict[str, object]:
    name, rest, text = way
    href = open_address(user.role, name, case.pk)
    return {"href": href + rest if href else "", "text": text}
