"""What every model says of itself: who may see its rows, what in it is personal, how long it is kept."""

from dataclasses import dataclass
from typing import Literal

PolicyKind = Literal["staff", "shared", "own", "open", "closed"]


@dataclass(frozen=True)
class Statement:
    """One model's promise; `tests/test_models.py` walks all models and fails for one without it.

    Args:
        policy: `staff`, `shared`, `own` or `open` as in `docs/access.md`; `closed` for tables that only definer
            functions reach (audit, keys).
        personal: names of the fields that say something about a person.
        retention: the rule by which rows go, in words.
    """

    policy: PolicyKind
    personal: tuple[str, ...]
    retention: str


WITH_THE_CASE = "6 years after the last contact on the case, longer under a hold"
THIRTY_DAYS = "30 days"
WHILE_CURRENT = "while the account or record it belongs to is kept"
NEVER_PERSONAL = "kept while current; says nothing about a person"

# Models that are not ours: table name -> statement.
THIRD_PARTY: dict[str, Statement] = {
    "django_content_type": Statement("open", (), NEVER_PERSONAL),
    "auth_permission": Statement("open", (), NEVER_PERSONAL),
    "auth_group": Statement("open", (), NEVER_PERSONAL),
    "auth_group_permissions": Statement("open", (), NEVER_PERSONAL),
    "account_emailaddress": Statement("open", ("email",), WHILE_CURRENT),
    "account_emailconfirmation": Statement("open", ("key",), WHILE_CURRENT),
    "mfa_authenticator": Statement("open", ("data",), WHILE_CURRENT),
}
