"""A file that was added to an entry stays the case's, though its sender lost the case before a worker looked at it."""

from django.db import migrations

from nsvcs.rls import Function

# Added by somebody who could: the writer of the entry, or who held the case, or a grant to it, at that moment.
HAD_THE_RIGHT = """a.bound_at IS NOT NULL AND a.state = 'whole' AND (
    i.recorded_by_id = a.user_id
    OR EXISTS (
        SELECT 1 FROM cases_allocation x WHERE x.case_id = i.case_id AND x.worker_id = a.user_id
          AND x.starts_at <= a.bound_at AND (x.ends_at IS NULL OR x.ends_at >= a.bound_at)
    )
    OR EXISTS (
        SELECT 1 FROM cases_casegrant g WHERE g.case_id = i.case_id AND g.person_id = a.user_id
          AND g.starts_at <= a.bound_at AND g.ends_at >= a.bound_at
    )
)"""
CASE_OF = f"""
SELECT i.case_id FROM logs_arrival a JOIN logs_incident i ON i.id = a.entry_key
WHERE a.id = p_arrival AND a.user_id = nsvcs_me() AND {HAD_THE_RIGHT}
"""
# To a job of that case alone. The sender is told for a week what became of it.
HAND_OVER = f"""
UPDATE logs_arrival a SET state = 'joined', expires_at = now() + interval '7 days'
FROM logs_incident i
WHERE a.id = p_arrival AND i.id = a.entry_key AND {HAD_THE_RIGHT}
  AND i.case_id = (SELECT j.case_id FROM jobs_job j WHERE j.id = nsvcs_job() AND j.state = 'running')
RETURNING i.id, a.user_id, a.file_label, a.media_type, a.storage_name, a.size_bytes, a.sha256, a.whole_at
"""


class Migration(migrations.Migration):
    dependencies = [("logs", "0024_file_passwords"), ("cases", "0021_what_the_portal_writes")]
    operations = [
        Function("case_of_arrival(p_arrival uuid)", "uuid", CASE_OF),
        Function(
            "hand_over_arrival(p_arrival uuid)",
            "TABLE (entry uuid, sender uuid, label bytea, media_type varchar, stored varchar, size_bytes bigint,"
            " sha256 varchar, whole_at timestamptz)",
            HAND_OVER,
            volatility="VOLATILE",
            roles="nsvcs_worker",
        ),
    ]
