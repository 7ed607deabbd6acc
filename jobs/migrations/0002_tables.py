"""Who may touch the work: a job names ids only and is open; a message goes by its case."""

from django.db import migrations

from nsvcs.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("nsvcs", "0001_identity")]
    operations = [
        Protect("jobs_job", "open", delete=True),
        Protect("jobs_outgoing", "shared"),
    ]
