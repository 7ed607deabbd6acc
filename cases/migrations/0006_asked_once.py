"""The arrays that stand on the array of cases make that one once, and not for every row they look at."""

from django.db import migrations

from nsvcs.rls import Function, any_of

MY_VICTIMS = f"""
SELECT coalesce(array_agg(v.id), '{{}}') FROM (
    SELECT k.victim_id AS id FROM cases_case k WHERE {any_of("k.id", "staff")}
    UNION
    SELECT v.id FROM cases_victim v JOIN accounts_user u ON u.id = v.user_id
    WHERE u.id = nsvcs_me() AND u.is_active AND u.role = 'victim'
) v
"""
MY_PERPETRATORS = f"""
SELECT coalesce(array_agg(p.perpetrator_id), '{{}}') FROM cases_caseperpetrator p WHERE {any_of("p.case_id", "staff")}
"""
HIDDEN_MATCH = f"""
SELECT EXISTS (
    SELECT 1 FROM cases_victim v
    WHERE EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active
                  AND u.role IN ('caseworker', 'manager'))
      AND NOT {any_of("v.id", "victims")}
      AND (v.phone_keys && p_phones
           OR (v.surname_codes && p_surnames AND (v.first_codes && p_firsts OR v.born_on = p_born)))
)
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_add_perpetrator")]
    operations = [
        Function("my_victims()", "uuid[]", MY_VICTIMS),
        Function("my_perpetrators()", "uuid[]", MY_PERPETRATORS),
        Function(
            "hidden_match(p_surnames varchar[], p_firsts varchar[], p_phones varchar[], p_born date)",
            "boolean",
            HIDDEN_MATCH,
        ),
    ]
