"""When she found out is a day: nobody was asked for a time, and none is made up. No page has written the instant yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logs", "0003_same_case")]
    operations = [
        migrations.RemoveField("incident", "learned_at"),
        migrations.AddField("incident", "learned_on", models.DateField(null=True)),
    ]
