"""Onward referrals: on what they are sent, what was passed on, and how a partner outside sees and answers one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
from nsvcs.rls import Function, Protect, SameCase

# A referral begins as made, moves by the one table alone, and what it rests on and says stays as it was sent.
KEEPS = """
CREATE FUNCTION referral_keeps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'made' THEN
            RAISE EXCEPTION 'a referral begins as made' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'made>sent', 'made>withdrawn', 'sent>viewed', 'sent>accepted', 'sent>declined', 'sent>withdrawn',
        'viewed>accepted', 'viewed>declined', 'viewed>withdrawn', 'accepted>completed', 'accepted>withdrawn'
    ]) THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'check_violation', CONSTRAINT = 'referrals_referral_moves';
    END IF;
    IF (OLD.case_id, OLD.made_by_id, OLD.made_at) IS DISTINCT FROM (NEW.case_id, NEW.made_by_id, NEW.made_at)
        OR OLD.state <> 'made' AND (
            OLD.organisation_id, OLD.to_name, OLD.consent_id, OLD.approval_id, OLD.ticked, OLD.asked_for, OLD.summary,
            OLD.orders, OLD.sent_at, OLD.due_on, OLD.digest
        ) IS DISTINCT FROM (
            NEW.organisation_id, NEW.to_name, NEW.consent_id, NEW.approval_id, NEW.ticked, NEW.asked_for, NEW.summary,
            NEW.orders, NEW.sent_at, NEW.due_on, NEW.digest
        ) THEN
        RAISE EXCEPTION 'what was sent stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;
REVOKE ALL ON FUNCTION referral_keeps() FROM PUBLIC;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE ON referrals_referral FOR EACH ROW EXECUTE FUNCTION referral_keeps();
"""
# It is sent only on a consent for this purpose and this organisation that covers the day and was not taken back, or on
# a manager's approval of this very referral. The consent is held meanwhile: whoever takes it back comes after, and the
# job that follows finds the referral sent.
BASIS = """
DECLARE
    sent_on date := (NEW.sent_at AT TIME ZONE 'Europe/London')::date;
BEGIN
    PERFORM 1 FROM cases_consent c WHERE c.id = NEW.consent_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM cases_consent c
        WHERE c.id = NEW.consent_id AND c.case_id = NEW.case_id AND c.purpose = 'referral'
          AND c.organisation_id = NEW.organisation_id AND sent_on BETWEEN c.starts_on AND c.ends_on
          AND NOT EXISTS (SELECT 1 FROM cases_consentwithdrawal w WHERE w.consent_id = c.id)
    ) OR EXISTS (
        SELECT 1 FROM referrals_sharingdecision d
        JOIN referrals_withoutconsent a ON a.id = d.asking_id
        WHERE d.id = NEW.approval_id AND d.is_approved AND a.referral_id = NEW.id AND a.case_id = NEW.case_id
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no basis stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'referrals_referral_basis';
END
"""
ON_A_BASIS = """
CREATE TRIGGER on_a_basis BEFORE UPDATE ON referrals_referral FOR EACH ROW
WHEN (NEW.state = 'sent' AND OLD.state <> 'sent') EXECUTE FUNCTION referral_basis();
"""
# A decision says who asked, so that the database can see that another decided.
SAME_ASKER = """
ALTER TABLE referrals_withoutconsent ADD CONSTRAINT referrals_withoutconsent_asker UNIQUE (id, asked_by_id);
ALTER TABLE referrals_sharingdecision ADD CONSTRAINT referrals_sharingdecision_same_asker
FOREIGN KEY (asking_id, asked_by_id) REFERENCES referrals_withoutconsent (id, asked_by_id)
DEFERRABLE INITIALLY DEFERRED;
"""
# Asked for nobody, as a link is opened: it waits for an answer, and what it rests on stands today.
HELD_BACK = """
SELECT NOT EXISTS (
    SELECT 1 FROM referrals_referral r
    WHERE r.id = p_referral AND r.state IN ('sent', 'viewed') AND (
        r.approval_id IS NOT NULL OR EXISTS (
            SELECT 1 FROM cases_consent c
            WHERE c.id = r.consent_id
              AND (clock_timestamp() AT TIME ZONE 'Europe/London')::date BETWEEN c.starts_on AND c.ends_on
              AND NOT EXISTS (SELECT 1 FROM cases_consentwithdrawal w WHERE w.consent_id = c.id)
        )
    )
)
"""
# What a link shows to whoever has tried its passcode. The first time says that it was opened.
SHOWN = """
DECLARE
    link cases_sharelink%ROWTYPE;
    stands varchar;
BEGIN
    SELECT * INTO link FROM cases_sharelink l
    WHERE l.token_digest = p_digest AND l.what = 'referral' AND l.ended_at IS NULL
      AND l.expires_at > clock_timestamp() AND l.wrong_count < l.most_wrong FOR UPDATE;
    SELECT r.state INTO stands FROM referrals_referral r WHERE r.id = link.object_id FOR UPDATE;
    IF stands IS NULL OR referral_held_back(link.object_id) THEN
        RETURN;
    END IF;
    IF stands = 'sent' THEN
        UPDATE referrals_referral SET state = 'viewed' WHERE id = link.object_id;
        INSERT INTO referrals_referralmove
            (id, referral_id, case_id, from_state, to_state, who, link_id, code, words, at)
        VALUES (p_move, link.object_id, link.case_id, 'sent', 'viewed', 'partner', link.id, '', '\\x00',
                clock_timestamp());
    END IF;
    RETURN QUERY SELECT f.name, f.value FROM referrals_sharedfield f WHERE f.referral_id = link.object_id;
END
"""
# The answer of whoever was shown it: once, and then the link is over.
ANSWERED = """
DECLARE
    link cases_sharelink%ROWTYPE;
    stands varchar;
BEGIN
    SELECT * INTO link FROM cases_sharelink l
    WHERE l.token_digest = p_digest AND l.what = 'referral' AND l.ended_at IS NULL
      AND l.expires_at > clock_timestamp() AND l.wrong_count < l.most_wrong FOR UPDATE;
    SELECT r.state INTO stands FROM referrals_referral r WHERE r.id = link.object_id FOR UPDATE;
    IF stands IS DISTINCT FROM 'viewed' OR p_to NOT IN ('accepted', 'declined') OR referral_held_back(link.object_id)
    THEN
        RETURN false;
    END IF;
    UPDATE referrals_referral SET state = p_to WHERE id = link.object_id;
    INSERT INTO referrals_referralmove (id, referral_id, case_id, from_state, to_state, who, link_id, code, words, at)
    VALUES (p_move, link.object_id, link.case_id, 'viewed', p_to, 'partner', link.id, p_code, p_words,
            clock_timestamp());
    UPDATE cases_sharelink SET ended_at = clock_timestamp() WHERE id = link.id;
    RETURN true;
END
"""
# For the hourly look: those about which something is to be done by a day; ids alone.
WAITING = """
SELECT r.id, r.case_id FROM referrals_referral r
WHERE r.state IN ('sent', 'viewed')
  AND (r.chase_on <= p_day AND r.chased_at IS NULL OR r.listed_on <= p_day AND r.listed_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_support"),
        ("cases", "0030_pages_behind_links"),
        ("reference", "0004_presets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharingDecision",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("is_approved", models.BooleanField()),
                ("reason", nsvcs.casetext.CaseTextField(verbose_name="why")),
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
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("to_name", models.CharField(max_length=120, verbose_name="person or team there")),
                ("work_email", models.EmailField(blank=True, max_length=254, verbose_name="work e-mail")),
                ("work_phone", models.CharField(blank=True, max_length=40, verbose_name="work phone")),
                ("reason", nsvcs.casetext.CaseTextField(verbose_name="why")),
                ("asked_for", nsvcs.casetext.CaseTextField(verbose_name="what is asked for")),
                ("summary", nsvcs.casetext.CaseTextField(blank=True, verbose_name="summary")),
                ("orders", nsvcs.casetext.CaseTextField(blank=True, verbose_name="court orders")),
                (
                    "ticked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("name", "Name to use"),
                                ("full_name", "First and last name"),
                                ("born_on", "Date of birth"),
                                ("age_band", "Age band"),
                                ("phone", "Safe phone number"),
                                ("contact", "How to make contact safely"),
                                ("language", "Language and interpreter"),
                                ("asked_for", "What is asked for"),
                                ("summary", "Summary"),
                                ("priority", "Urgency"),
                                ("orders", "Court orders"),
                                ("police", "Police force and crime reference"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Not sent yet"),
                            ("sent", "Sent, not opened"),
                            ("viewed", "Opened, not answered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("completed", "Completed"),
                        ],
                        default="made",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("chase_on", models.DateField(null=True)),
                ("listed_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("chased_at", models.DateTimeField(null=True)),
                ("listed_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="onward_referrals", to="cases.case"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.consent"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reference.organisation"
                    ),
                ),
                (
                    "approval",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.sharingdecision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WithoutConsent",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "gateway",
                    models.CharField(
                        choices=[
                            ("danger", "Danger to somebody’s life, or of serious harm"),
                            ("child", "Safeguarding of a child"),
                            ("adult", "Safeguarding of an adult at risk"),
                            ("crime", "To prevent or detect a crime"),
                            ("court_order", "A court has ordered it"),
                            ("legal_duty", "A law requires it"),
                        ],
                        max_length=12,
                        verbose_name="what allows it",
                    ),
                ),
                ("risk", nsvcs.casetext.CaseTextField(verbose_name="the risk")),
                ("necessity", nsvcs.casetext.CaseTextField(verbose_name="why it is necessary")),
                ("proportionality", nsvcs.casetext.CaseTextField(verbose_name="why no less would do")),
                ("is_told", models.BooleanField(verbose_name="the victim was told")),
                (
                    "not_told_because",
                    nsvcs.casetext.CaseTextField(null=True, verbose_name="why the victim was not told"),
                ),
                ("asked_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="askings", to="referrals.referral"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="sharingdecision",
            name="asking",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="decision", to="referrals.withoutconsent"
            ),
        ),
        migrations.CreateModel(
            name="ReferralMove",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("made", "Not sent yet"),
                            ("sent", "Sent, not opened"),
                            ("viewed", "Opened, not answered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("made", "Not sent yet"),
                            ("sent", "Sent, not opened"),
                            ("viewed", "Opened, not answered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "who",
                    models.CharField(
                        choices=[
                            ("staff", "One of us"),
                            ("partner", "The partner, through the link"),
                            ("consent", "The end of the victim’s consent"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=16)),
                ("words", nsvcs.casetext.CaseTextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.sharelink"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", False), ("link", None), ("who", "staff")),
                            models.Q(("by", None), ("link__isnull", False), ("who", "partner")),
                            models.Q(("by", None), ("link", None), ("who", "consent")),
                            _connector="OR",
                        ),
                        name="referrals_move_by_somebody",
                        violation_error_message="A step says who took it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("to_state__in", ["declined", "withdrawn"]), _negated=True),
                            models.Q(("code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referrals_move_code",
                        violation_error_message="Declining and withdrawing have a reason.",
                    ),
                    models.UniqueConstraint(fields=("referral", "to_state"), name="referrals_move_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedField",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("name", "Name to use"),
                            ("full_name", "First and last name"),
                            ("born_on", "Date of birth"),
                            ("age_band", "Age band"),
                            ("phone", "Safe phone number"),
                            ("contact", "How to make contact safely"),
                            ("language", "Language and interpreter"),
                            ("asked_for", "What is asked for"),
                            ("summary", "Summary"),
                            ("priority", "Urgency"),
                            ("orders", "Court orders"),
                            ("police", "Police force and crime reference"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", nsvcs.casetext.CaseTextField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fields", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("referral", "name"), name="referrals_sharedfield_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["case", "-made_at"], name="referrals_referral_of_case"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("state__in", ["sent", "viewed"])),
                fields=["chase_on"],
                name="referrals_referral_awaited",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["made", "withdrawn"]),
                    models.Q(("approval", None), ("consent__isnull", False)),
                    models.Q(("approval__isnull", False), ("consent", None)),
                    _connector="OR",
                ),
                name="referrals_referral_has_basis",
                violation_error_message="A referral is sent only on a consent, or on a manager’s approval.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent", None), ("approval", None), _connector="OR"),
                name="referrals_referral_one_basis",
                violation_error_message="A referral has one basis.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at", None), ("state", "made")),
                    ("state", "withdrawn"),
                    models.Q(models.Q(("state__in", ["made", "withdrawn"]), _negated=True), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="referrals_referral_sent",
                violation_error_message="A referral that was sent says when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("chase_on", None), ("digest", ""), ("due_on", None), ("listed_on", None), ("sent_at", None)
                    ),
                    models.Q(
                        ("chase_on__isnull", False),
                        ("due_on__isnull", False),
                        ("listed_on__isnull", False),
                        ("sent_at__isnull", False),
                        ("chase_on__lte", models.F("listed_on")),
                        ("listed_on__lte", models.F("due_on")),
                        models.Q(("digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="referrals_referral_days",
                violation_error_message="The days for an answer follow each other.",
            ),
        ),
        migrations.AddIndex(
            model_name="withoutconsent",
            index=models.Index(fields=["referral", "-asked_at"], name="referrals_asking_of_referral"),
        ),
        migrations.AddConstraint(
            model_name="withoutconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_told", True), ("not_told_because__isnull", True)),
                    models.Q(("is_told", False), ("not_told_because__isnull", False)),
                    _connector="OR",
                ),
                name="referrals_withoutconsent_told",
                violation_error_message="Say that the victim was told, or why not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharingdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("asked_by")), _negated=True),
                name="referrals_decision_by_another",
                violation_error_message="Somebody else decides it than who asked.",
            ),
        ),
        migrations.RunSQL(SAME_ASKER, migrations.RunSQL.noop),
        Protect("referrals_referral", "staff"),
        Protect("referrals_referralmove", "staff", append_only=True),
        Protect("referrals_withoutconsent", "staff", append_only=True),
        Protect("referrals_sharingdecision", "staff", append_only=True),
        Protect("referrals_sharedfield", "staff", append_only=True),
        SameCase("referrals_referral", "cases_consent", "consent_id"),
        SameCase("referrals_referral", "referrals_sharingdecision", "approval_id"),
        SameCase("referrals_referralmove", "referrals_referral", "referral_id"),
        SameCase("referrals_referralmove", "cases_sharelink", "link_id"),
        SameCase("referrals_withoutconsent", "referrals_referral", "referral_id"),
        SameCase("referrals_sharingdecision", "referrals_withoutconsent", "asking_id"),
        SameCase("referrals_sharedfield", "referrals_referral", "referral_id"),
        migrations.RunSQL(KEEPS, migrations.RunSQL.noop),
        Function("referral_basis()", "trigger", BASIS, language="plpgsql", volatility="VOLATILE"),
        migrations.RunSQL(ON_A_BASIS, migrations.RunSQL.noop),
        Function("referral_held_back(p_referral uuid)", "boolean", HELD_BACK),
        Function(
            "referral_shown(p_digest text, p_move uuid)",
            "TABLE (name varchar, value bytea)",
            SHOWN,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        Function(
            "referral_answered(p_digest text, p_move uuid, p_to text, p_code text, p_words bytea)",
            "boolean",
            ANSWERED,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        Function("referrals_waiting(p_day date)", "TABLE (id uuid, case_id uuid)", WAITING, roles="nsvcs_worker"),
    ]
