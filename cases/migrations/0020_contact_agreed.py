"""What was agreed for the next contact, which the portal shows; and two more kinds of task."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Protect


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_file_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("by_hand", "Added by hand"),
                    ("first_contact", "First contact"),
                    ("confirm_contact", "Confirm safe contact"),
                    ("message_held", "A message could not be sent"),
                    ("entry_after_closing", "New entry on a closed case"),
                    ("red_flag", "Red flag in the log"),
                    ("unsafe_file", "A virus in a file"),
                    ("changed_file", "A file is missing or has changed"),
                    ("planned_contact", "Contact agreed with the victim"),
                    ("portal_left", "Portal account closed by the victim"),
                ],
                default="by_hand",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="PlannedContact",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("on", models.DateField(null=True, verbose_name="which day")),
                (
                    "part",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("morning", "in the morning"),
                            ("afternoon", "in the afternoon"),
                            ("evening", "in the evening"),
                        ],
                        max_length=10,
                        verbose_name="part of the day",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "Phone"),
                            ("text", "Text message"),
                            ("email", "Email"),
                            ("post", "Post"),
                            ("video", "Video call"),
                            ("visit", "In person"),
                            ("portal", "Portal"),
                        ],
                        max_length=8,
                        verbose_name="how",
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="planned_contacts", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "-at"], name="cases_planned_of_case")],
            },
        ),
        Protect("cases_plannedcontact", "shared", append_only=True),
    ]
