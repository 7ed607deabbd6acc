"""Tasks for the second person of a bundle, and for a recall after it went out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_employers"),
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
                ],
                default="by_hand",
                max_length=20,
            ),
        ),
    ]
