"""Links with a passcode to what was released: staff make and end them, somebody outside opens them by two functions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# A link that still opens. Locked for the transaction of one try, so that no two are counted as one. A wall set since
# shuts it: somebody was found who must not have a hand in this case, and nobody yet knows how far that went.
FOUND = """
BEGIN
    RETURN QUERY
    SELECT l.id, l.case_id, l.what, l.object_id, l.passcode, l.storage_name, l.media_type, l.size_bytes, l.sha256
    FROM cases_sharelink l
    WHERE l.token_digest = p_digest AND l.ended_at IS NULL AND l.expires_at > clock_timestamp()
      AND l.wrong_count < l.most_wrong
      AND NOT EXISTS (SELECT 1 FROM cases_wall w WHERE w.case_id = l.case_id AND w.set_at >= l.made_at)
    FOR UPDATE;
END
"""
TRIED = """
BEGIN
    INSERT INTO cases_shareopening (id, link_id, case_id, outcome, at)
    SELECT p_opening, l.id, l.case_id, p_outcome, clock_timestamp() FROM cases_sharelink l WHERE l.id = p_link;
    IF p_outcome = 'wrong' THEN
        UPDATE cases_sharelink SET wrong_count = wrong_count + 1 WHERE id = p_link;
    END IF;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0024_bundle_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=20)),
                ("object_id", models.UUIDField()),
                ("to_name", models.CharField(max_length=120)),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("passcode", models.CharField(max_length=128)),
                ("storage_name", models.CharField(max_length=80)),
                ("media_type", models.CharField(max_length=100)),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("most_wrong", models.PositiveSmallIntegerField()),
                ("wrong_count", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="share_links", to="cases.case"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShareOpening",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("opened", "Opened with the passcode, file sent"), ("wrong", "Wrong passcode")],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="cases.sharelink"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="sharelink",
            index=models.Index(fields=["what", "object_id"], name="cases_sharelink_of"),
        ),
        migrations.AddIndex(
            model_name="shareopening",
            index=models.Index(fields=["link", "-at"], name="cases_shareopening_of_link"),
        ),
        Protect("cases_sharelink", "staff"),
        Protect("cases_shareopening", "staff", append_only=True),
        SameCase("cases_shareopening", "cases_sharelink", "link_id"),
        Function(
            "share_link(p_digest text)",
            "TABLE (id uuid, case_id uuid, what varchar, object_id uuid, passcode varchar, storage_name varchar,"
            " media_type varchar, size_bytes bigint, sha256 varchar)",
            FOUND,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        Function(
            "share_link_tried(p_link uuid, p_opening uuid, p_outcome text)",
            "void",
            TRIED,
            language="plpgsql",
            volatility="VOLATILE",
        ),
    ]
