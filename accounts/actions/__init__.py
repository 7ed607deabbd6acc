"""Every change to accounts: one function each, keyword-only, with who did it, in one transaction with its event."""

from accounts.actions.ending import (
    close_account,
    end_access,
    end_sessions,
    reset_factors,
    restore_access,
    sign_out_elsewhere,
)
from accounts.actions.enrolment import claim_code, give_code, invite_staff, make_portal_account, wrong_code
from accounts.actions.leaving import set_last_day
from accounts.actions.own import change_password, set_sign_in_name
from accounts.actions.purging import purge
from accounts.actions.signing import begin_sign_in, end_sign_in, failed_sign_in, remember_device
from accounts.actions.teams import change_hours, change_role_and_team, record_leave, remove_leave, save_team

__all__ = [
    "begin_sign_in",
    "change_hours",
    "change_password",
    "change_role_and_team",
    "claim_code",
    "close_account",
    "end_access",
    "end_sessions",
    "end_sign_in",
    "failed_sign_in",
    "give_code",
    "invite_staff",
    "make_portal_account",
    "purge",
    "record_leave",
    "remember_device",
    "remove_leave",
    "reset_factors",
    "restore_access",
    "save_team",
    "set_last_day",
    "set_sign_in_name",
    "sign_out_elsewhere",
    "wrong_code",
]
