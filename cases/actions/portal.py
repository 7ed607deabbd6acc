"""The victim's own way in: opened by her caseworker, ended by a caseworker, apart from the case's status."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import close_account, end_access, give_code, make_portal_account, restore_access
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.contact import contact_rule
from cases.limits import limits
from cases.models import Case, Victim
from cases.rules import is_under_age
from jobs.actions import ask
from nsvcs.ids import uuid7


@dataclass(frozen=True)
class Slip:
    """What is given to her by hand or read out; shown once."""

    owner: User
    code: str


@transaction.atomic
def give_portal_access(*, case: Case, by: User) -> Slip:
    """Open the portal for a case and make a one-time code: for a first sign-in, or when she cannot get in. Audited.

    Nothing is sent: the code is on the slip alone. Earlier codes stop working.

    Raises:
        ValidationError: nobody knows how she can be reached safely, the case is marked unsafe to contact, or she is
            known to be younger than the portal is for.
    """
    case = lock(case)
    victim = Victim.objects.select_for_update(of=("self",)).select_related("user").get(pk=case.victim_id)
    if too_young := too_young_words(victim):
        raise ValidationError(too_young)
    rule = contact_rule(victim)
    if rule is None or rule.is_unsafe:
        raise ValidationError(
            _("Record how to reach the victim safely first. A device that is not safe could show all.")
        )
    if victim.user is None:
        victim.user = make_portal_account(by=by)
        victim.save(update_fields=["user"])
    elif not victim.user.is_active:
        restore_access(user=victim.user, by=by)
    code = give_code(user=victim.user, by=by)
    Case.objects.filter(pk=case.pk).update(is_portal_open=True)
    record(Action.PORTAL_GIVEN, target=victim.user, case_ids=[case.pk])
    return Slip(victim.user, code)


def too_young_words(victim: Victim) -> str:
    """Why she may have no portal yet, and what to do; empty if nothing is known against it."""
    floor = limits()["portal_age_floor"]
    if not is_under_age(victim.born_on, floor, timezone.localdate()):
        return ""
    return _(
        "The victim is under %(years)s, the youngest age for the portal. Keep in touch by phone, and talk to your "
        "manager. If the date of birth is wrong, correct it first."
    ) % {"years": floor}


@transaction.atomic
def end_portal(*, case: Case, by: User) -> None:
    """End the portal for a case, at once; with her last open case her account's access ends too. Audited.

    What she wrote stays in the log.

    Raises:
        ValidationError: it is not open.
    """
    case = lock(case)
    if not case.is_portal_open:
        raise ValidationError(_("The portal is not open for this case."))
    Case.objects.filter(pk=case.pk).update(is_portal_open=False)
    victim = Victim.objects.select_related("user").get(pk=case.victim_id)
    if victim.user is not None and not _has_another_open(victim):
        end_access(user=victim.user, by=by)
    record(Action.PORTAL_ENDED, target=victim.user, case_ids=[case.pk], detail={"by": str(by.pk)})


@transaction.atomic
def leave_portal(*, by: User) -> None:
    """End the portal at the victim's own word, for all of her cases, and her account's access with it. Audited.

    What she wrote stays in the log. A job tells each caseworker today; a new code opens the portal again.
    """
    cases = list(Case.objects.visible_to(by))
    for case in cases:
        record(Action.PORTAL_ENDED, target=by, case_ids=[case.pk], detail={"by": str(by.pk)})
        ask(name="portal_left", key=f"left:{case.pk}:{uuid7()}", object_id=case.pk, case_id=case.pk, by=None)
    with connection.cursor() as cursor:  # the one change to her cases that is hers to make
        cursor.execute("SELECT leave_my_portal()")
    close_account(by)


def _has_another_open(victim: Victim) -> bool:
    """Whether she has the portal for another case; a colleague's counts too, which only the database can see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portals_open(%s)", [victim.pk])
        return int(cursor.fetchone()[0]) > 0
