"""Where it stands in law and what helps to know them, as known in one case: two workers' cases may tell two things.

In a table of their own: the perpetrator's place in the case may be read from the portal, and these are staff's words.
"""

import django.db.models.deletion
from django.db import migrations, models

import nsvcs.casetext
from nsvcs.rls import ROLES, Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_why_safe_again")]
    operations = [
        migrations.CreateModel(
            name="PerpetratorFacts",
            fields=[
                (
                    "place",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="facts",
                        serialize=False,
                        to="cases.caseperpetrator",
                    ),
                ),
                (
                    "legal_status",
                    models.CharField(
                        choices=[
                            ("alleged", "Alleged"),
                            ("suspect", "Suspect"),
                            ("charged", "Charged"),
                            ("convicted", "Convicted"),
                            ("acquitted", "Acquitted"),
                            ("civil_order", "Subject of a civil order"),
                        ],
                        default="alleged",
                        max_length=12,
                    ),
                ),
                ("description", nsvcs.casetext.CaseTextField(blank=True, verbose_name="what helps to know them")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
        ),
        Protect("cases_perpetratorfacts", "staff"),
        SameCase("cases_perpetratorfacts", "cases_caseperpetrator", "place_id"),
        # As for the place itself: made by `add_perpetrator` alone, and never moved to another.
        migrations.RunSQL(
            [
                f"REVOKE INSERT ON cases_perpetratorfacts FROM {ROLES}",
                "CREATE TRIGGER same_place BEFORE UPDATE OF case_id, place_id ON cases_perpetratorfacts "
                "FOR EACH STATEMENT EXECUTE FUNCTION nsvcs_refuse_change()",
            ],
            migrations.RunSQL.noop,
        ),
    ]
