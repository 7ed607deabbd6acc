"""What people say of a file, beside it; no such row ever changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import PortalWrites, Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_contact_agreed"),
        ("logs", "0018_custody_listed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Caption",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("shows", nsvcs.casetext.CaseTextField(blank=True)),
                ("taken_on", models.DateField(null=True)),
                ("taken_time", models.TimeField(null=True)),
                ("until_on", models.DateField(null=True)),
                ("until_time", models.TimeField(null=True)),
                (
                    "precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "I know exactly when"),
                            ("about", "About this time"),
                            ("day", "I know the day, not the time"),
                            ("month", "I only know the month"),
                            ("between", "Some time between"),
                            ("still_happening", "It is still happening"),
                        ],
                        max_length=16,
                    ),
                ),
                ("when_words", nsvcs.casetext.CaseTextField(blank=True)),
                ("fold", models.PositiveSmallIntegerField(null=True)),
                ("zone", models.CharField(default="Europe/London", max_length=40)),
                (
                    "taken_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("victim", "I did"),
                            ("other", "Someone else"),
                            ("camera", "A camera by itself, such as a doorbell"),
                            ("unknown", "I do not know"),
                        ],
                        max_length=10,
                    ),
                ),
                ("taken_by_words", nsvcs.casetext.CaseTextField(blank=True)),
                ("never_disclose", models.BooleanField(default=False)),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("portal", "Written in the portal"),
                            ("on_behalf", "Written on behalf"),
                            ("import", "Brought in from a file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("said_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="captions", to="logs.evidence"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("evidence", "number"), name="logs_caption_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_on__isnull", False),
                            models.Q(("precision", ""), ("taken_time", None), ("until_on", None), ("until_time", None)),
                            _connector="OR",
                        ),
                        name="logs_caption_time_has_a_day",
                    ),
                ],
            },
        ),
        Protect("logs_caption", "shared", append_only=True),
        PortalWrites("logs_caption", "said_by_id = (SELECT nsvcs_me()) AND source = 'portal'"),
        SameCase("logs_caption", "logs_evidence", "evidence_id"),
    ]
