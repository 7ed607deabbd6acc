"""In an emergency a referral is sent on recorded reasons, and a manager looks at it afterwards."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from nsvcs.rls import Function, SameCase

KEEPS = """
CREATE OR REPLACE FUNCTION referral_keeps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
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
            OLD.organisation_id, OLD.to_name, OLD.consent_id, OLD.approval_id{old}, OLD.ticked, OLD.asked_for, OLD.summary,
            OLD.orders, OLD.sent_at, OLD.due_on, OLD.digest
        ) IS DISTINCT FROM (
            NEW.organisation_id, NEW.to_name, NEW.consent_id, NEW.approval_id{new}, NEW.ticked, NEW.asked_for, NEW.summary,
            NEW.orders, NEW.sent_at, NEW.due_on, NEW.digest
        ) THEN
        RAISE EXCEPTION 'what was sent stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;
"""
# The reasons are written in the transaction that sends it: none lie ready for another day.
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
        WHERE d.id = NEW.approval_id AND d.is_approved AND d.digest = NEW.digest
          AND a.referral_id = NEW.id AND a.case_id = NEW.case_id
    ){emergency} THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no basis stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'referrals_referral_basis';
END
"""
EMERGENCY = """ OR EXISTS (
        SELECT 1 FROM referrals_withoutconsent a
        WHERE a.id = NEW.emergency_id AND a.is_emergency AND a.gateway = 'danger' AND a.asked_at = NEW.sent_at
          AND a.referral_id = NEW.id AND a.case_id = NEW.case_id
    )"""
HELD_BACK = """
SELECT NOT EXISTS (
    SELECT 1 FROM referrals_referral r JOIN cases_case ON cases_case.id = r.case_id
    WHERE r.id = p_referral AND r.state IN ('sent', 'viewed') AND (
        r.approval_id IS NOT NULL OR {emergency}EXISTS (
            SELECT 1 FROM cases_consent c
            WHERE c.id = r.consent_id
              AND (clock_timestamp() AT TIME ZONE 'Europe/London')::date BETWEEN c.starts_on AND c.ends_on
              AND NOT EXISTS (SELECT 1 FROM cases_consentwithdrawal w WHERE w.consent_id = c.id)
        )
    ) AND NOT (
        r.ticked && ARRAY['phone', 'contact']::varchar[] AND (
            cases_case.status = 'unsafe_to_contact' OR EXISTS (
                SELECT 1 FROM cases_safecontact s
                WHERE s.victim_id = cases_case.victim_id AND s.recorded_at > r.sent_at
            )
        )
    )
)
"""
NOT_REFUSED = """r.emergency_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM referrals_sharingdecision d WHERE d.asking_id = r.emergency_id AND NOT d.is_approved
        ) OR """


def keeps(old: str, new: str) -> str:
    """What was sent stays, with the columns that are named."""
    return KEEPS.replace("{old}", old).replace("{new}", new)


def basis(emergency: str) -> Function:
    """On what it may be sent."""
    body = BASIS.replace("{emergency}", emergency)
    return Function("referral_basis()", "trigger", body, language="plpgsql", volatility="VOLATILE")


def held_back(emergency: str) -> Function:
    """Whether its link is shut."""
    body = HELD_BACK.replace("{emergency}", emergency)
    return Function("referral_held_back(p_referral uuid)", "boolean", body)


def constraint(name: str, condition: Q, words: str) -> migrations.AddConstraint:
    """One check of a referral."""
    check = models.CheckConstraint(condition=condition, name=name, violation_error_message=words)
    return migrations.AddConstraint("referral", check)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_approval_of_values"), ("cases", "0030_pages_behind_links")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, [keeps("", ""), *basis("").sql, *held_back("").sql]),
        migrations.AddField("withoutconsent", "is_emergency", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "withoutconsent",
            models.CheckConstraint(
                condition=Q(is_emergency=False) | Q(gateway="danger"),
                name="referrals_withoutconsent_emergency",
                violation_error_message="Only danger to life, or of serious harm, is an emergency.",
            ),
        ),
        migrations.AddField(
            "referral",
            "emergency",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.withoutconsent",
            ),
        ),
        migrations.RemoveConstraint("referral", "referrals_referral_has_basis"),
        migrations.RemoveConstraint("referral", "referrals_referral_one_basis"),
        constraint(
            "referrals_referral_has_basis",
            Q(state__in=["made", "withdrawn"])
            | Q(consent__isnull=False)
            | Q(approval__isnull=False)
            | Q(emergency__isnull=False),
            "A referral is sent only on a consent, on a manager’s approval, or in an emergency.",
        ),
        constraint(
            "referrals_referral_one_basis",
            Q(consent=None, approval=None) | Q(consent=None, emergency=None) | Q(approval=None, emergency=None),
            "A referral has one basis.",
        ),
        SameCase("referrals_referral", "referrals_withoutconsent", "emergency_id"),
        migrations.RunSQL(keeps(", OLD.emergency_id", ", NEW.emergency_id"), migrations.RunSQL.noop),
        basis(EMERGENCY),
        held_back(NOT_REFUSED),
    ]
