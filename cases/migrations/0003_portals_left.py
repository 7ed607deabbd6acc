"""How many of a victim's cases have the portal open: a colleague's case counts, though its holder alone may see it."""

from django.db import migrations

from nsvcs.rls import Function

PORTALS_OPEN = """
SELECT count(*) FROM cases_case k WHERE k.victim_id = p_victim AND k.is_portal_open AND p_victim = ANY (my_victims())
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_who_may_see")]
    operations = [Function("portals_open(p_victim uuid)", "bigint", PORTALS_OPEN)]
