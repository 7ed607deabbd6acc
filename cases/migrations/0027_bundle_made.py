"""A task for whoever asked for a bundle, once it is ready or could not be made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0026_protected_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("by_hand", "Added by hand"),
                    ("first_contact", "First contact"),
                    ("confirm_contact", "Confirm safe contact"),
                    ("message_held", "A message could not be sent"),
                    ("entry_after_closing", "New entry on a closed case"),
                    ("red_flag", "Red flag in the log"),
                    ("rate_rise", "Red flag: entries come more often"),
                    ("unsafe_file", "A virus in a file"),
                    ("changed_file", "A file is missing or has changed"),
                    ("planned_contact", "Contact agreed with the victim"),
                    ("portal_left", "Portal account closed by the victim"),
                    ("second_look", "A bundle waits for a second person"),
                    ("recall", "A bundle was recalled"),
                    ("bundle_made", "A bundle is ready, or could not be made"),
                ],
                default="by_hand",
                max_length=20,
            ),
        ),
    ]
