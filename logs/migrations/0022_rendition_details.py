"""What the maker of a part counted beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logs", "0021_read_from_a_file_that_is_here")]

    operations = [migrations.AddField("rendition", "details", models.JSONField(default=dict))]
