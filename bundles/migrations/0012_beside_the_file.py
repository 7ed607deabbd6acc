"""What lies beside a finished bundle, and the digests by which anybody may ask for a file of ours."""

import django.db.models.deletion
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import CloseTable, Function, Protect, SameCase

NAMES = "SELECT f.storage_name FROM bundles_bundlefile f WHERE f.storage_name = ANY (p_names)"
KEEP = """
INSERT INTO bundles_sealeddigest (sha256, sealed_at) VALUES (p_sha256, clock_timestamp()) ON CONFLICT DO NOTHING
"""
KNOWN = "SELECT EXISTS (SELECT 1 FROM bundles_sealeddigest d WHERE d.sha256 = p_sha256)"


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0011_steps_of_before"),
        ("cases", "0022_rate_rise"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedDigest",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BundleFile",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("volume", "Further volume"),
                            ("list", "List of contents"),
                            ("table", "List of contents as a table"),
                            ("list_stamp", "Time stamp of the list"),
                            ("head_stamp", "Time stamp of the log"),
                            ("pack", "Pack with the originals"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("storage_name", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="bundles.bundle"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("bundle", "kind", "number"), name="bundles_file_once")],
            },
        ),
        Protect("bundles_bundlefile", "staff", append_only=True),
        SameCase("bundles_bundlefile", "bundles_bundle", "bundle_id"),
        CloseTable("bundles_sealeddigest", append_only=True),
        Function("file_names_beside(p_names text[])", "SETOF varchar", NAMES, roles="nsvcs_worker"),
        Function("keep_sealed(p_sha256 text)", "void", KEEP, volatility="VOLATILE", roles="nsvcs_worker"),
        Function("known_digest(p_sha256 text)", "boolean", KNOWN),
    ]
