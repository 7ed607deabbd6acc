"""Whoever is kept out of a case by name does not learn from a search that it is there.

The search before a new case says "possible match, ask a manager" of cases one may not see. To somebody who is walled
off, because they are close to the other side, those words alone confirm that the person came to the service.
"""

from django.db import migrations

from nsvcs.rls import Function, any_of

HIDDEN_MATCH = f"""
SELECT EXISTS (
    SELECT 1 FROM cases_victim v
    WHERE EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active
                  AND u.role IN ('caseworker', 'manager'))
      AND NOT {any_of("v.id", "victims")}
      AND NOT EXISTS (SELECT 1 FROM cases_case k JOIN cases_wall w ON w.case_id = k.id
                      WHERE k.victim_id = v.id AND w.person_id = nsvcs_me())
      AND (v.phone_keys && p_phones
           OR (v.surname_codes && p_surnames AND (v.first_codes && p_firsts OR v.born_on = p_born)))
)
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_shared_person")]
    operations = [
        Function(
            "hidden_match(p_surnames varchar[], p_firsts varchar[], p_phones varchar[], p_born date)",
            "boolean",
            HIDDEN_MATCH,
        ),
    ]
