"""Passwords and keys in the source, but for those that `.secrets.baseline` knows to be invented.

Compared by file and digest: the tool's own hook also minds line numbers, so every moved line would need a new baseline.
"""

import json
import sys

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import configure_settings_from_baseline

from nsvcs.starting.screen import say
from nsvcs.starting.sources import ROOT, sources

GENERATED = (".secrets.baseline", "package-lock.json", "requirements/base.txt", "requirements/dev.txt")


def main() -> None:
    """Scan every source file; exit 1 for anything new."""
    baseline = json.loads((ROOT / ".secrets.baseline").read_text())
    configure_settings_from_baseline(baseline)
    known = {(name, found["hashed_secret"]) for name, rows in baseline["results"].items() for found in rows}
    names = [name for name in sources() if name not in GENERATED]
    fresh = [secret for name in names for secret in scan_file(name) if (name, secret.secret_hash) not in known]
    for secret in fresh:
        say(f"{secret.filename}:{secret.line_number}: {secret.type}")
    if fresh:
        say("Invented ones: add `# pragma: allowlist secret` to the line.")
    sys.exit(1 if fresh else 0)


if __name__ == "__main__":
    main()
