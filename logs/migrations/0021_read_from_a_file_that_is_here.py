import django.db.models.deletion
from django.db import migrations, models

from nsvcs.rls import SameCase


class Migration(migrations.Migration):
    dependencies = [
        ("logs", "0020_kinds_of_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="is_source",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="read_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="logs.evidence"
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="import_batch",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="own_source", to="logs.importbatch"
            ),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("coming", "On its way"),
                    ("arrived", "Being looked at"),
                    ("asking", "Waiting for answers"),
                    ("reading", "Being read"),
                    ("review", "Waiting for your choice"),
                    ("bringing", "Being brought in"),
                    ("done", "Brought in"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                    ("failed", "Could not be read"),
                ],
                default="arrived",
                max_length=10,
            ),
        ),
        SameCase("logs_importbatch", "logs_evidence", "read_from_id"),
    ]
