"""Where it stands in law and what helps to know them, as known in one case: two workers' cases may tell two things."""

from django.db import migrations, models

import nsvcs.casetext


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_why_safe_again")]
    operations = [
        migrations.AddField(
            model_name="caseperpetrator",
            name="legal_status",
            field=models.CharField(
                choices=[
                    ("alleged", "Alleged"),
                    ("suspect", "Suspect"),
                    ("charged", "Charged"),
                    ("convicted", "Convicted"),
                    ("acquitted", "Acquitted"),
                    ("civil_order", "Subject of a civil order"),
                ],
                default="alleged",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="caseperpetrator",
            name="description",
            field=nsvcs.casetext.CaseTextField(blank=True, verbose_name="what helps to know them"),
        ),
    ]
