"""Who may see bundles. What was chosen, and that it was taken, is never changed."""

from django.db import migrations

from nsvcs.rls import Protect, SameCase


class Migration(migrations.Migration):
    dependencies = [("bundles", "0001_initial"), ("cases", "0002_who_may_see")]
    operations = [
        Protect("bundles_bundle", "staff"),
        Protect("bundles_bundleitem", "staff", append_only=True),
        Protect("bundles_bundlerelease", "staff", append_only=True),
        SameCase("bundles_bundleitem", "bundles_bundle", "bundle_id"),
        SameCase("bundles_bundlerelease", "bundles_bundle", "bundle_id"),
    ]
