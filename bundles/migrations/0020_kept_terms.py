"""Whether the words to withhold are kept with a bundle: a bundle may have none, and one of before has none yet."""

from django.db import migrations, models

# Of those without a row nobody knows. One that is ready is not made again; any other keeps them when it is made.
KEPT = """
UPDATE bundles_bundle b SET has_terms = true
WHERE EXISTS (SELECT 1 FROM bundles_bundleterm t WHERE t.bundle_id = b.id)
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0019_later_stamps")]
    operations = [
        migrations.AddField(model_name="bundle", name="has_terms", field=models.BooleanField(default=False)),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
