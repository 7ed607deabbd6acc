"""What is taken out of a bundle by hand, and the words it was asked for with: nothing of either changes any more."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Protect, SameCase

# Until the bundle is asked for, one may be added and taken back; afterwards its pages hang on them.
FROZEN = """
CREATE FUNCTION bundles_redaction_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a redaction is never changed';
    END IF;
    IF EXISTS (SELECT 1 FROM bundles_bundle
        WHERE id = (CASE TG_OP WHEN 'INSERT' THEN NEW.choice_id ELSE OLD.choice_id END)) THEN
        RAISE EXCEPTION 'the bundle was asked for: its redactions stay as they are';
    END IF;
    RETURN CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON bundles_redaction
    FOR EACH ROW EXECUTE FUNCTION bundles_redaction_frozen();
REVOKE ALL ON FUNCTION bundles_redaction_frozen() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0014_portal_copies"),
        ("cases", "0026_protected_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BundleTerm",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=16)),
                ("words", nsvcs.casetext.CaseTextField()),
                ("with_first_name", models.BooleanField(default=False)),
                ("in_any_case", models.BooleanField(default=False)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="bundles.bundle"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("choice_id", models.UUIDField()),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("entry", "Entry"),
                            ("amendment", "Later note"),
                            ("translation", "Translation"),
                            ("caption", "What was said of a file"),
                            ("transcript", "What was heard in a recording"),
                            ("page", "Page of a file"),
                        ],
                        max_length=12,
                    ),
                ),
                ("object_id", models.UUIDField()),
                ("field", models.CharField(blank=True, max_length=24)),
                ("start", models.PositiveIntegerField(default=0)),
                ("end", models.PositiveIntegerField(default=0)),
                ("page", models.PositiveIntegerField(default=0)),
                (
                    "boxes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("whereabouts", "where somebody can be found"),
                            ("child", "a child’s details"),
                            ("person", "another person’s details"),
                            ("safety", "somebody’s safety"),
                            ("private", "private, and not about these events"),
                            ("health", "health"),
                            ("legal", "legal advice"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(blank=True, verbose_name="note on why")),
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
            ],
            options={
                "indexes": [models.Index(fields=["choice_id", "at"], name="bundles_redaction_of_choice")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end", 0), ("page__gte", 1), ("target", "page"), models.Q(("boxes", []), _negated=True)
                            ),
                            models.Q(
                                models.Q(("target", "page"), _negated=True),
                                ("boxes", []),
                                ("end__gt", models.F("start")),
                                ("page", 0),
                            ),
                            _connector="OR",
                        ),
                        name="bundles_redaction_of_text_or_page",
                    )
                ],
            },
        ),
        Protect("bundles_bundleterm", "staff", append_only=True),
        SameCase("bundles_bundleterm", "bundles_bundle", "bundle_id"),
        Protect("bundles_redaction", "staff", delete=True),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
