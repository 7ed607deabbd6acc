"""An entry that is in a bundle is named before its import is undone, to the victim too, who sees no bundle."""

from django.db import migrations

from nsvcs.rls import Function

BUNDLED = """
SELECT DISTINCT i.object_id FROM bundles_bundleitem i
WHERE i.kind = 'entry' AND i.object_id = ANY (p_entries) AND i.case_id = ANY ((SELECT my_shared_cases())::uuid[])
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0004_stored_names"), ("logs", "0006_imports")]
    operations = [Function("bundled_entries(p_entries uuid[])", "SETOF uuid", BUNDLED)]
