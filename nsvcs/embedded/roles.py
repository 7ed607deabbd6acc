"""The roles of the embedded server: what each may do, and its password from `var/secrets`."""

from pathlib import Path

import psycopg
from psycopg import sql

from nsvcs.embedded.place import secret

ADMIN = "nsvcs_admin"
DATABASE = "nsvcs"
# The service's roles own nothing and cannot step around row security; only migrations connect as the owner.
PLAIN = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
ROLES = {"owner": PLAIN, "web": PLAIN, "worker": PLAIN}
TEST_ROLES = {"test": "LOGIN SUPERUSER"}


def ensure_roles(connection: psycopg.Connection, *, var: Path, for_tests: bool) -> None:
    """Make or mend the roles and the database; safe to repeat."""
    for process, rights in (ROLES | (TEST_ROLES if for_tests else {})).items():
        _ensure_role(connection, f"nsvcs_{process}", rights, secret(var, f"database-{process}"))
    name, owner = sql.Identifier(DATABASE), sql.Identifier("nsvcs_owner")
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {}, postgres FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO nsvcs_web, nsvcs_worker").format(name))


def _ensure_role(connection: psycopg.Connection, role: str, rights: str, password: str) -> None:
    """Only the password's SCRAM form is sent, so that no log or statistics view can hold the password."""
    scram = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    verb = "ALTER" if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
    statement = sql.SQL("{} ROLE {} WITH {} PASSWORD {}")
    connection.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.SQL(rights), sql.Literal(scram)))


def _exists(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question.encode(), [name]).fetchone() is not None
