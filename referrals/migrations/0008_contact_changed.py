"""A link that tells how to reach the victim is shut once that was changed, or the case has become unsafe to contact."""

from django.db import migrations

from nsvcs.rls import Function

HELD_BACK = """
SELECT NOT EXISTS (
    SELECT 1 FROM referrals_referral r JOIN cases_case ON cases_case.id = r.case_id
    WHERE r.id = p_referral AND r.state IN ('sent', 'viewed') AND (
        r.approval_id IS NOT NULL OR EXISTS (
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


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_kind_of_request"), ("cases", "0030_pages_behind_links")]

    operations = [Function("referral_held_back(p_referral uuid)", "boolean", HELD_BACK)]
