"""Support: the catalogue, episodes with their moves, goals and scores, sessions with their notes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# Ids only, and only for workers: support that was accepted, with no session that took place for longer than so many
# days, and no task for it yet. What the day is counted from: when it was accepted or taken up again, or the last session.
WITHOUT_SESSION = """
SELECT due.id, due.case_id, due.last_on FROM (
    SELECT e.id, e.case_id, greatest(
        (SELECT max(m."on") FROM referrals_episodemove m
         WHERE m.episode_id = e.id AND m.to_state IN ('accepted', 'active')),
        (SELECT max((s.at AT TIME ZONE 'Europe/London')::date) FROM referrals_supportsession s
         WHERE s.episode_id = e.id AND s.attendance = 'attended' AND NOT EXISTS (
             SELECT 1 FROM referrals_sessionnote n WHERE n.session_id = s.id AND n.takes_back))
    ) AS last_on
    FROM referrals_supportepisode e JOIN cases_case k ON k.id = e.case_id
    WHERE e.state IN ('accepted', 'active') AND k.closed_on IS NULL
) due
WHERE due.last_on + p_days < p_today AND NOT EXISTS (
    SELECT 1 FROM cases_task t WHERE t.key = 'support_due:' || due.id || ':' || due.last_on
)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0028_support_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportEpisode",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="offered",
                        max_length=9,
                    ),
                ),
                ("offered_on", models.DateField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="support_episodes", to="cases.case"
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SupportSession",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("in_person", "In person"),
                            ("video", "Video call"),
                            ("message", "Message in the portal"),
                            ("letter", "Letter"),
                            ("email", "Email"),
                            ("text", "Text message"),
                        ],
                        max_length=9,
                        verbose_name="how",
                    ),
                ),
                (
                    "attendance",
                    models.CharField(
                        choices=[
                            ("attended", "Attended"),
                            ("did_not_attend", "Did not attend"),
                            ("by_victim", "Cancelled by the victim"),
                            ("by_us", "Cancelled by us"),
                            ("not_safe", "Not safe to go ahead"),
                        ],
                        max_length=14,
                        verbose_name="did it take place?",
                    ),
                ),
                (
                    "did",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                (
                    "content_class",
                    models.CharField(
                        choices=[
                            ("administrative", "Administrative"),
                            ("safety", "Safety and risk"),
                            ("advocacy", "Advocacy"),
                            ("emotional", "Emotional support"),
                        ],
                        max_length=16,
                        verbose_name="kind of session",
                    ),
                ),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="support_sessions", to="cases.case"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="referrals.supportepisode",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpisodeReview",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "when",
                    models.CharField(
                        choices=[("start", "At the start"), ("review", "At a review"), ("end", "At the end")],
                        max_length=6,
                    ),
                ),
                ("on", models.DateField()),
                ("scores", models.JSONField()),
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
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="referrals.supportepisode",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpisodeMove",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reason", nsvcs.casetext.CaseTextField(blank=True, verbose_name="why")),
                ("on", models.DateField(verbose_name="which day")),
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
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="referrals.supportepisode"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpisodeAim",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveSmallIntegerField()),
                ("goal", nsvcs.casetext.CaseTextField(verbose_name="goal")),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("health", "Mental and physical health"),
                                ("shelter", "Shelter and accommodation"),
                                ("family", "Family, friends and children"),
                                ("work", "Education, skills and employment"),
                                ("substances", "Drugs and alcohol"),
                                ("money", "Finance and benefits"),
                                ("outlook", "Outlook and attitudes"),
                                ("social", "Social interactions"),
                                ("safety", "Personal safety"),
                                ("justice", "Experience of the justice process"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
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
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="aims", to="referrals.supportepisode"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SupportService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("emotional", "Emotional support"),
                            ("advocacy", "Advocacy"),
                            ("justice", "Support through the justice process"),
                            ("signposting", "Signposting and onward referral"),
                            ("restorative", "Access to restorative justice"),
                            ("practical", "Practical support, with crime prevention and safety advice"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what it is")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="place in the list")),
                ("is_active", models.BooleanField(default=True, verbose_name="can be offered")),
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
                "verbose_name": "support service",
                "verbose_name_plural": "support services",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="referrals_supportservice_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="supportepisode",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.supportservice"
            ),
        ),
        migrations.CreateModel(
            name="SupportSubcode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="place in the list")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subcodes",
                        to="referrals.supportservice",
                        to_field="code",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of work",
                "verbose_name_plural": "kinds of work",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SessionNote",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("note", "Note"), ("correction", "Correction")], max_length=10)),
                (
                    "content_class",
                    models.CharField(
                        choices=[
                            ("administrative", "Administrative"),
                            ("safety", "Safety and risk"),
                            ("advocacy", "Advocacy"),
                            ("emotional", "Emotional support"),
                        ],
                        max_length=16,
                        verbose_name="kind of note",
                    ),
                ),
                ("text", nsvcs.casetext.CaseTextField(verbose_name="note")),
                ("takes_back", models.BooleanField(default=False)),
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="referrals.supportsession"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["session", "at"], name="referrals_note_of_session")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("takes_back", False), ("kind", "correction"), _connector="OR"),
                        name="referrals_sessionnote_takes_back",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="supportsession",
            index=models.Index(fields=["case", "-at"], name="referrals_session_of_case"),
        ),
        migrations.AddIndex(
            model_name="supportsession",
            index=models.Index(fields=["episode", "-at"], name="referrals_session_of_episode"),
        ),
        migrations.AddConstraint(
            model_name="supportsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attendance", "attended"), _negated=True),
                    models.Q(("minutes__gte", 1), ("minutes__isnull", False), ("minutes__lte", 600)),
                    _connector="OR",
                ),
                name="referrals_session_attended_has_minutes",
                violation_error_message="A session that took place has a number of minutes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("attendance", "attended"), ("minutes", None), _connector="OR"),
                name="referrals_session_not_held_has_none",
                violation_error_message="A session that did not take place has no minutes.",
            ),
        ),
        migrations.AddIndex(
            model_name="episodereview",
            index=models.Index(fields=["episode", "-at"], name="referrals_review_of_episode"),
        ),
        migrations.AddIndex(
            model_name="episodemove",
            index=models.Index(fields=["case", "-at"], name="referrals_move_of_case"),
        ),
        migrations.AddIndex(
            model_name="episodemove",
            index=models.Index(fields=["episode", "-at"], name="referrals_move_of_episode"),
        ),
        migrations.AddConstraint(
            model_name="episodemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_state", models.F("to_state")), _negated=True),
                name="referrals_episodemove_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="episodeaim",
            constraint=models.UniqueConstraint(
                fields=("episode", "version"), name="referrals_episodeaim_once_per_version"
            ),
        ),
        migrations.AddIndex(
            model_name="supportepisode",
            index=models.Index(fields=["case", "-offered_on"], name="referrals_episode_of_case"),
        ),
        migrations.AddConstraint(
            model_name="supportepisode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["accepted", "active", "offered", "paused"])),
                fields=("case", "service"),
                name="referrals_supportepisode_one_open",
                violation_error_message="This service is open for the victim already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportsubcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                    models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="referrals_supportsubcode_checked_both_or_neither",
                violation_error_message="Give both the day it was checked and who checked it, or neither.",
            ),
        ),
        Protect("referrals_supportservice", "open", write=False),
        Protect("referrals_supportsubcode", "open", write=False),
        Protect("referrals_supportepisode", "staff"),
        Protect("referrals_episodemove", "staff", append_only=True),
        Protect("referrals_episodeaim", "staff", append_only=True),
        Protect("referrals_episodereview", "staff", append_only=True),
        Protect("referrals_supportsession", "staff", append_only=True),
        Protect("referrals_sessionnote", "staff", append_only=True),
        SameCase("referrals_episodemove", "referrals_supportepisode", "episode_id"),
        SameCase("referrals_episodeaim", "referrals_supportepisode", "episode_id"),
        SameCase("referrals_episodereview", "referrals_supportepisode", "episode_id"),
        SameCase("referrals_supportsession", "referrals_supportepisode", "episode_id"),
        SameCase("referrals_sessionnote", "referrals_supportsession", "session_id"),
        Function(
            "support_without_session(p_today date, p_days integer)",
            "TABLE (id uuid, case_id uuid, last_on date)",
            WITHOUT_SESSION,
            roles="nsvcs_worker",
        ),
    ]
