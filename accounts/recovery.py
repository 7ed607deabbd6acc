"""Getting back in by e-mail, where her safe contact allows it. Known or not, an address gets the same answer.

The page only writes a job. The job writes an `Outgoing` row that names the account, nothing else; whoever sends it
asks `code_for` at that moment, so the code is stored nowhere.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.actions import give_code
from accounts.keys import keyed_digest
from accounts.models import User
from jobs.actions import ask
from jobs.models import Job, Outgoing
from jobs.working import Work
from nsvcs.access import Role
from nsvcs.ids import uuid7

KIND, TEMPLATE = "recover", "recover"


def ask_for_message(typed: str) -> Job:
    """Note that somebody asked; the same work whether or not there is such an account, once an hour for each."""
    wanted = typed.strip().lower()
    user = User.objects.filter(role=Role.VICTIM, email__iexact=wanted, may_recover_by_email=True).first()
    user_id = user.pk if user else None
    wanted = user.email.lower() if user else wanted  # one address, however it may be spelled: one message an hour
    key = f"recover:{keyed_digest(b'nsvcs recover v1', wanted)[:32]}:{timezone.now():%Y%m%d%H}"
    return ask(name=KIND, key=key, object_id=user_id or uuid7(), case_id=None, by=user_id)


def write_message(work: Work) -> None:
    """The job: one message for an account that may be written to; nothing for any other."""
    with work.acting():
        user = User.objects.filter(pk=work.job.object_id, is_active=True, may_recover_by_email=True).first()
        case_id = _portal_case() if user is not None and user.is_victim and user.email else None
        if user is not None and case_id is not None:
            now = timezone.now()
            message = Outgoing.objects.create(
                case_id=case_id,
                channel="email",
                template=TEMPLATE,
                address=user.email,
                parameters={"user_id": str(user.pk)},
                not_before=now,
                created_at=now,
            )
            ask(name="send", key=f"send:{message.pk}", object_id=message.pk, case_id=case_id, by=None)
        work.finish()


def is_allowed(message: Outgoing, address: str) -> bool:
    """Whether the account may still be recovered, and by this address: asked while the message is being sent."""
    user = _owner(message)
    return user is not None and user.email.lower() == address.lower()


def code_for(message: Outgoing) -> str:
    """A fresh one-time code for a `recover` message, made while it is being sent; it works for an hour.

    Raises:
        PermissionDenied: the account may not be recovered any more.
    """
    user = _owner(message)
    if user is None:
        raise PermissionDenied
    return give_code(user=user, by=None, lasts="message")


def _owner(message: Outgoing) -> User | None:
    may = User.objects.filter(is_active=True, may_recover_by_email=True, role=Role.VICTIM)
    return may.filter(pk=UUID(message.parameters["user_id"])).first()


def _portal_case() -> UUID | None:
    """A case of hers whose portal is open; her safe contact is looked up by it when the message is sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (my_portal_cases())[1]")
        found: UUID | None = cursor.fetchone()[0]
        return found
