"""Which files a finished bundle shows, and how many a copy of her own notes does not show yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bundles", "0006_own_copies")]
    operations = [
        migrations.AddField(model_name="bundle", name="shown_files", field=models.JSONField(null=True)),
        migrations.AddField(model_name="owncopy", name="unready_count", field=models.PositiveIntegerField(default=0)),
    ]
