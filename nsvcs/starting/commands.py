"""Several management commands in one process, since Django's own start is most of what each costs.

`python -m nsvcs.starting.commands "migrate --no-input" demo`: a command that does not exist here is passed over.
"""

import os
import shlex
import sys


def main() -> None:
    """Run the commands given, in order, until one fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsvcs.settings")
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    for line in sys.argv[1:]:
        name, *arguments = shlex.split(line)
        if name in get_commands():
            call_command(name, *arguments)


if __name__ == "__main__":
    main()
