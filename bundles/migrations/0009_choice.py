"""Editions and their rules, who a bundle is for, what was left out of it and why, and choices still being made."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# What was left out of a bundle has a row too.
BUNDLED = """
SELECT DISTINCT i.object_id FROM bundles_bundleitem i
WHERE i.kind = 'entry' AND i.how <> 'out' AND i.object_id = ANY (p_entries)
AND i.case_id = ANY ((SELECT my_shared_cases())::uuid[])
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0008_parts"),
        ("cases", "0023_employers"),
        ("reference", "0004_presets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BundleDraft",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("content", nsvcs.casetext.CaseTextField(default="{}")),
                ("version", models.PositiveIntegerField(default=1)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="bundle",
            name="crime_reference",
            field=models.CharField(blank=True, max_length=60, verbose_name="crime reference"),
        ),
        migrations.AddField(
            model_name="bundle",
            name="edition",
            field=models.CharField(
                blank=True,
                choices=[
                    ("own", "The victim’s own copy"),
                    ("police", "Police pack"),
                    ("court", "Prosecution and court edition"),
                    ("family", "Family court edition"),
                    ("safe", "Disclosure-safe edition"),
                    ("short", "Short edition"),
                ],
                max_length=10,
                verbose_name="edition",
            ),
        ),
        migrations.AddField(
            model_name="bundle",
            name="files_by_entry",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="bundle",
            name="follows",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bundles.bundle"
            ),
        ),
        migrations.AddField(
            model_name="bundle",
            name="officer",
            field=models.CharField(blank=True, max_length=200, verbose_name="officer in the case"),
        ),
        migrations.AddField(
            model_name="bundle",
            name="preset",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reference.preset"
            ),
        ),
        migrations.AddField(
            model_name="bundle",
            name="producer",
            field=models.CharField(blank=True, max_length=200, verbose_name="who produces the exhibits"),
        ),
        migrations.AddField(
            model_name="bundle",
            name="purpose_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("own_copy", "For the victim to keep"),
                    ("report", "A report to the police, or their investigation"),
                    ("order", "A stalking protection order"),
                    ("prosecution", "A prosecution"),
                    ("family", "Family court proceedings"),
                    ("injunction", "An injunction or another civil order"),
                    ("other_side", "Papers that the accused’s side may read"),
                    ("advice", "Legal advice"),
                    ("housing", "Housing"),
                    ("work", "Safety at work or study"),
                    ("safeguarding", "Safeguarding"),
                ],
                max_length=14,
                verbose_name="purpose",
            ),
        ),
        migrations.AddField(
            model_name="bundle",
            name="recipient_ref",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="bundle",
            name="ring",
            field=models.CharField(blank=True, max_length=120, verbose_name="number to ring"),
        ),
        migrations.AddField(
            model_name="bundle",
            name="sections",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="bundleitem",
            name="how",
            field=models.CharField(
                choices=[("whole", "Printed whole"), ("listed", "Named in a list"), ("out", "Left out")],
                default="whole",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="bundleitem",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unsaid", "Not chosen"),
                    ("range", "Outside the days covered"),
                    ("kind", "Not of the kinds chosen"),
                    ("relevance", "Not about what the bundle is for"),
                    ("twice", "The same is shown elsewhere"),
                    ("withdrawn", "Withdrawn"),
                    ("entry", "Its entry is not printed"),
                    ("wish", "The victim’s wish"),
                    ("safety", "Safety"),
                    ("others", "Mostly about somebody else"),
                    ("failed", "It could not be made"),
                    ("later", "Arrived after the choice was made"),
                    ("other", "Another reason"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="bundleitem",
            name="reason_words",
            field=nsvcs.casetext.CaseTextField(blank=True),
        ),
        migrations.AlterField(
            model_name="bundle",
            name="recipient",
            field=models.CharField(
                choices=[
                    ("police", "Police"),
                    ("prosecution", "Crown Prosecution Service"),
                    ("court", "Court"),
                    ("family_court", "Family court"),
                    ("solicitor", "The victim’s solicitor"),
                    ("housing", "Housing"),
                    ("employer", "Employer or place of study"),
                    ("social_worker", "Social worker"),
                    ("victim", "The victim"),
                ],
                max_length=14,
                verbose_name="who it is for",
            ),
        ),
        migrations.AlterField(
            model_name="bundleitem",
            name="kind",
            field=models.CharField(
                choices=[("entry", "Entry"), ("evidence", "File"), ("amendment", "Later note")], max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="bundleitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "out"), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="bundles_item_out_says_why",
            ),
        ),
        migrations.AddField(
            model_name="bundledraft",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="bundledraft",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="bundledraft",
            index=models.Index(fields=["case", "user", "-changed_at"], name="bundles_draft_of_user"),
        ),
        Protect("bundles_bundledraft", "staff"),
        SameCase("bundles_bundle", "bundles_bundle", "follows_id"),
        Function("bundled_entries(p_entries uuid[])", "SETOF uuid", BUNDLED),
    ]
