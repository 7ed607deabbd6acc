"""The load data of the benchmarks still fits the tables: it is written by hand-made SQL that no migration looks at."""

import psycopg
from django.db import connection

from bench.service import COUNTED, Size, fill

TINY = Size(people=40, cases=50, incidents=300, events=600, workers=4, waiting=3)


def test_a_tiny_service_can_be_filled(own_database):
    kept = connection.settings_dict
    door = {"host": kept["HOST"], "user": kept["USER"], "password": kept["PASSWORD"], "dbname": own_database}
    with psycopg.connect(**door, autocommit=True) as server:
        fill(server, TINY)
        for table in COUNTED:
            assert server.execute(f"SELECT count(*) > 0 FROM {table}".encode()).fetchone() == (True,), table
