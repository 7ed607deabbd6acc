"""Restorative justice: one way at a time, each move a row, and a sign-off by somebody who did not ask for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect, SameCase

# Who asked stands in the answer too, so that the database can refuse an answer to one's own request.
SAME_ASKER = [
    "ALTER TABLE referrals_signoffrequest ADD CONSTRAINT referrals_signoffrequest_asker UNIQUE (id, asked_by_id)",
    "ALTER TABLE referrals_signoff ADD CONSTRAINT referrals_signoff_same_asker FOREIGN KEY (request_id, asked_by_id)"
    " REFERENCES referrals_signoffrequest (id, asked_by_id) DEFERRABLE INITIALLY DEFERRED",
]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_consent"),
        ("referrals", "0003_signposts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RestorativeReferral",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("referral", "Referral"),
                            ("suitability", "Suitability and risk"),
                            ("preparation", "Preparing the victim"),
                            ("approached", "Perpetrator approached"),
                            ("other_preparation", "Preparing the perpetrator"),
                            ("method", "Method chosen"),
                            ("held", "Held"),
                            ("agreement", "Outcome agreement"),
                            ("follow_up_weeks", "Follow-up at 6 weeks"),
                            ("follow_up_months", "Follow-up at 6 months"),
                            ("on_hold", "On hold while a case is live"),
                            ("closed", "Closed"),
                        ],
                        default="enquiry",
                        max_length=20,
                    ),
                ),
                (
                    "stage_before_hold",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("referral", "Referral"),
                            ("suitability", "Suitability and risk"),
                            ("preparation", "Preparing the victim"),
                            ("approached", "Perpetrator approached"),
                            ("other_preparation", "Preparing the perpetrator"),
                            ("method", "Method chosen"),
                            ("held", "Held"),
                            ("agreement", "Outcome agreement"),
                            ("follow_up_weeks", "Follow-up at 6 weeks"),
                            ("follow_up_months", "Follow-up at 6 months"),
                            ("on_hold", "On hold while a case is live"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("face_to_face", "Face to face"),
                            ("shuttle", "Shuttle: a facilitator goes between"),
                            ("letter", "Letter"),
                            ("video", "Video"),
                        ],
                        max_length=12,
                        verbose_name="method",
                    ),
                ),
                ("held_on", models.DateField(blank=True, null=True, verbose_name="held on")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "Completed"),
                            ("victim_withdrew", "Victim withdrew"),
                            ("other_declined", "Perpetrator declined"),
                            ("unsuitable", "Unsuitable (risk)"),
                            ("no_trace", "No trace of the perpetrator"),
                            ("on_hold", "On hold (live case)"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restorative_referrals",
                        to="cases.case",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RestorativeMove",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("referral", "Referral"),
                            ("suitability", "Suitability and risk"),
                            ("preparation", "Preparing the victim"),
                            ("approached", "Perpetrator approached"),
                            ("other_preparation", "Preparing the perpetrator"),
                            ("method", "Method chosen"),
                            ("held", "Held"),
                            ("agreement", "Outcome agreement"),
                            ("follow_up_weeks", "Follow-up at 6 weeks"),
                            ("follow_up_months", "Follow-up at 6 months"),
                            ("on_hold", "On hold while a case is live"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("referral", "Referral"),
                            ("suitability", "Suitability and risk"),
                            ("preparation", "Preparing the victim"),
                            ("approached", "Perpetrator approached"),
                            ("other_preparation", "Preparing the perpetrator"),
                            ("method", "Method chosen"),
                            ("held", "Held"),
                            ("agreement", "Outcome agreement"),
                            ("follow_up_weeks", "Follow-up at 6 weeks"),
                            ("follow_up_months", "Follow-up at 6 months"),
                            ("on_hold", "On hold while a case is live"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("face_to_face", "Face to face"),
                            ("shuttle", "Shuttle: a facilitator goes between"),
                            ("letter", "Letter"),
                            ("video", "Video"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "Completed"),
                            ("victim_withdrew", "Victim withdrew"),
                            ("other_declined", "Perpetrator declined"),
                            ("unsuitable", "Unsuitable (risk)"),
                            ("no_trace", "No trace of the perpetrator"),
                            ("on_hold", "On hold (live case)"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", nsvcs.casetext.CaseTextField(blank=True, verbose_name="why")),
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
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="referrals.restorativereferral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignOffRequest",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reason", nsvcs.casetext.CaseTextField(verbose_name="why it is safe enough")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_off_requests",
                        to="referrals.restorativereferral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("is_given", models.BooleanField()),
                ("reason", nsvcs.casetext.CaseTextField(verbose_name="why")),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_off",
                        to="referrals.signoffrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="restorativereferral",
            index=models.Index(fields=["case", "-opened_at"], name="referrals_restorative_of_case"),
        ),
        migrations.AddConstraint(
            model_name="restorativereferral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stage", "closed"), _negated=True),
                fields=("case",),
                name="referrals_restorative_one_open",
                violation_error_message="Restorative justice is open on this case already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restorativereferral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False), ("stage", "closed"), models.Q(("outcome", ""), _negated=True)
                    ),
                    models.Q(models.Q(("stage", "closed"), _negated=True), ("ended_at", None), ("outcome", "")),
                    _connector="OR",
                ),
                name="referrals_restorative_closed_with_outcome",
                violation_error_message="What is closed has an outcome, and what is open has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restorativereferral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "on_hold"), models.Q(("stage_before_hold", ""), _negated=True)),
                    models.Q(models.Q(("stage", "on_hold"), _negated=True), ("stage_before_hold", "")),
                    _connector="OR",
                ),
                name="referrals_restorative_hold_from",
                violation_error_message="What is on hold says where it stood.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restorativereferral",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_on", None), models.Q(("method", ""), _negated=True), _connector="OR"),
                name="referrals_restorative_held_by_a_method",
                violation_error_message="What was held was held in some way.",
            ),
        ),
        migrations.AddIndex(
            model_name="restorativemove",
            index=models.Index(fields=["case", "-at"], name="referrals_rjmove_of_case"),
        ),
        migrations.AddConstraint(
            model_name="restorativemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_stage", models.F("to_stage")), _negated=True),
                name="referrals_restorativemove_goes",
            ),
        ),
        migrations.AddConstraint(
            model_name="restorativemove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_stage", "closed"), models.Q(("outcome", ""), _negated=True)),
                    models.Q(models.Q(("to_stage", "closed"), _negated=True), ("outcome", "")),
                    _connector="OR",
                ),
                name="referrals_restorativemove_ends_with_outcome",
            ),
        ),
        migrations.AddIndex(
            model_name="signoffrequest",
            index=models.Index(fields=["referral", "-asked_at"], name="referrals_signoff_of"),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("asked_by")), _negated=True),
                name="referrals_signoff_by_another",
                violation_error_message="Nobody signs off what they asked for themselves.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_on__isnull", False), ("is_given", True)),
                    models.Q(("ends_on", None), ("is_given", False)),
                    _connector="OR",
                ),
                name="referrals_signoff_given_until",
                violation_error_message="A sign-off has a last day, and a refusal has none.",
            ),
        ),
        Protect("referrals_restorativereferral", "staff"),
        Protect("referrals_restorativemove", "staff", append_only=True),
        Protect("referrals_signoffrequest", "staff", append_only=True),
        Protect("referrals_signoff", "staff", append_only=True),
        SameCase("referrals_restorativemove", "referrals_restorativereferral", "referral_id"),
        SameCase("referrals_signoffrequest", "referrals_restorativereferral", "referral_id"),
        SameCase("referrals_signoff", "referrals_signoffrequest", "request_id"),
        migrations.RunSQL(SAME_ASKER, migrations.RunSQL.noop),
    ]
