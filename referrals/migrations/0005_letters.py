"""Letters: templates, frozen letters, their files, who took them, how they left."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# Asked by the nightly sweep, which sees no row of any case: of these names of files, those that a letter has.
NAMES = "SELECT f.storage_name::text FROM referrals_letterfile f WHERE f.storage_name = ANY (p_names)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_consent"),
        ("reference", "0004_presets"),
        ("referrals", "0004_restorative"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("to_name", models.CharField(max_length=120, verbose_name="to")),
                ("to_address", nsvcs.casetext.CaseTextField(blank=True, verbose_name="address of the recipient")),
                ("name_used", models.CharField(max_length=200, verbose_name="the victim’s name")),
                (
                    "included",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("request", nsvcs.casetext.CaseTextField(blank=True)),
                ("their_reference", nsvcs.casetext.CaseTextField(blank=True)),
                ("facts", nsvcs.casetext.CaseTextField(blank=True)),
                ("subject", nsvcs.casetext.CaseTextField()),
                ("text", nsvcs.casetext.CaseTextField()),
                ("dated_on", models.DateField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.letter"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="cases.case"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LetterFile",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("storage_name", models.CharField(max_length=80, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("page_count", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="file", to="referrals.letter"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("key", models.SlugField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("housing", "Housing"),
                            ("employer", "Employer"),
                            ("school", "School or place of study"),
                            ("supporting", "Supporting letter"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("in_force_on", models.DateField(verbose_name="in force on")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("V", "read in the named source"),
                            ("V~", "read in a secondary, old or local source"),
                            ("G", "general knowledge of the field"),
                            ("G?", "to be checked by the service"),
                        ],
                        max_length=2,
                        verbose_name="confidence",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter template",
                "verbose_name_plural": "letter templates",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="referrals_lettertemplate_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    ),
                    models.UniqueConstraint(
                        fields=("key", "version"), name="referrals_lettertemplate_once_per_version"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="letter",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.lettertemplate"
            ),
        ),
        migrations.CreateModel(
            name="LetterGiven",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("hand_victim", "Handed to the victim in person"),
                            ("post_victim", "Posted to the victim"),
                            ("post_recipient", "Posted to the recipient"),
                            ("hand_recipient", "Handed to the recipient"),
                        ],
                        max_length=14,
                        verbose_name="how",
                    ),
                ),
                ("to_name", models.CharField(max_length=120, verbose_name="to whom")),
                ("on", models.DateField(verbose_name="when")),
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
                    "consent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.consent"
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="given", to="referrals.letter"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "-at"], name="referrals_given_of_case"),
                    models.Index(fields=["letter", "at"], name="referrals_given_of_letter"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterTaking",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("hand_victim", "Handed to the victim in person"),
                            ("post_victim", "Posted to the victim"),
                            ("post_recipient", "Posted to the recipient"),
                            ("hand_recipient", "Handed to the recipient"),
                        ],
                        max_length=14,
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
                    "consent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.consent"
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takings", to="referrals.letter"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["letter", "-at"], name="referrals_taking_of_letter")],
            },
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["case", "-at"], name="referrals_letter_of_case"),
        ),
        Protect("referrals_lettertemplate", "open", write=False),
        Protect("referrals_letter", "staff", append_only=True),
        Protect("referrals_letterfile", "staff", append_only=True),
        Protect("referrals_lettertaking", "staff", append_only=True),
        Protect("referrals_lettergiven", "staff", append_only=True),
        SameCase("referrals_letter", "referrals_letter", "based_on_id"),
        SameCase("referrals_letterfile", "referrals_letter", "letter_id"),
        SameCase("referrals_lettertaking", "referrals_letter", "letter_id"),
        SameCase("referrals_lettergiven", "referrals_letter", "letter_id"),
        SameCase("referrals_lettertaking", "cases_consent", "consent_id"),
        SameCase("referrals_lettergiven", "cases_consent", "consent_id"),
        Function("letter_names(p_names text[])", "SETOF text", NAMES, roles="nsvcs_worker"),
    ]
