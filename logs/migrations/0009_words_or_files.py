"""An entry may be a photo or a recording with a date, without words."""

from django.db import migrations

from nsvcs.casetext import CaseTextField


class Migration(migrations.Migration):
    dependencies = [("logs", "0008_who_may_scan_and_lock")]
    operations = [migrations.AlterField("incident", "what_happened", CaseTextField(blank=True))]
