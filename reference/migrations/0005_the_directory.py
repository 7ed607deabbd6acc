"""The directory is kept by colleagues on its pages: each change a row beside, and an entry that is no more retired."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs import rls

# Beside the policy of an open table, by which everybody reads: who checks an entry works on cases, who adds one leads.
ROLE = "(SELECT role FROM accounts_user WHERE id = (SELECT nsvcs_me()))"
CASEWORK = f"{ROLE} IN ('caseworker', 'manager')"
WRITTEN_BY = (
    f"CREATE POLICY staff_insert ON reference_organisation AS RESTRICTIVE FOR INSERT TO {rls.ROLES}"
    f" WITH CHECK ({ROLE} = 'manager')",
    f"CREATE POLICY staff_update ON reference_organisation AS RESTRICTIVE FOR UPDATE TO {rls.ROLES}"
    f" USING ({CASEWORK}) WITH CHECK ({CASEWORK})",
    f"CREATE POLICY own_name ON reference_directorychange AS RESTRICTIVE FOR INSERT TO {rls.ROLES}"
    f" WITH CHECK (by_id = (SELECT nsvcs_me()) AND {CASEWORK})",
)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0004_presets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="districts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="organisation", name="email", field=models.CharField(blank=True, max_length=120)
        ),
        migrations.AddField(
            model_name="organisation", name="retired_on", field=models.DateField(blank=True, null=True)
        ),
        migrations.CreateModel(
            name="DirectoryChange",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("checked", "Checked"),
                            ("changed", "Changed"),
                            ("retired", "Retired"),
                            ("returned", "Brought back"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                *(
                    (
                        name,
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=longest), default=list, size=None
                        ),
                    )
                    for name, longest in (("fields", 20), ("before", 400), ("after", 400))
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="reference.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "version"), name="reference_directorychange_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after__len", models.F("before__len")), ("fields__len", models.F("before__len"))
                        ),
                        name="reference_directorychange_lines",
                    ),
                ],
            },
        ),
        rls.Protect("reference_organisation", "open"),
        rls.Protect("reference_directorychange", "open", append_only=True),
        migrations.RunSQL(WRITTEN_BY, migrations.RunSQL.noop),
    ]
