"""Style sheets, scripts and pictures: built and collected again only when something they are made of changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ["nsvcs/languages.py", "nsvcs/locale"]
SOURCES = ["package-lock.json", "nsvcs/settings.py", "nsvcs/assets", "nsvcs/frontend.py", *LANGUAGES]
COMMANDS = ["build_frontend", "collectstatic --no-input --clear --verbosity 0"]


def build(var: Path, run: Callable[..., object]) -> None:
    """Build into `build/` unless the stamp there says that this was done from the same sources."""
    stamp, wanted = ROOT / "build" / "stamp", _digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    run(*COMMANDS)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def _digest() -> str:
    """Also of the rooms' own static files and of where the packages' come from, since they are collected too."""
    found = hashlib.sha256()
    rooms = [app.parent / "static" for app in ROOT.glob("*/apps.py")]
    for path in sorted(file for source in [*map(ROOT.joinpath, SOURCES), *rooms] for file in _files(source)):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    found.update((ROOT / "requirements" / "base.txt").read_bytes())
    return found.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in path.rglob("*") if file.is_file()]
    return [path] if path.exists() else []
