"""What was written of a perpetrator goes to the case it was written in: the oldest place, for only that one was made.

A later place of the same person gets nothing of it: another case's words are not shown there.
"""

from django.db import migrations

from nsvcs.casetext import EMPTY

OLDEST = "NOT EXISTS (SELECT 1 FROM cases_caseperpetrator o WHERE o.perpetrator_id = p.perpetrator_id AND o.id < p.id)"
TO_THE_CASE = (
    "INSERT INTO cases_perpetratorfacts (place_id, case_id, legal_status, description, version) "
    f"SELECT p.id, p.case_id, CASE WHEN {OLDEST} THEN q.legal_status ELSE 'alleged' END, "
    f"CASE WHEN {OLDEST} THEN q.description ELSE %s END, 1 "
    "FROM cases_caseperpetrator p JOIN cases_perpetrator q ON q.id = p.perpetrator_id"
)
TO_THE_PERSON = (
    "UPDATE cases_perpetrator q SET legal_status = f.legal_status, description = f.description "
    "FROM cases_caseperpetrator p JOIN cases_perpetratorfacts f ON f.place_id = p.id "
    f"WHERE q.id = p.perpetrator_id AND {OLDEST}"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_words_of_one_case")]
    operations = [
        migrations.RunSQL([(TO_THE_CASE, [EMPTY])], [TO_THE_PERSON, "DELETE FROM cases_perpetratorfacts"]),
    ]
