"""Translations beside what was written, and whether the portal shows patterns; neither row ever changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_file_tasks"),
        ("logs", "0012_who_may_see_files_on_their_way"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PatternSwitch",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("is_shown", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pattern_switches", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "-at"], name="logs_pattern_switch_of_case")],
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("field", models.CharField(blank=True, max_length=24)),
                ("language_from", models.CharField(max_length=10)),
                ("language_to", models.CharField(max_length=10)),
                (
                    "translator_role",
                    models.CharField(
                        choices=[
                            ("interpreter", "an interpreter"),
                            ("caseworker", "a caseworker"),
                            ("victim", "the person who wrote it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("translator_name", models.CharField(blank=True, max_length=120)),
                ("translated_on", models.DateField()),
                ("text", nsvcs.casetext.CaseTextField()),
                ("recorded_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "amendment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translations",
                        to="logs.amendment",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="translations", to="logs.incident"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["incident", "recorded_at"], name="logs_translation_of_incident")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amendment", None), models.Q(("field", ""), _negated=True)),
                            models.Q(("amendment__isnull", False), ("field", "")),
                            _connector="OR",
                        ),
                        name="logs_translation_of_one_text",
                    )
                ],
            },
        ),
        Protect("logs_translation", "shared", append_only=True),
        Protect("logs_patternswitch", "shared", append_only=True),
        SameCase("logs_translation", "logs_incident", "incident_id"),
        SameCase("logs_translation", "logs_amendment", "amendment_id"),
    ]
