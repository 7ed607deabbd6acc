"""Staff and portal accounts, teams and working hours, sessions and sign-ins."""

from accounts.models.sessions import Session, SignIn, SignInCount
from accounts.models.teams import StaffProfile, Team, WorkingTimeReduction
from accounts.models.users import EnrolmentCode, KnownDevice, User

__all__ = [
    "EnrolmentCode",
    "KnownDevice",
    "Session",
    "SignIn",
    "SignInCount",
    "StaffProfile",
    "Team",
    "User",
    "WorkingTimeReduction",
]
