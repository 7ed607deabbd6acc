"""A recipient is named with their office, each as long as the case may name them."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bundles", "0012_beside_the_file"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bundle",
            name="recipient_name",
            field=models.CharField(blank=True, max_length=250, verbose_name="name or office"),
        ),
        migrations.AlterField(
            model_name="bundledraft",
            name="changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
