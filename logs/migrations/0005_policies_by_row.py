"""The policies are asked of each row found, and are no longer a way to find rows: `nsvcs.rls.each_in` says why."""

from django.db import migrations

from nsvcs.rls import Reword


class Migration(migrations.Migration):
    dependencies = [("logs", "0004_learned_on")]
    operations = [
        Reword("logs_incident", "shared"),
        Reword("logs_amendment", "shared"),
        Reword("logs_evidence", "shared"),
        Reword("logs_custodyevent", "shared"),
        Reword("logs_incidentseen", "shared"),
        Reword("logs_rendition", "shared"),
    ]
