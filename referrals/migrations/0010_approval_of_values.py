"""A manager approves what would be shown, word for word: an approval is no basis for anything else."""

from django.db import migrations, models

from nsvcs.rls import Function

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
        WHERE d.id = NEW.approval_id AND d.is_approved AND a.referral_id = NEW.id AND a.case_id = NEW.case_id{same}
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no basis stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'referrals_referral_basis';
END
"""
SAME = " AND d.digest = NEW.digest"


def basis(same: str) -> Function:
    """The trigger's function, with what an approval is compared by."""
    return Function(
        "referral_basis()", "trigger", BASIS.replace("{same}", same), language="plpgsql", volatility="VOLATILE"
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0009_letters_that_left")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, basis("").sql),
        migrations.AddField(
            model_name="sharingdecision",
            name="digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        basis(SAME),
    ]
