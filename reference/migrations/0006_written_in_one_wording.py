"""Who writes the directory, in the words that the stock's policies have too: of an account that has not ended."""

from importlib import import_module

from django.db import migrations

from nsvcs.rls import CASEWORK, Narrow, acts_as

DIRECTORY = import_module("reference.migrations.0005_the_directory")
OWN_NAME = "by_id = (SELECT nsvcs_me()) AND "
MANAGES = f"{DIRECTORY.ROLE} = 'manager'"


class Migration(migrations.Migration):
    dependencies = [("reference", "0005_the_directory")]

    operations = [
        Narrow("reference_organisation", "staff_insert", "INSERT", acts_as("manager"), was=MANAGES),
        Narrow("reference_organisation", "staff_update", "UPDATE", CASEWORK, was=DIRECTORY.CASEWORK),
        Narrow(
            "reference_directorychange", "own_name", "INSERT", OWN_NAME + CASEWORK, was=OWN_NAME + DIRECTORY.CASEWORK
        ),
    ]
