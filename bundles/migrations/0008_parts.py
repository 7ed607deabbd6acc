"""Parts of bundles kept by what they were made from, what is still to be made, and how long each step takes."""

import django.db.models.deletion
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

PART_NAMES = "SELECT p.storage_name FROM bundles_bundlepart p WHERE p.storage_name = ANY (p_names)"
# The daily sweep has no case of its own. What it takes away is a copy of pages that can be made again.
FORGET = """
DELETE FROM bundles_partorder WHERE asked_at < now() - interval '1 day';
DELETE FROM bundles_bundlepart WHERE last_used_at < p_unused_since RETURNING storage_name
"""
SWEEP = "nsvcs_worker"


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0007_what_was_shown"),
        ("cases", "0022_rate_rise"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bundle",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting to be made"),
                    ("building", "Being made"),
                    ("ready", "Ready"),
                    ("failed", "Could not be made"),
                    ("cancelled", "Cancelled"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="owncopy",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting to be made"),
                    ("building", "Being made"),
                    ("ready", "Ready"),
                    ("failed", "Could not be made"),
                    ("cancelled", "Cancelled"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="StepTime",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("step", models.CharField(max_length=40)),
                ("seconds_each", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["step", "-at"], name="bundles_steptime_latest")],
            },
        ),
        migrations.CreateModel(
            name="BundlePart",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
                ("storage_name", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("result", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["last_used_at"], name="bundles_part_used")],
                "constraints": [models.UniqueConstraint(fields=("case", "key"), name="bundles_part_once")],
            },
        ),
        migrations.CreateModel(
            name="PartOrder",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("payload", nsvcs.casetext.CaseTextField()),
                ("asked_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.UUIDField(null=True)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="bundles.bundle"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("bundle", "position"), name="bundles_order_once")],
            },
        ),
        Protect("bundles_bundlepart", "staff"),
        Protect("bundles_partorder", "staff", delete=True),
        Protect("bundles_steptime", "open", delete=True),
        SameCase("bundles_partorder", "bundles_bundle", "bundle_id"),
        Function("part_names(p_names text[])", "SETOF varchar", PART_NAMES, roles=SWEEP),
        Function(
            "forget_parts(p_unused_since timestamptz)", "SETOF varchar", FORGET, volatility="VOLATILE", roles=SWEEP
        ),
    ]
