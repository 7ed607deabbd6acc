"""The thread of a case: writing in it, and saying that it was read. Nothing of it leaves the building."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.models import Case, Message, MessageRead
from jobs.actions import ask


@transaction.atomic
def send_message(*, case: Case, key: UUID, text: str, language: str = "en", by: User) -> Message:
    """Put one message into the thread of a case. Audited; the same key and content once.

    A worker looks at what the victim sent, on the same day if its words say danger: a job sees to that.

    Raises:
        KeyUsed: the key stands for another message.
    """
    content = {"case_id": case.pk, "text": text, "language": language, "by_id": by.pk}
    message, is_new = keep_once(Message, key, is_from_victim=by.is_victim, **content)
    if is_new:
        record(Action.THREAD_WRITTEN, target=message, case_ids=[case.pk])
        if by.is_victim:
            ask(name="message_arrived", key=f"message:{message.pk}", object_id=message.pk, case_id=case.pk, by=None)
    return message


@transaction.atomic
def mark_messages_read(*, messages: Iterable[Message], by: User) -> int:
    """Keep that this person has read these messages; one that was read before stays as it was. Audited.

    Returns:
        how many were new to this person.
    """
    wanted = {message.pk: message for message in messages}
    known = set(MessageRead.objects.filter(message__in=wanted, by=by).values_list("message_id", flat=True))
    new = [message for pk, message in wanted.items() if pk not in known]
    MessageRead.objects.bulk_create(
        [MessageRead(message=message, case_id=message.case_id, by=by, is_by_victim=by.is_victim) for message in new],
        ignore_conflicts=True,
    )
    if new:
        case_ids = sorted({message.case_id for message in new})
        record(Action.THREAD_READ, case_ids=case_ids, detail={"messages": len(new)})
    return len(new)
