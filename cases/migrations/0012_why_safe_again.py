"""Why a manager decided that it is safe again to contact a victim, kept with the record that says so."""

from django.db import migrations

import nsvcs.casetext


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_safe_numbers")]
    operations = [
        migrations.AddField(
            model_name="safecontact",
            name="safe_because",
            field=nsvcs.casetext.CaseTextField(blank=True, verbose_name="why it is safe again"),
        )
    ]
