"""The thread between a victim and the workers on her case: what was sent never changes, and nobody signs for another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import ROLES, Protect, SameCase

# Beside the policy of its kind: a row is written in one's own name, and from the side one stands on.
OWN_NAME = """
CREATE POLICY own_name ON {table} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (
    by_id = (SELECT nsvcs_me()) AND {side} = (case_id = ANY ((SELECT my_portal_cases())::uuid[])))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0017_restricted_unheld"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("is_from_victim", models.BooleanField()),
                ("text", nsvcs.casetext.CaseTextField(verbose_name="message")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MessageRead",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("is_by_victim", models.BooleanField()),
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
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="cases.message"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["case", "at"], name="cases_message_of_case"),
        ),
        migrations.AddConstraint(
            model_name="messageread",
            constraint=models.UniqueConstraint(fields=("message", "by"), name="cases_messageread_once"),
        ),
        Protect("cases_message", "shared", append_only=True),
        Protect("cases_messageread", "shared", append_only=True),
        SameCase("cases_messageread", "cases_message", "message_id"),
        migrations.RunSQL(
            OWN_NAME.format(table="cases_message", side="is_from_victim", roles=ROLES), migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            OWN_NAME.format(table="cases_messageread", side="is_by_victim", roles=ROLES), migrations.RunSQL.noop
        ),
    ]
