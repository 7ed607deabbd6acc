"""The database and broker that run beside the service on one machine, from wheels, in `var/`.

The only module that knows the difference: settings ask here for addresses and secrets, `bin/start` for the servers.
Importing it starts nothing and needs only the standard library.
"""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from nsvcs.embedded import place
from nsvcs.embedded.place import Place, SetUpError

__all__ = ["VAR", "Place", "SetUpError", "broker_url", "database_url", "has_demo_data", "secret"]

VAR = Path(os.environ.get("NSVCS_VAR") or Path(__file__).resolve().parent.parent.parent / "var")
NOWHERE = "postgres:///nsvcs"  # what a service with a database of its own never uses


def database_url(process: str) -> str:
    """The embedded database's address for one process: `web`, `worker`, `owner`, or `test` in the tests' server."""
    if os.environ.get("DATABASE_URL"):
        return NOWHERE
    folder = quote(str(place.place_of(VAR).run))
    # The folder stands in the path: django-environ leaves a host as it is and would lower its capitals.
    return f"postgres://nsvcs_{process}:{secret(f'database-{process}')}@/{folder}/nsvcs"


def broker_url() -> str:
    """The embedded broker's address, which is a socket."""
    return f"redis+socket://{quote(str(place.place_of(VAR).broker_socket))}"


def secret(name: str, make: Callable[[], str] = place.random_text) -> str:
    """A text of this installation, random or as `make` makes it, once, and kept in `var/secrets` (0600)."""
    return place.secret(VAR, name, make)


def has_demo_data() -> bool:
    """Whether the invented demo service was loaded into this copy."""
    return (VAR / "demo.json").exists()
