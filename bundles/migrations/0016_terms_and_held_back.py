"""Ids of terms as long as they are; and a file that was left out of a bundle holds none of its releases back."""

from django.db import migrations, models

from nsvcs.rls import Function

HELD_BACK = """
SELECT EXISTS (SELECT 1 FROM bundles_releasestep s WHERE s.release_id = p_release AND s.kind = 'recalled')
    OR EXISTS (
        SELECT 1 FROM bundles_bundlerelease r
        JOIN bundles_bundle b ON b.id = r.bundle_id
        JOIN bundles_bundleitem i ON i.bundle_id = b.id AND i.kind = 'evidence' AND i.how = 'whole'
        JOIN logs_custodyevent c ON c.evidence_id = i.object_id
        WHERE r.id = p_release AND c.at > b.asked_at AND c.kind IN ('locked', 'quarantined')
          AND NOT EXISTS (SELECT 1 FROM logs_custodyevent u
                          WHERE u.evidence_id = c.evidence_id AND u.at > c.at AND u.kind IN ('unlocked', 'clean')))
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0015_redactions")]
    operations = [
        migrations.AlterField(model_name="bundlecheck", name="term", field=models.CharField(blank=True, max_length=80)),
        Function("release_held_back(p_release uuid)", "boolean", HELD_BACK),
    ]
