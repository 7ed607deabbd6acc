"""People of a case are changed on pages now: each counts its versions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_portals_left")]
    operations = [
        migrations.AddField("perpetrator", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("caseperpetrator", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("professional", "version", models.PositiveIntegerField(default=1)),
    ]
