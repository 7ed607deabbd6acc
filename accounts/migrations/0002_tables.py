"""Who may touch the accounts' tables. All open but one's own sign-ins: a page narrows them, no case hangs on them."""

from django.db import migrations

from nsvcs.rls import Protect

OPEN = (
    "accounts_user",
    "accounts_enrolmentcode",
    "accounts_knowndevice",
    "accounts_team",
    "accounts_staffprofile",
    "accounts_workingtimereduction",
    "accounts_session",
    "accounts_signincount",
    "mfa_authenticator",
    "account_emailaddress",
)
COUNTED = {
    "accounts_knowndevice",
    "accounts_team",
    "accounts_workingtimereduction",
    "accounts_signincount",
    "mfa_authenticator",
}


def sequence(table: str) -> str:
    """The sequence of a table with a counting key."""
    return f"{table}_id_seq" if table in COUNTED else ""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("nsvcs", "0001_identity"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        *[Protect(table, "open", delete=True, sequence=sequence(table)) for table in OPEN],
        Protect("accounts_signin", "own", "user_id"),
        Protect("django_content_type", "open", write=False),
        Protect("auth_permission", "open", write=False),
        Protect("auth_group", "open", write=False),
        Protect("auth_group_permissions", "open", write=False),
        Protect("account_emailconfirmation", "open", write=False),
        Protect("django_migrations", "open", write=False),
    ]
