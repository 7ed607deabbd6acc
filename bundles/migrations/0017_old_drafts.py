"""Choices that nobody goes on with are swept, whether they were asked for, thrown away or left unfinished."""

from django.db import migrations

from nsvcs.rls import Function

# What was to be taken out by hand of a choice that became no bundle goes with it; a bundle's own is never touched.
FORGET = """
WITH old AS (DELETE FROM bundles_bundledraft WHERE changed_at < p_before AND coalesce(used_at, changed_at) < p_before
             RETURNING id),
     loose AS (DELETE FROM bundles_redaction r USING old
               WHERE r.choice_id = old.id AND NOT EXISTS (SELECT 1 FROM bundles_bundle b WHERE b.id = old.id)
               RETURNING r.id)
SELECT (SELECT count(*) FROM old)::integer + 0 * (SELECT count(*) FROM loose)::integer
"""


class Migration(migrations.Migration):
    dependencies = [("bundles", "0016_terms_and_held_back")]
    operations = [
        Function("forget_drafts(p_before timestamptz)", "integer", FORGET, volatility="VOLATILE", roles="nsvcs_worker"),
    ]
