"""Which of some files a row names: row security would hide the rows, and a sweep would take every file for lost."""

from django.db import migrations

from nsvcs.rls import Function

NAMES = """
SELECT e.storage_name FROM logs_evidence e WHERE e.storage_name = ANY (p_names)
UNION SELECT r.storage_name FROM logs_rendition r WHERE r.storage_name = ANY (p_names)
UNION SELECT b.storage_name FROM bundles_bundle b WHERE b.storage_name = ANY (p_names)
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0003_policies_by_row"), ("logs", "0005_policies_by_row")]
    operations = [Function("stored_names(p_names text[])", "SETOF varchar", NAMES, roles="nsvcs_worker")]
