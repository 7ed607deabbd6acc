"""Identity with real commits, on a clone of the database."""

import pytest
from django.db import connection

from nsvcs.identity import IdentityLeft, acting_as


def test_a_transaction_that_starts_with_an_identity_is_refused(own_database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('nsvcs.user_id', 'somebody', false)")
    try:
        with pytest.raises(IdentityLeft), acting_as(None):
            pass
    finally:
        connection.close()
