"""The stock is read and written by those who lend it: caseworkers and managers. Jobs of the worker process read it.

Before, everybody read it and everybody but portal accounts wrote it, administrators too, who lend nothing.
"""

from importlib import import_module

from django.db import migrations

from nsvcs.rls import CASEWORK, Narrow

STOCK = tuple(f"referrals_alarm{table}" for table in ("", "move", "place", "test"))
WAS = import_module("referrals.migrations.0006_alarms").A_COLLEAGUE


class Migration(migrations.Migration):
    dependencies = [("referrals", "0011_emergencies")]

    operations = [
        *(Narrow(table, "staff_insert", "INSERT", CASEWORK, was=WAS) for table in STOCK),
        *(Narrow(table, "staff_update", "UPDATE", CASEWORK, was=WAS) for table in STOCK),
        *(Narrow(table, "staff_select", "SELECT", CASEWORK, roles="nsvcs_web") for table in STOCK),
    ]
