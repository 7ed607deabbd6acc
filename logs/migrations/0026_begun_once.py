"""A file whose beginning was answered over a line that dropped is begun once, however often the page asks."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logs", "0025_given_to_the_case"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="begun_key",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(fields=("user", "begun_key"), name="logs_arrival_begun_once"),
        ),
    ]
