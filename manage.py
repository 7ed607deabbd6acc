#!/usr/bin/env python3
"""Run one of the service's commands: `manage.py help` lists them."""

import os
import sys

# These read or change what the web and the worker may not: on one machine they run as the owner of the tables.
AS_OWNER = {"db_key", "db_roles", "migrate", "verify_audit"}
# This does what a worker does, and with no more rights.
AS_WORKER = {"make_copies"}


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsvcs.settings")
    if AS_OWNER & set(sys.argv[1:2]):
        os.environ.setdefault("NSVCS_PROCESS", "owner")
    if AS_WORKER & set(sys.argv[1:2]):
        os.environ.setdefault("NSVCS_PROCESS", "worker")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
