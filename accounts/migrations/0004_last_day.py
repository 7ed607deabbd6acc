"""A colleague's last day at work: access ends with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_purge_and_code_group")]
    operations = [migrations.AddField("user", "last_day", models.DateField(null=True, verbose_name="last day at work"))]
