"""A request says which kind of thing was put aside for it: the page in the portal reads no loans."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0030_pages_behind_links"),
        ("referrals", "0006_alarms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="alarmrequest",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("attack_alarm", "Personal attack alarm"),
                    ("gps_alarm", "GPS-monitored alarm"),
                    ("door_alarm", "Door or window alarm"),
                    ("second_phone", "Second phone"),
                    ("doorbell", "Video doorbell"),
                    ("door_camera", "Door camera"),
                    ("dash_camera", "Dash camera"),
                    ("other", "Something else"),
                ],
                default="",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="alarmrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", ""), ("state__in", ["ready", "given", "returned", "lost"]), _connector="OR"
                ),
                name="referrals_alarmrequest_kind",
            ),
        ),
    ]
