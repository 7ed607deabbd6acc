"""The policies are asked of each row found, and are no longer a way to find rows: `nsvcs.rls.each_in` says why."""

from django.db import migrations

from nsvcs.rls import Reword


class Migration(migrations.Migration):
    dependencies = [("bundles", "0002_who_may_see")]
    operations = [
        Reword("bundles_bundle", "staff"),
        Reword("bundles_bundleitem", "staff"),
        Reword("bundles_bundlerelease", "staff"),
    ]
