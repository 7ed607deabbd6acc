"""Copies of her own notes: hers alone. A file of one is named until it expires; the sweep takes it then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Function, Protect

NAMES = """
SELECT e.storage_name FROM logs_evidence e WHERE e.storage_name = ANY (p_names)
UNION SELECT r.storage_name FROM logs_rendition r WHERE r.storage_name = ANY (p_names)
UNION SELECT b.storage_name FROM bundles_bundle b WHERE b.storage_name = ANY (p_names)
UNION SELECT o.storage_name FROM bundles_owncopy o WHERE o.storage_name = ANY (p_names) AND o.expires_at > now()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0005_bundled_entries"),
        ("cases", "0020_contact_agreed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnCopy",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("with_files", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be made"),
                            ("building", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("storage_name", models.CharField(blank=True, max_length=80)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("shown_files", models.JSONField(default=list)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_copies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-asked_at"], name="bundles_owncopy_of_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("storage_name", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                                ("expires_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="bundles_owncopy_ready_is_whole",
                    )
                ],
            },
        ),
        Protect("bundles_owncopy", "own", "user_id"),
        Function("stored_names(p_names text[])", "SETOF varchar", NAMES, roles="nsvcs_worker"),
    ]
