"""What was written of a perpetrator goes to the case it was written in: the oldest place, for only that one was made.

A later place of the same person gets nothing of it: another case's words are not shown there.
"""

from django.db import migrations

OLDEST = "NOT EXISTS (SELECT 1 FROM cases_caseperpetrator o WHERE o.perpetrator_id = p.perpetrator_id AND o.id < p.id)"
TO_THE_CASE = (
    "UPDATE cases_caseperpetrator p SET legal_status = q.legal_status, description = q.description "
    f"FROM cases_perpetrator q WHERE q.id = p.perpetrator_id AND {OLDEST}"
)
TO_THE_PERSON = (
    "UPDATE cases_perpetrator q SET legal_status = p.legal_status, description = p.description "
    f"FROM cases_caseperpetrator p WHERE q.id = p.perpetrator_id AND {OLDEST}"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_words_of_one_case")]
    operations = [migrations.RunSQL(TO_THE_CASE, TO_THE_PERSON)]
