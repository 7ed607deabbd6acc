"""A member file's name says something about a person, and a row of a table has more parts than its columns."""

from django.db import migrations

import nsvcs.casetext


class Migration(migrations.Migration):
    dependencies = [("logs", "0009_words_or_files")]
    operations = [
        migrations.RemoveField("importline", "place_in"),
        migrations.AddField("importline", "place_in", nsvcs.casetext.CaseTextField(blank=True)),
        migrations.RenameField("importline", "fields", "details"),
    ]
