"""Files of many messages: the batch, what was read from it, and which entry came from which line."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0017_restricted_unheld"),
        ("logs", "0005_policies_by_row"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("item", "Offered"), ("skip", "Passed over"), ("reject", "Could not be read")],
                        max_length=6,
                    ),
                ),
                ("place_kind", models.CharField(max_length=8)),
                ("place_number", models.PositiveIntegerField()),
                ("place_in", models.CharField(blank=True, max_length=120)),
                ("kind", models.CharField(blank=True, max_length=8)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("occurred_on", models.DateField(null=True)),
                ("occurred_time", models.TimeField(null=True)),
                ("fold", models.PositiveSmallIntegerField(null=True)),
                ("is_date_typed", models.BooleanField(default=False)),
                ("sender", models.PositiveIntegerField(null=True)),
                ("is_outgoing", models.BooleanField(null=True)),
                ("duration_seconds", models.PositiveIntegerField(null=True)),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("media_count", models.PositiveIntegerField(default=0)),
                ("when_words", nsvcs.casetext.CaseTextField(blank=True)),
                ("sender_name", nsvcs.casetext.CaseTextField(blank=True)),
                ("recipients", nsvcs.casetext.CaseTextField(default="[]")),
                ("text", nsvcs.casetext.CaseTextField(blank=True)),
                ("raw", nsvcs.casetext.CaseTextField(blank=True)),
                ("fields", nsvcs.casetext.CaseTextField(default="{}")),
                ("media", nsvcs.casetext.CaseTextField(default="[]")),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("is_known", models.BooleanField(default=False)),
                ("is_chosen", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="IncidentLine",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AlterField(
            model_name="evidence",
            name="incident",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="logs.incident"
            ),
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(blank=True, max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
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
                ("answers", nsvcs.casetext.CaseTextField(default="{}")),
                ("findings", nsvcs.casetext.CaseTextField(default="{}")),
                (
                    "grouping",
                    models.CharField(
                        choices=[
                            ("message", "One note for each message"),
                            ("hour", "One note for each hour"),
                            ("day", "One note for each day"),
                        ],
                        default="message",
                        max_length=8,
                    ),
                ),
                (
                    "behaviours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("language", models.CharField(default="en", max_length=10)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("item_count", models.PositiveIntegerField(default=0)),
                ("skip_count", models.PositiveIntegerField(default=0)),
                ("reject_count", models.PositiveIntegerField(default=0)),
                ("entry_count", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="import_batches", to="cases.case"
                    ),
                ),
                (
                    "case_perpetrator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.caseperpetrator",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="evidence",
            name="import_batch",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="source", to="logs.importbatch"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("import_batch", None), ("incident__isnull", False)),
                    models.Q(("import_batch__isnull", False), ("incident", None)),
                    _connector="OR",
                ),
                name="logs_evidence_of_entry_or_batch",
            ),
        ),
        migrations.AddField(
            model_name="importline",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="logs.importbatch"
            ),
        ),
        migrations.AddField(
            model_name="importline",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="incidentline",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entry_lines", to="logs.importbatch"
            ),
        ),
        migrations.AddField(
            model_name="incidentline",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="incidentline",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="source_lines", to="logs.incident"
            ),
        ),
        migrations.AddField(
            model_name="incidentline",
            name="line",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="in_entry", to="logs.importline"
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["case", "-asked_at"], name="logs_importbatch_of_case"),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("fingerprint", ""), _negated=True),
                fields=["case", "fingerprint"],
                name="logs_importline_fingerprint",
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="logs_importline_number"),
        ),
        migrations.AddIndex(
            model_name="incidentline",
            index=models.Index(fields=["incident"], name="logs_incidentline_of_incident"),
        ),
        Protect("logs_importbatch", "shared"),
        Protect("logs_importline", "shared", delete=True),
        Protect("logs_incidentline", "shared", append_only=True),
        SameCase("logs_importbatch", "cases_caseperpetrator", "case_perpetrator_id"),
        SameCase("logs_importline", "logs_importbatch", "batch_id"),
        SameCase("logs_incidentline", "logs_incident", "incident_id"),
        SameCase("logs_incidentline", "logs_importline", "line_id"),
        SameCase("logs_incidentline", "logs_importbatch", "batch_id"),
        SameCase("logs_evidence", "logs_importbatch", "import_batch_id"),
    ]
