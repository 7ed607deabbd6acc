"""What a lapsed sign-in has handed in is counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_last_day")]
    operations = [
        migrations.AddField("session", "late_count", models.PositiveIntegerField(default=0)),
        migrations.AddField("session", "late_bytes", models.BigIntegerField(default=0)),
    ]
