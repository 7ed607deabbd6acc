"""What staff read: a victim may be a man, so nothing on the screen says "she" or "her" of one."""

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = (
    "accounts",
    "audit",
    "bundles",
    "cases",
    "jobs",
    "logs",
    "nsvcs",
    "portal",
    "reference",
    "referrals",
    "reports",
)
A_WOMAN = re.compile(r"\b(?:she|hers?|herself)\b", re.IGNORECASE)
NOTE = re.compile(r"{#.*?#}")  # for whoever reads the template; on no screen
SPOKEN = {"_", "gettext", "gettext_lazy", "ngettext"}


def _said(path):
    """Every text in a module that is there to be read."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPOKEN:
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))


def test_no_page_says_she_of_a_victim():
    pages = sorted((ROOT / "templates").rglob("*.html"))
    found = [page.name for page in pages if A_WOMAN.search(NOTE.sub("", page.read_text()))]
    assert pages
    assert not found


def test_no_label_message_or_code_list_says_she_of_a_victim():
    modules = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    said = [(path.name, text) for path in modules for text in _said(path)]
    assert len(said) > 500
    assert not [each for each in said if A_WOMAN.search(str(each[1]))]
