"""Names of files that are about to be kept: what a worker that dies leaves behind is known by them."""

from django.db import migrations, models

from nsvcs.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("bundles", "0017_old_drafts")]

    operations = [
        migrations.CreateModel(
            name="ComingFile",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        Protect("bundles_comingfile", "open", delete=True),
    ]
