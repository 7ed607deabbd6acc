"""Signposts: what a victim was told of, what became of it, and that they have seen it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import ROLES, PortalWrites, Protect, SameCase

# Only the victim says that they have seen it, in their own name.
READ_BY_HER = f"""
CREATE POLICY own_name ON referrals_signpostread AS RESTRICTIVE FOR INSERT TO {ROLES} WITH CHECK (
    by_id = (SELECT nsvcs_me()) AND case_id = ANY ((SELECT my_portal_cases())::uuid[]))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_onward"),
        ("cases", "0028_support_tasks"),
        ("reference", "0005_the_directory"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Signpost",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("need", models.CharField(max_length=30, verbose_name="what for")),
                (
                    "told_how",
                    models.CharField(
                        choices=[
                            ("portal", "In the portal"),
                            ("phone", "By phone"),
                            ("in_person", "In person"),
                            ("post", "By post"),
                        ],
                        max_length=10,
                        verbose_name="told how",
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(blank=True, verbose_name="words to the victim")),
                ("language", models.CharField(default="en", max_length=10)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signposts", to="cases.case"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reference.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignpostOutcome",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("used", "Used, and it helped"),
                            ("no_help", "Used, and it did not help"),
                            ("not_used", "Not used"),
                            ("not_asked", "Not asked"),
                        ],
                        max_length=10,
                        verbose_name="did it help",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "signpost",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="referrals.signpost"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignpostRead",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "signpost",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="referrals.signpost"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignpostTakenBack",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("words", nsvcs.casetext.CaseTextField(verbose_name="why")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "signpost",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="back", to="referrals.signpost"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="signpost",
            index=models.Index(fields=["case", "-at"], name="referrals_signpost_of_case"),
        ),
        migrations.AddConstraint(
            model_name="signpostread",
            constraint=models.UniqueConstraint(fields=("signpost", "by"), name="referrals_signpostread_once"),
        ),
        Protect("referrals_signpost", "shared", append_only=True),
        Protect("referrals_signposttakenback", "shared", append_only=True),
        Protect("referrals_signpostread", "shared", append_only=True),
        Protect("referrals_signpostoutcome", "staff", append_only=True),
        SameCase("referrals_signposttakenback", "referrals_signpost", "signpost_id"),
        SameCase("referrals_signpostread", "referrals_signpost", "signpost_id"),
        SameCase("referrals_signpostoutcome", "referrals_signpost", "signpost_id"),
        PortalWrites("referrals_signpost"),
        PortalWrites("referrals_signposttakenback"),
        migrations.RunSQL(READ_BY_HER, migrations.RunSQL.noop),
    ]
