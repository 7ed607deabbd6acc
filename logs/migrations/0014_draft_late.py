"""A draft that came when nobody was signed in says so, until its writer takes it up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logs", "0013_translations")]
    operations = [migrations.AddField("draft", "came_late_at", models.DateTimeField(null=True))]
