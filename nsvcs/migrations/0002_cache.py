"""The cache: a database table, so that losing the broker's memory never stops a sign-in. It holds no content."""

from django.db import migrations

from nsvcs.rls import Protect

TABLE = """
CREATE TABLE nsvcs_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX nsvcs_cache_expires ON nsvcs_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("nsvcs", "0001_identity")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE nsvcs_cache"),
        Protect("nsvcs_cache", "open", delete=True),
    ]
