"""Passwords of locked files: held sealed for one job, and gone after it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Function, PortalWrites, Protect, SameCase

PURGE = """
WITH gone AS (
    UPDATE logs_filepassword SET outcome = 'lapsed', sealed = ''
    WHERE outcome = 'held' AND held_until <= now() RETURNING 1
)
SELECT count(*)::integer FROM gone
"""

# As in 0015, but a part made of what a password opened stands for the part of its recipe: without the password it
# cannot be made anew.
WANTING = """
SELECT e.id, e.case_id FROM logs_evidence e
WHERE EXISTS (
    SELECT 1 FROM unnest(p_starts, p_kinds, p_recipes) AS wanted (start, kind, recipe)
    WHERE e.media_type LIKE wanted.start || '%'
        AND NOT EXISTS (
            SELECT 1 FROM logs_rendition r
            WHERE r.evidence_id = e.id AND r.kind = wanted.kind
                AND r.recipe IN (wanted.recipe, wanted.recipe || '+opened')
        )
)
AND NOT EXISTS (
    SELECT 1 FROM jobs_job j
    WHERE j.kind = 'copy' AND j.object_id = e.id
        AND (j.state IN ('queued', 'running') OR j.key = 'copy:' || e.id || ':' || p_version)
)
ORDER BY e.id LIMIT p_most
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_contact_agreed"),
        ("logs", "0023_rendition_details"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FilePassword",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("given_at", models.DateTimeField()),
                ("held_until", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("opened", "Opened"),
                            ("wrong", "Wrong"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="held",
                        max_length=6,
                    ),
                ),
                ("sealed", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="passwords", to="logs.evidence"
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["evidence", "-given_at"], name="logs_password_of_evidence")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "held")),
                        fields=("evidence",),
                        name="logs_password_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", "held"), ("sealed", ""), _connector="OR"),
                        name="logs_password_gone_when_used",
                    ),
                ],
            },
        ),
        Protect("logs_filepassword", "shared"),
        PortalWrites("logs_filepassword", "given_by_id = (SELECT nsvcs_me()) AND outcome = 'held'"),
        PortalWrites("logs_filepassword", verbs=["UPDATE"]),
        SameCase("logs_filepassword", "logs_evidence", "evidence_id"),
        Function("logs_purge_passwords()", "integer", PURGE, volatility="VOLATILE", roles="nsvcs_worker"),
        Function(
            "evidence_wanting(p_starts text[], p_kinds text[], p_recipes text[], p_version text, p_most integer)",
            "TABLE (evidence_id uuid, of_case uuid)",
            WANTING,
            roles="nsvcs_worker",
        ),
    ]
