"""What a victim agreed to, and that it was taken back: she reads both in the portal, and writes the second there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import PortalWrites, Protect, SameCase

# She takes back her own, in her own name, and says so from where she is.
HERS = "by_id = (SELECT nsvcs_me()) AND how = 'portal'"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0028_support_tasks"),
        ("reference", "0004_presets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("referral", "Referral to another service"),
                            ("letter", "A letter"),
                            ("restorative", "Restorative justice"),
                            ("speak_for_me", "Speaking for the victim"),
                        ],
                        max_length=12,
                        verbose_name="what for",
                    ),
                ),
                ("recipient_name", models.CharField(blank=True, max_length=120, verbose_name="with whom")),
                ("recipient_key", models.CharField(blank=True, editable=False, max_length=2200)),
                ("what", nsvcs.casetext.CaseTextField(verbose_name="what may be said or done")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                (
                    "how_given",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("phone", "On the phone"),
                            ("writing", "In writing"),
                            ("portal", "In the portal"),
                        ],
                        max_length=10,
                        verbose_name="how it was given",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                ("words", nsvcs.casetext.CaseTextField(blank=True, verbose_name="in the victim’s words")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="cases.case"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsentWithdrawal",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "In person"),
                            ("phone", "On the phone"),
                            ("writing", "In writing"),
                            ("portal", "In the portal"),
                        ],
                        max_length=10,
                        verbose_name="how it was said",
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(blank=True, verbose_name="in the victim’s words")),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="cases.consent"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="cases_consent_numbered"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organisation__isnull", False), ("recipient_key", ""), ("recipient_name", "")),
                    models.Q(
                        ("organisation", None),
                        models.Q(("recipient_name", ""), _negated=True),
                        models.Q(("recipient_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="cases_consent_one_recipient",
                violation_error_message="An agreement names one organisation of the directory, or somebody else.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on")), ("starts_on__gte", models.F("given_on"))),
                name="cases_consent_days_in_order",
                violation_error_message="An agreement begins when it is given or later, and ends after that.",
            ),
        ),
        migrations.AddIndex(
            model_name="consentwithdrawal",
            index=models.Index(fields=["case", "-at"], name="cases_withdrawal_of_case"),
        ),
        Protect("cases_consent", "shared", append_only=True),
        Protect("cases_consentwithdrawal", "shared", append_only=True),
        SameCase("cases_consentwithdrawal", "cases_consent", "consent_id"),
        PortalWrites("cases_consent"),
        PortalWrites("cases_consentwithdrawal", HERS),
    ]
