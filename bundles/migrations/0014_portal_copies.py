"""The victim's own edition in the portal; and whether a release is held back, as somebody at a link is not told why."""

import django.db.models.deletion
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Function, PortalWrites, Protect, SameCase

# Recalled; or a file in it was locked or found infected after it was asked for, and is so still.
HELD_BACK = """
SELECT EXISTS (SELECT 1 FROM bundles_releasestep s WHERE s.release_id = p_release AND s.kind = 'recalled')
    OR EXISTS (
        SELECT 1 FROM bundles_bundlerelease r
        JOIN bundles_bundle b ON b.id = r.bundle_id
        JOIN bundles_bundleitem i ON i.bundle_id = b.id AND i.kind = 'evidence'
        JOIN logs_custodyevent c ON c.evidence_id = i.object_id
        WHERE r.id = p_release AND c.at > b.asked_at AND c.kind IN ('locked', 'quarantined')
          AND NOT EXISTS (SELECT 1 FROM logs_custodyevent u
                          WHERE u.evidence_id = c.evidence_id AND u.at > c.at AND u.kind IN ('unlocked', 'clean')))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0013_recipients"),
        ("cases", "0025_share_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="PortalCopy",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("storage_name", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("page_count", models.PositiveIntegerField()),
                ("shown_files", models.JSONField(default=list)),
                ("put_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_copy",
                        to="bundles.bundlerelease",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "-put_at"], name="bundles_portalcopy_of_case")],
            },
        ),
        Protect("bundles_portalcopy", "shared"),
        PortalWrites("bundles_portalcopy", verbs=("INSERT", "UPDATE")),
        SameCase("bundles_portalcopy", "bundles_bundlerelease", "release_id"),
        Function("release_held_back(p_release uuid)", "boolean", HELD_BACK),
    ]
