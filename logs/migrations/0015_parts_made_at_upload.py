"""Parts of an original made when it arrives, what it says of itself, and what was typed of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# Of which originals a part is missing that today's rules would make, and nobody has asked for: ids and nothing else.
# Row security would show the sweep none of them.
WANTING = """
SELECT e.id, e.case_id FROM logs_evidence e
WHERE EXISTS (
    SELECT 1 FROM unnest(p_starts, p_kinds, p_recipes) AS wanted (start, kind, recipe)
    WHERE e.media_type LIKE wanted.start || '%'
        AND NOT EXISTS (
            SELECT 1 FROM logs_rendition r
            WHERE r.evidence_id = e.id AND r.kind = wanted.kind AND r.recipe = wanted.recipe
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
        ("cases", "0017_restricted_unheld"),
        ("jobs", "0001_initial"),
        ("logs", "0014_draft_late"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceFact",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("taken", "When it was made"),
                            ("device", "Made with"),
                            ("software", "Saved by"),
                            ("author", "Author"),
                            ("size", "Size"),
                            ("length", "Length"),
                            ("format", "Format"),
                            ("place", "Where it was made"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", nsvcs.casetext.CaseTextField()),
                ("recipe", models.CharField(max_length=40)),
                ("read_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Transcript",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("text", nsvcs.casetext.CaseTextField()),
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
                ("typed_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="rendition",
            name="logs_rendition_once_a_recipe",
        ),
        migrations.AddField(
            model_name="rendition",
            name="number",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="rendition",
            name="original_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="rendition",
            name="pictured",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("page", "Page copy"),
                    ("thumbnail", "Small picture"),
                    ("document", "Document's pages"),
                    ("sheet", "Picture of a page"),
                    ("stills", "Stills"),
                    ("report", "What the file says of itself"),
                    ("text", "Words that can be searched"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("evidence", "kind", "recipe", "number"), name="logs_rendition_once_a_recipe"
            ),
        ),
        migrations.AddField(
            model_name="evidencefact",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="evidencefact",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="logs.evidence"
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="transcript",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transcripts", to="logs.evidence"
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="typed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefact",
            constraint=models.UniqueConstraint(fields=("evidence", "kind", "recipe"), name="logs_fact_once_a_recipe"),
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.UniqueConstraint(fields=("evidence", "number"), name="logs_transcript_number"),
        ),
        Protect("logs_evidencefact", "shared", append_only=True),
        Protect("logs_transcript", "shared", append_only=True),
        SameCase("logs_evidencefact", "logs_evidence", "evidence_id"),
        SameCase("logs_transcript", "logs_evidence", "evidence_id"),
        Function(
            "evidence_wanting(p_starts text[], p_kinds text[], p_recipes text[], p_version text, p_most integer)",
            "TABLE (evidence_id uuid, of_case uuid)",
            WANTING,
            roles="nsvcs_worker",
        ),
    ]
