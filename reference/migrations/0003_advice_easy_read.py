from django.db import migrations, models


class Migration(migrations.Migration):
    """A third kind of reader of advice; no table changes, and no row."""

    dependencies = [("reference", "0002_protect")]

    operations = [
        migrations.AlterField(
            "advice",
            "audience",
            models.CharField(
                choices=[("portal", "portal"), ("easy", "easy read"), ("staff", "staff")],
                default="portal",
                max_length=10,
                verbose_name="for",
            ),
        ),
    ]
