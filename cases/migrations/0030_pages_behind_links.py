"""A link may open a page that is shown, and answered, where until now there were files alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_consent"),
    ]

    operations = [
        migrations.AlterField(
            model_name="shareopening",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("opened", "Opened with the passcode, file sent"),
                    ("shown", "Opened with the passcode"),
                    ("answered", "Answered with the passcode"),
                    ("wrong", "Wrong passcode"),
                ],
                max_length=8,
            ),
        ),
    ]
