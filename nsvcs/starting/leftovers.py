"""What must not be left in the source: unfinished work, debugging, and addresses of somebody's own machine."""

import re
import sys
from pathlib import Path

from nsvcs.starting.screen import say
from nsvcs.starting.sources import ROOT, sources

KINDS = {".py", ".html", ".js", ".css", ".scss", ".sh", ".yml", ".yaml", ".toml", ".md", ".sql", ".txt", ".json", ""}
OUR_OWN = "nsvcs/starting/leftovers.py"
EVERYWHERE = {
    "unfinished": re.compile(r"\b(TODO|FIXME|XXX)\b"),
    "conflict marker": re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE),
    "somebody's machine": re.compile(r"(?<![\w.])/(home|Users|root)/\w+/"),
    "index address": re.compile(r"--(extra-)?index-url|--find-links(?! --no)"),
}
IN_PYTHON = {
    "debugging": re.compile(r"^\s*(breakpoint\(\)|import i?pdb)", re.MULTILINE),
    "test passed over": re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail)\b|importorskip"),
}
IN_LOCKS = {"index address": re.compile(r"https?://", re.IGNORECASE)}


def leftovers(name: str, text: str) -> list[str]:
    """The kinds of leftovers in one file, with their lines."""
    patterns = EVERYWHERE | (IN_PYTHON if name.endswith(".py") else {})
    if re.fullmatch(r"requirements/.*\.txt", name):
        patterns = EVERYWHERE | IN_LOCKS
    found = ((kind, match) for kind, pattern in patterns.items() for match in pattern.finditer(text))
    return [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {kind}" for kind, match in found]


def main() -> None:
    """Look through every text file of the source."""
    names = [name for name in sources() if name not in {OUR_OWN, "bin/lock"} and Path(name).suffix in KINDS]
    found = [line for name in names for line in leftovers(name, _text(ROOT / name))]
    for line in found:
        say(line)
    sys.exit(1 if found else 0)


def _text(path: Path) -> str:
    return path.read_text(errors="replace")


if __name__ == "__main__":
    main()
