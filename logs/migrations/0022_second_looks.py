"""Files that have a verdict are looked at again: which are due, which the lead sees, and what custody calls it."""

from django.db import migrations, models

from nsvcs.rls import Function

IS_LOCKED = """coalesce((
        SELECT c.kind = 'locked' FROM logs_custodyevent c
        WHERE c.evidence_id = e.id AND c.kind IN ('locked', 'unlocked') ORDER BY c.at DESC, c.id DESC LIMIT 1
    ), false)"""
COUNTS = """JOIN LATERAL (
    SELECT x.state, x.found, x.at, x.signatures_at FROM logs_scan x
    WHERE x.evidence_id = e.id AND x.state IN ('clean', 'infected') ORDER BY x.attempt DESC LIMIT 1
) s ON true
JOIN LATERAL (
    SELECT x.state, x.at, x.attempt FROM logs_scan x WHERE x.evidence_id = e.id ORDER BY x.attempt DESC LIMIT 1
) last ON true"""
# Ids only, and only for workers. As many as fit into so many bytes, and at least one. Where the scanner does not say
# of when its signatures are, nobody can tell that nothing has changed.
TO_REPEAT = f"""
SELECT due.id, due.case_id, due.attempt FROM (
    SELECT e.id, e.case_id, last.attempt, sum(e.size_bytes) OVER (ORDER BY s.state DESC, last.at, e.id) - e.size_bytes AS before
    FROM logs_evidence e {COUNTS}
    WHERE (s.state = 'infected' OR last.at < p_before)
      AND (p_signatures IS NULL OR s.signatures_at IS DISTINCT FROM p_signatures)
      AND NOT {IS_LOCKED}
) due WHERE due.before < p_bytes ORDER BY due.before LIMIT p_limit
"""
# The lead sees no case unless it is opened to them: so much of each and no more.
INFECTED = f"""
SELECT e.id, e.case_id, k.reference, e.exhibit_number, s.found, s.at, last.state, last.at, last.attempt
FROM logs_evidence e {COUNTS}
JOIN cases_case k ON k.id = e.case_id
WHERE e.id IN (SELECT x.evidence_id FROM logs_scan x WHERE x.state = 'infected') AND s.state = 'infected'
  AND NOT {IS_LOCKED}
  AND EXISTS (
        SELECT 1 FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active AND u.role = 'data_protection'
  ) AND NOT EXISTS (SELECT 1 FROM cases_wall w WHERE w.case_id = e.case_id AND w.person_id = nsvcs_me())
ORDER BY s.at DESC
"""


class Migration(migrations.Migration):
    dependencies = [("logs", "0021_read_from_a_file_that_is_here")]
    operations = [
        migrations.AlterField(
            model_name="custodyevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("arrived", "Arrived and was kept"),
                    ("clean", "Checked for viruses, nothing found"),
                    ("not_scanned", "Could not be checked for viruses"),
                    ("quarantined", "A virus was found; kept apart"),
                    ("copied", "Viewing copy made"),
                    ("not_copied", "No viewing copy could be made"),
                    ("downloaded", "Original downloaded"),
                    ("bundled", "Put into a bundle"),
                    ("listed", "Listed in a bundle, not shown in it"),
                    ("looked_again", "Checked for viruses again, with the same result"),
                    ("checked", "Digest checked"),
                    ("changed", "Missing, or not the file that arrived"),
                    ("locked", "Locked"),
                    ("unlocked", "Unlocked"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="scan",
            index=models.Index(
                condition=models.Q(("state", "infected")), fields=["evidence"], name="logs_scan_infected"
            ),
        ),
        Function(
            "scans_to_repeat(p_before timestamptz, p_signatures timestamptz, p_bytes bigint, p_limit integer)",
            "TABLE (evidence_id uuid, case_id uuid, attempt integer)", TO_REPEAT, roles="nsvcs_worker",
        ),
        Function(
            "infected_files()",
            "TABLE (evidence_id uuid, case_id uuid, reference varchar, exhibit_number integer, found varchar,"
            " found_at timestamptz, last_state varchar, last_at timestamptz, attempt integer)", INFECTED,
        ),
    ]  # fmt: skip
