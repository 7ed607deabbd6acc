"""Everything that changes a case. Each is one transaction and writes its event."""

from cases.actions.allocating import allocate, give_cover, reallocate
from cases.actions.consenting import give_consent, on_withdrawal, withdraw_consent
from cases.actions.contacting import merge_safe_contact, plan_contact, record_contact, set_safe_contact, stop_contact
from cases.actions.editing import change_case, change_victim
from cases.actions.locking import StaleEdit
from cases.actions.messages import mark_messages_read, send_message
from cases.actions.noting import add_note
from cases.actions.once import KeyUsed
from cases.actions.opening import may_leave_unallocated, open_new_case
from cases.actions.people import add_perpetrator, add_professional, change_perpetrator, change_professional
from cases.actions.portal import Slip, end_portal, give_portal_access, leave_portal
from cases.actions.protecting import end_protection, protect_words
from cases.actions.readers import end_grant, give_grant, open_with_reason, restrict, set_wall
from cases.actions.statuses import NotReadyToClose, close_case, may_decide, move_status, reopen_case
from cases.actions.tasks import add_task, finish_task, unfinish_task

__all__ = [
    "KeyUsed",
    "NotReadyToClose",
    "Slip",
    "StaleEdit",
    "add_note",
    "add_perpetrator",
    "add_professional",
    "add_task",
    "allocate",
    "change_case",
    "change_perpetrator",
    "change_professional",
    "change_victim",
    "close_case",
    "end_grant",
    "end_portal",
    "end_protection",
    "finish_task",
    "give_consent",
    "give_cover",
    "give_grant",
    "give_portal_access",
    "leave_portal",
    "mark_messages_read",
    "may_decide",
    "may_leave_unallocated",
    "merge_safe_contact",
    "move_status",
    "on_withdrawal",
    "open_new_case",
    "open_with_reason",
    "plan_contact",
    "protect_words",
    "reallocate",
    "record_contact",
    "reopen_case",
    "restrict",
    "send_message",
    "set_safe_contact",
    "set_wall",
    "stop_contact",
    "unfinish_task",
    "withdraw_consent",
]
