"""An entry names a perpetrator of its own case only."""

from django.db import migrations

from nsvcs.rls import SameCase


class Migration(migrations.Migration):
    dependencies = [("logs", "0002_who_may_see"), ("cases", "0002_who_may_see")]
    operations = [SameCase("logs_incident", "cases_caseperpetrator", "case_perpetrator_id")]
