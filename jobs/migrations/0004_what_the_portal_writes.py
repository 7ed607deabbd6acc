"""Messages are written by the service. One alone is asked for by the account itself: the code to come back in with."""

from django.db import migrations

from nsvcs.rls import PortalWrites

# The job that writes it runs as the account, and only in a worker.
RECOVERY = "template = 'recover' AND state = 'waiting' AND current_user <> 'nsvcs_web'"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_policies_by_row"), ("cases", "0021_what_the_portal_writes")]
    operations = [
        PortalWrites("jobs_outgoing", RECOVERY),
        PortalWrites("jobs_outgoing", verbs=("UPDATE",)),
    ]
