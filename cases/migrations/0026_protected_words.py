"""Protected words of a case. One is ended, never edited: a trigger lets nothing else of it change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect

ONLY_ENDED = """
CREATE FUNCTION cases_protectedterm_only_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (NEW.id, NEW.case_id, NEW.kind, NEW.words, NEW.with_first_name, NEW.in_any_case,
        NEW.source, NEW.added_by_id, NEW.added_at) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.words,
        OLD.with_first_name, OLD.in_any_case, OLD.source, OLD.added_by_id, OLD.added_at) THEN
        RAISE EXCEPTION 'a protected word is ended, never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_ended BEFORE UPDATE ON cases_protectedterm
    FOR EACH ROW EXECUTE FUNCTION cases_protectedterm_only_ended();
REVOKE ALL ON FUNCTION cases_protectedterm_only_ended() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0025_share_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProtectedTerm",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("addresses", "An address"),
                            ("phones", "A phone number or email address"),
                            ("school", "A school or nursery"),
                            ("workplace", "A workplace"),
                            ("vehicles", "A vehicle or number plate"),
                            ("routine", "A routine, such as a club or a class"),
                            ("children", "A child’s name or another detail of a child"),
                            ("third_parties", "Another person’s name"),
                            ("staff_surnames", "The surname of one of our staff"),
                            ("places", "A place"),
                            ("always", "Something never to be shown, whatever is ticked"),
                        ],
                        max_length=16,
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(verbose_name="word or line")),
                ("with_first_name", models.BooleanField(default=False)),
                ("in_any_case", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[("typed", "Typed by a worker"), ("case", "Kept from the case")],
                        default="typed",
                        max_length=5,
                    ),
                ),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="protected_terms", to="cases.case"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "ended_at"], name="cases_protectedterm_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="cases_protectedterm_ended_by",
                    )
                ],
            },
        ),
        Protect("cases_protectedterm", "staff"),
        migrations.RunSQL(ONLY_ENDED, migrations.RunSQL.noop),
    ]
