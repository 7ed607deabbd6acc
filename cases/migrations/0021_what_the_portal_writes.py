"""The portal reads a case, its people and what was agreed; it writes none of them. Leaving goes through a function."""

from django.db import migrations

from nsvcs.rls import Function, PortalWrites

LEAVE = "UPDATE cases_case SET is_portal_open = false WHERE id = ANY (my_portal_cases())"


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_contact_agreed")]
    operations = [
        PortalWrites("cases_case", verbs=("INSERT", "UPDATE"), column="id"),
        PortalWrites("cases_caseperpetrator", verbs=("UPDATE",)),
        PortalWrites("cases_plannedcontact"),
        Function("leave_my_portal()", "void", LEAVE, volatility="VOLATILE"),
    ]
