"""Something found on a unit that is looked over: the case it was with last is looked at, whoever finds it."""

from django.db import migrations, models

from nsvcs.rls import Function

# For the worker process alone: which case a unit was with is no business of whoever looks it over.
LAST_LENT = """
    SELECT l.id, l.case_id FROM referrals_alarmloan l JOIN referrals_alarmtest t ON t.alarm_id = l.alarm_id
    WHERE t.id = p_test AND l.issued_at <= t.at ORDER BY l.issued_at DESC LIMIT 1
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0012_the_stock_is_for_casework")]

    operations = [
        migrations.AddField("alarmtest", "is_found", models.BooleanField(default=False)),
        migrations.AddConstraint(
            model_name="alarmtest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_found", False), models.Q(("has_passed", False), ("kind", "after_return")), _connector="OR"
                ),
                name="referrals_alarmtest_found",
                violation_error_message="A unit on which something was found is kept apart.",
            ),
        ),
        Function("alarm_last_lent(p_test uuid)", "TABLE (loan_id uuid, case_id uuid)", LAST_LENT, roles="nsvcs_worker"),
    ]
