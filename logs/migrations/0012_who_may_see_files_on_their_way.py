"""Files on their way are the sender's own; three questions about all of them are the worker's, and tell ids alone."""

from django.db import migrations

from nsvcs.rls import Function, Protect

NAMES = "SELECT a.storage_name FROM logs_arrival a WHERE a.storage_name = ANY (p_names)"
# What lies in the folder of files on their way and is still needed.
COMING = "SELECT a.id FROM logs_arrival a WHERE a.id = ANY (p_ids) AND a.state IN ('sending', 'checking')"
# What ran out loses its bytes and its name now; the row says so on the sender's page for a while.
EXPIRE = """
DELETE FROM logs_arrival a WHERE a.state IN ('joined', 'expired', 'refused') AND a.expires_at < now();
UPDATE logs_arrival a
SET state = 'expired', expires_at = now() + interval '30 days', storage_name = '', file_label = '\\x00', pieces = '[]'
WHERE a.expires_at < now() AND (a.state = 'sending' OR (a.state = 'whole' AND a.bound_at IS NULL))
RETURNING old.id, old.storage_name
"""
# Whole, and something kept them from the next step: a store that was away for hours, an account out of its case.
STUCK = """
SELECT a.id, a.user_id FROM logs_arrival a
WHERE a.last_at < now() - interval '1 hour'
  AND (a.state = 'checking' OR (a.state = 'whole' AND a.bound_at IS NOT NULL))
"""
WORKER = {"roles": "nsvcs_worker"}


class Migration(migrations.Migration):
    dependencies = [("logs", "0011_files_on_their_way")]
    operations = [
        Protect("logs_arrival", "own", "user_id", delete=True),
        Function("arrival_names(p_names text[])", "SETOF varchar", NAMES, **WORKER),
        Function("arrivals_coming(p_ids uuid[])", "SETOF uuid", COMING, **WORKER),
        Function("expire_arrivals()", "TABLE(arrival uuid, stored varchar)", EXPIRE, volatility="VOLATILE", **WORKER),
        Function("arrivals_stuck()", "TABLE(arrival uuid, sender uuid)", STUCK, **WORKER),
    ]
