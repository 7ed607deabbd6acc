"""Notes written without signal: keys, phones, what arrived, and the phone's time beside an entry."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

PURGE = """
WITH gone AS (
    DELETE FROM logs_offlinearrival WHERE outcome = 'unopened' AND received_at < now() - interval '30 days' RETURNING 1
)
SELECT count(*)::integer FROM gone
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_contact_agreed"),
        ("logs", "0015_parts_made_at_upload"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OfflineKey",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(unique=True)),
                ("public_spki", models.TextField()),
                ("private_sealed", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OfflineDevice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WrittenOffline",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key_version", models.PositiveIntegerField()),
                ("device_written_at", models.DateTimeField(null=True)),
                ("device_zone", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="written_offline", to="logs.incident"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfflineArrival",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("opened", "opened"), ("draft", "draft"), ("kept", "kept"), ("unopened", "unopened")],
                        max_length=8,
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("key_version", models.PositiveIntegerField(null=True)),
                ("device_written_at", models.DateTimeField(null=True)),
                ("device_zone", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
                ("envelope", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-received_at"], name="logs_offlinearrival_of_user")],
            },
        ),
        Protect("logs_offlinekey", "open"),
        Protect("logs_offlinedevice", "own", "user_id"),
        Protect("logs_offlinearrival", "own", "user_id"),
        Protect("logs_writtenoffline", "shared", append_only=True),
        SameCase("logs_writtenoffline", "logs_incident", "incident_id"),
        Function("logs_purge_offline()", "integer", PURGE, volatility="VOLATILE", roles="nsvcs_worker"),
    ]
