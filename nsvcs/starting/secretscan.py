"""Passwords and keys in the source, but for those that `.secrets.baseline` knows to be invented.

Compared by file and digest: the tool's own hook also minds line numbers, so every moved line would need a new baseline.
Most kinds have a form of their own, which hardly any file has anywhere: those forms are looked for in whole files, and
only the lines of a file that has one are held against all of them. That takes half the time and leaves nothing out.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.core.scan import scan_file
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import get_plugins, transient_settings
from detect_secrets.transformers import get_transformed_file
from detect_secrets.types import NamedIO

from nsvcs.starting.screen import say
from nsvcs.starting.sources import ROOT, sources

GENERATED = (".secrets.baseline", "package-lock.json", "requirements/base.txt", "requirements/dev.txt")


def main() -> None:
    """Scan every source file; exit 1 for anything new."""
    baseline = json.loads((ROOT / ".secrets.baseline").read_text())
    known = {(name, found["hashed_secret"]) for name, rows in baseline["results"].items() for found in rows}
    names = [name for name in sources() if name not in GENERATED]
    fresh = [secret for secret in secrets(names, baseline) if (secret.filename, secret.secret_hash) not in known]
    for secret in fresh:
        say(f"{secret.filename}:{secret.line_number}: {secret.type}")
    if fresh:
        say("Invented ones: add `# pragma: allowlist secret` to the line.")
    sys.exit(1 if fresh else 0)


def secrets(names: Iterable[str], settings: Mapping[str, Any]) -> Iterator[PotentialSecret]:
    """What the tool finds in these files with these settings, known or not."""
    kinds = {"plugins_used": settings["plugins_used"], "filters_used": settings["filters_used"]}
    with transient_settings(kinds):
        by_form = [plugin for plugin in get_plugins() if isinstance(plugin, RegexBasedDetector)]
        forms = [_of_any_line(form) for plugin in by_form for form in plugin.denylist]
        others = []
        for name in names:
            if any(form.search(text) for text in _texts(name) for form in forms):
                yield from scan_file(name)
            else:
                others.append(name)
    formless = {type(plugin).__name__ for plugin in by_form}
    with transient_settings(
        kinds | {"plugins_used": [each for each in kinds["plugins_used"] if each["name"] not in formless]}
    ):
        for name in others:
            yield from scan_file(name)


def _of_any_line(form: re.Pattern[str]) -> re.Pattern[str]:
    """A form that finds in a whole text at least what it finds in one of its lines."""
    return re.compile(form.pattern, form.flags | re.MULTILINE)


def _texts(name: str) -> Iterator[str]:
    """The file as the tool reads it: as it is, and as settings; nothing where it is no text."""
    with open(name) as opened:
        file = cast(NamedIO, opened)
        try:
            lines = get_transformed_file(file) or file.readlines()
            yield "\n".join(map(str.rstrip, lines))
            file.seek(0)
            yield "\n".join(map(str.rstrip, get_transformed_file(file, use_eager_transformers=True) or ()))
        except UnicodeDecodeError:
            return


if __name__ == "__main__":
    main()
