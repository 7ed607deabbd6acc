"""Employers, and schools, that a victim asks to know of it; no row changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_rate_rise"),
    ]

    operations = [
        migrations.AlterField(
            model_name="professional",
            name="kind",
            field=models.CharField(
                choices=[
                    ("officer", "Officer in the case"),
                    ("solicitor", "Solicitor"),
                    ("prosecutor", "Prosecutor"),
                    ("housing", "Housing officer"),
                    ("social_worker", "Social worker"),
                    ("employer", "Employer or place of study"),
                    ("other", "Other"),
                ],
                max_length=16,
            ),
        ),
    ]
