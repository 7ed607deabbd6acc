"""The tasks that the room of support services raises."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_bundle_made"),
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
                    ("consent_withdrawn", "The victim took back a consent"),
                    ("support_due", "Support was accepted and has not begun"),
                    ("alarm_asked", "The victim asked for an alarm"),
                    ("alarm_due", "Lent equipment is due for a test or to come back"),
                    ("referral_chase", "A referral waits for its answer"),
                    ("referral_answer", "A referral was answered"),
                    ("rj_sign_off", "Restorative justice waits for a manager"),
                    ("rj_due", "Restorative justice is due for a follow-up"),
                ],
                default="by_hand",
                max_length=20,
            ),
        ),
    ]
