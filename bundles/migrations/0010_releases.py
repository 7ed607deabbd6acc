"""What was found before a bundle may leave, and each step of its leaving. None of it is ever changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0009_choice"),
        ("cases", "0022_rate_rise"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PictureWords",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("reader", models.CharField(max_length=40)),
                ("state", models.CharField(choices=[("read", "Read"), ("unread", "Could not be read")], max_length=6)),
                ("words", nsvcs.casetext.CaseTextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReleaseReceipt",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="reference or number")),
                ("confirmed_on", models.DateField(verbose_name="which day")),
                ("confirmed_by", models.CharField(max_length=120, verbose_name="who confirmed it")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReleaseStep",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("second", "Approved by a second person"),
                            ("recalled", "Recalled"),
                            ("out", "Went out"),
                            ("taken", "File downloaded"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", nsvcs.casetext.CaseTextField(blank=True, verbose_name="why")),
            ],
        ),
        migrations.AddField(
            model_name="bundlerelease",
            name="needs_two",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="bundlerelease",
            name="to_name",
            field=models.CharField(default="", max_length=120, verbose_name="to whom"),
        ),
        migrations.AddField(
            model_name="bundlerelease",
            name="way",
            field=models.CharField(
                choices=[
                    ("hand", "By hand"),
                    ("mail", "Secure email"),
                    ("upload", "The police’s own upload page"),
                    ("link", "A link with a passcode"),
                    ("portal", "In the victim’s portal"),
                ],
                default="hand",
                max_length=8,
                verbose_name="how it goes",
            ),
        ),
        migrations.CreateModel(
            name="BundleCheck",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=24)),
                (
                    "colour",
                    models.CharField(
                        choices=[("green", "Nothing found"), ("yellow", "Could not be checked"), ("red", "Found")],
                        max_length=6,
                    ),
                ),
                ("page", models.PositiveIntegerField(null=True)),
                ("item", models.CharField(blank=True, max_length=60)),
                ("what", models.CharField(blank=True, max_length=60)),
                ("term", models.CharField(blank=True, max_length=40)),
                ("is_soft", models.BooleanField(default=False)),
                ("picture", models.CharField(blank=True, max_length=64)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="bundles.bundle"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FalseAlarm",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reason", nsvcs.casetext.CaseTextField(verbose_name="why it is a false alarm")),
                ("at", models.DateTimeField()),
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
                    "found",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="false_alarm",
                        to="bundles.bundlecheck",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GateRun",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("terms_mac", models.CharField(max_length=64)),
                ("pages", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gate_runs", to="bundles.bundle"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="bundlecheck",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="bundles.gaterun"
            ),
        ),
        migrations.AddField(
            model_name="bundlerelease",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="bundles.gaterun"
            ),
        ),
        migrations.AddIndex(
            model_name="bundlerelease",
            index=models.Index(fields=["bundle", "-at"], name="bundles_release_of_bundle"),
        ),
        migrations.AddField(
            model_name="picturewords",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="releasereceipt",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="releasereceipt",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="releasereceipt",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="bundles.bundlerelease"
            ),
        ),
        migrations.AddField(
            model_name="releasestep",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="releasestep",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="releasestep",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="bundles.bundlerelease"
            ),
        ),
        migrations.AddIndex(
            model_name="gaterun",
            index=models.Index(fields=["bundle", "-at"], name="bundles_gaterun_of_bundle"),
        ),
        migrations.AddConstraint(
            model_name="bundlecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_soft", False), ("colour", "red"), _connector="OR"),
                name="bundles_check_soft_is_red",
            ),
        ),
        migrations.AddConstraint(
            model_name="picturewords",
            constraint=models.UniqueConstraint(fields=("case", "sha256", "reader"), name="bundles_picturewords_once"),
        ),
        migrations.AddConstraint(
            model_name="releasestep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["second", "recalled", "out"])),
                fields=("release", "kind"),
                name="bundles_step_once",
            ),
        ),
        Protect("bundles_gaterun", "staff", append_only=True),
        Protect("bundles_bundlecheck", "staff", append_only=True),
        Protect("bundles_falsealarm", "staff", append_only=True),
        Protect("bundles_picturewords", "staff", append_only=True),
        Protect("bundles_releasestep", "staff", append_only=True),
        Protect("bundles_releasereceipt", "staff", append_only=True),
        SameCase("bundles_gaterun", "bundles_bundle", "bundle_id"),
        SameCase("bundles_bundlecheck", "bundles_bundle", "bundle_id"),
        SameCase("bundles_bundlecheck", "bundles_gaterun", "run_id"),
        SameCase("bundles_falsealarm", "bundles_bundlecheck", "found_id"),
        SameCase("bundles_releasestep", "bundles_bundlerelease", "release_id"),
        SameCase("bundles_releasereceipt", "bundles_bundlerelease", "release_id"),
        SameCase("bundles_bundlerelease", "bundles_gaterun", "run_id"),
    ]
