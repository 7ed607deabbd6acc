"""A file that a bundle only names was not put into it: custody has a word for that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logs", "0017_what_the_portal_writes"),
    ]

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
                    ("checked", "Digest checked"),
                    ("changed", "Missing, or not the file that arrived"),
                    ("locked", "Locked"),
                    ("unlocked", "Unlocked"),
                ],
                max_length=12,
            ),
        ),
    ]
