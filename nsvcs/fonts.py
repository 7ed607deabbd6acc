"""The fonts that printed pages use: ours alone, so that a page is the same on every machine."""

from functools import lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont

MOST_GLYPHS = 0x10000  # that a font can have
CJK_PACKAGE = "noto_cjk_sans_jp_regular"


def _beside(package: str, name: str) -> Path:
    """A file in a Python package, whether or not the package is installed: who needs the file says that it is not."""
    found = find_spec(package)
    return Path(found.origin if found and found.origin else package).parent / name


FOLDER = Path(__file__).resolve().parent.parent / "node_modules"
NOTO = FOLDER / "@expo-google-fonts"
REGULAR = NOTO / "noto-sans" / "400Regular" / "NotoSans_400Regular.ttf"
BOLD = NOTO / "noto-sans" / "700Bold" / "NotoSans_700Bold.ttf"
CJK = _beside(CJK_PACKAGE, "NotoSansCJKjp-Regular.otf")
FAMILIES = {
    "Noto Sans": REGULAR,
    "Noto Sans Arabic": NOTO / "noto-sans-arabic" / "400Regular" / "NotoSansArabic_400Regular.ttf",
    "DejaVu Sans": FOLDER / "dejavu-fonts-ttf" / "ttf" / "DejaVuSans.ttf",
    "Noto Emoji": NOTO / "noto-emoji" / "400Regular" / "NotoEmoji_400Regular.ttf",
    # From a Python package: the npm ones carry nine weights, 90 MB for a language. This one has all three languages.
    "Noto Sans CJK JP": CJK,
}
OTHER_WEIGHTS = (
    BOLD,
    NOTO / "noto-sans" / "400Regular_Italic" / "NotoSans_400Regular_Italic.ttf",
    NOTO / "noto-sans-arabic" / "700Bold" / "NotoSansArabic_700Bold.ttf",
)
CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer>{families}</prefer></alias>
</fontconfig>
"""


def write_fonts_conf(var: Path) -> Path:
    """Write the fontconfig file to name in FONTCONFIG_FILE; its cache goes beside it.

    Raises:
        FileNotFoundError: a font is not installed (`npm ci` and `requirements/base.txt` bring them).
    """
    files = (*FAMILIES.values(), *OTHER_WEIGHTS)
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(file)
    folders = sorted({str(file.parent.resolve()) for file in files})
    text = CONF.format(
        folders="\n".join(f"  <dir>{escape(folder)}</dir>" for folder in folders),
        cache=escape(str((var / "fontconfig").resolve())),
        families="".join(f"<family>{family}</family>" for family in FAMILIES),
    )
    var.mkdir(parents=True, exist_ok=True)
    conf = var / "fonts.conf"
    if not conf.is_file() or conf.read_text() != text:
        conf.write_text(text)
    return conf


@lru_cache(maxsize=1)
def covered_characters() -> frozenset[int]:
    """Every code point that at least one of the fonts can draw."""
    covered: set[int] = set()
    for file in FAMILIES.values():
        with TTFont(file, lazy=True) as font:
            font.setGlyphOrder(range(MOST_GLYPHS))  # numbers do: 65,000 names would stay in memory
            covered.update(font.getBestCmap())
    return frozenset(covered)
