from django.db import migrations

from nsvcs import rls


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_tables")]

    operations = [
        rls.Protect("reference_organisation", "open", write=False),
        rls.Protect("reference_advice", "open", write=False),
        rls.Protect("reference_limit", "open", write=False),
        rls.Protect("reference_bankholiday", "open", write=False),
    ]
