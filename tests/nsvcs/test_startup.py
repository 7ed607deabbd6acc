"""A process that could leak does not start."""

import logging
from pathlib import Path

import pytest
from celery.signals import worker_init
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from nsvcs import celery, identity, startup
from nsvcs.startup import UnsafeStart, refuse_if_unsafe

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    yield
    identity.identity_key.cache_clear()


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("process", ["web", "worker"])
def test_the_ordinary_roles_start(process):
    refuse_if_unsafe(process)


def test_a_superuser_does_not_start(settings):
    settings.IDENTITY_ROLE = {"web": "", "worker": ""}  # as the connection is: the tests' own superuser
    with pytest.raises(UnsafeStart, match="step around row security"):
        refuse_if_unsafe("web")


@pytest.mark.parametrize("right", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_stands_above_row_security_does_not_start(right):
    with transaction.atomic():
        run(f"ALTER ROLE nsvcs_web {right}")
        with pytest.raises(UnsafeStart, match="step around row security"):
            refuse_if_unsafe("web")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "gift", ["ALTER TABLE accounts_team OWNER TO nsvcs_worker", "GRANT nsvcs_web TO nsvcs_worker; {} nsvcs_web"]
)
def test_an_owner_or_a_member_of_one_does_not_start(gift):
    with transaction.atomic():
        run(gift.format("ALTER TABLE accounts_team OWNER TO"))
        with pytest.raises(UnsafeStart, match="owns tables"):
            refuse_if_unsafe("worker")
        transaction.set_rollback(True)


def test_a_missing_migration_does_not_start():
    MigrationRecorder.Migration.objects.filter(app="logs").delete()
    with pytest.raises(UnsafeStart, match="Tables are missing"):
        refuse_if_unsafe("web")


def test_another_master_key_does_not_start(settings, key):
    settings.MASTER_KEY = "another"
    identity.identity_key.cache_clear()
    with pytest.raises(UnsafeStart, match="MASTER_KEY"):
        refuse_if_unsafe("web")


def test_a_worker_that_is_refused_ends(monkeypatch, caplog):
    def refuse(process):
        raise UnsafeStart(f"no {process}")

    monkeypatch.setattr(startup, "refuse_if_unsafe", refuse)
    with caplog.at_level(logging.CRITICAL), pytest.raises(SystemExit):
        worker_init.send(sender=None)
    assert "no worker" in caplog.text
    assert celery.refuse_unsafe_worker in [receiver() for _, receiver in worker_init.receivers if callable(receiver)]


def test_the_web_process_asks_before_it_serves():
    source = (Path(celery.__file__).parent / "wsgi.py").read_text()
    assert source.rstrip().endswith('refuse_if_unsafe("web")')
