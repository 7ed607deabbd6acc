"""What the maker of a part counted beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logs", "0022_second_looks")]

    operations = [migrations.AddField("rendition", "details", models.JSONField(default=dict))]
