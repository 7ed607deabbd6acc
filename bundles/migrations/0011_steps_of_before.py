"""Who took a bundle before releases had steps becomes a step of its release."""

from django.db import migrations

TAKEN = """
INSERT INTO bundles_releasestep (id, release_id, case_id, kind, by_id, at, reason)
SELECT gen_random_uuid(), r.id, r.case_id, kind, r.taken_by_id, r.at, '\\x00'::bytea
FROM bundles_bundlerelease r CROSS JOIN (VALUES ('out'), ('taken')) AS steps (kind);
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0010_releases")]
    operations = [
        migrations.RunSQL(TAKEN, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="bundlerelease", name="taken_by"),
        migrations.RemoveField(model_name="bundlerelease", name="second_approved_by"),
    ]
