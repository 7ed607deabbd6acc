"""Later time stamps over a bundle and all that lies beside it, before the authority of the stamps before them ends."""

from django.db import migrations, models

from nsvcs.rls import Function

NEWEST = """
SELECT DISTINCT ON (f.bundle_id) f.bundle_id, f.case_id, f.storage_name
FROM bundles_bundlefile f JOIN bundles_bundle b ON b.id = f.bundle_id AND b.state = 'ready'
WHERE f.kind IN ('list_stamp', 'later_tsr')
ORDER BY f.bundle_id, f.made_at DESC
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0018_coming_files")]

    operations = [
        migrations.AlterField(
            model_name="bundlefile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("volume", "Further volume"),
                    ("list", "List of contents"),
                    ("table", "List of contents as a table"),
                    ("list_stamp", "Time stamp of the list"),
                    ("head_stamp", "Time stamp of the log"),
                    ("pack", "Pack with the originals"),
                    ("later", "Digests under a later time stamp"),
                    ("later_tsr", "Later time stamp"),
                ],
                max_length=10,
            ),
        ),
        Function(
            "newest_stamps()",
            "TABLE (bundle_id uuid, case_id uuid, storage_name varchar)",
            NEWEST,
            roles="nsvcs_worker",
        ),
    ]
