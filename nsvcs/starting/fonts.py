"""The fonts of printed documents: those among our packages and no others, so every machine prints alike."""

from pathlib import Path
from xml.sax.saxutils import escape

from nsvcs.fonts import CJK

FAMILIES = [
    "@expo-google-fonts/noto-sans",
    "@expo-google-fonts/noto-sans-arabic",
    "@expo-google-fonts/noto-emoji",
    "dejavu-fonts-ttf",
]
CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer>{sans}</prefer></alias>
  <alias><family>system-ui</family><prefer>{sans}</prefer></alias>
  <match><edit name="family" mode="append_last"><string>Noto Sans</string></edit></match>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
SANS = ["Noto Sans", "Noto Sans Arabic", "DejaVu Sans", "Noto Emoji", "Noto Sans CJK JP"]


def write_fonts_conf(var: Path, modules: Path) -> Path:
    """Write `fonts.conf` for the programs that print, and say where it is."""
    path = var / "fonts.conf"
    places = [*(modules / family for family in FAMILIES), CJK.parent]
    folders = "\n".join(f"  <dir>{escape(str(place))}</dir>" for place in places)
    sans = "".join(f"<family>{name}</family>" for name in SANS)
    text = CONFIG.format(folders=folders, cache=escape(str(var / "fonts-cache")), sans=sans)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path
