"""Nets over the source itself: what no page, form or task may do, whoever writes it."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from nsvcs.statements import THIRD_PARTY
from tests.each import over

ROOT = Path(__file__).resolve().parent.parent
ROOMS = [config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()]
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts)
OUTSIDE = {"views", "forms", "tasks", "templatetags", "staff_forms"}  # where people's requests come in
WRITING = {"actions", "working"}  # where rows are made
PROTECTED = {
    model.__name__
    for model in apps.get_models()
    if model._meta.db_table not in THIRD_PARTY and model.statement.policy in {"staff", "shared", "own"}
}
CLOSED = {"Event", "Unsealed", "Seal", "Digest"}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def parts_of(path: Path) -> set[str]:
    return set(path.relative_to(ROOT).with_suffix("").parts)


def chain(node: ast.expr) -> list[str]:
    """`Case.objects.open().first()` as ["Case", "objects", "open", "first"]; empty when it begins otherwise."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def forgotten(path: Path) -> Iterator[str]:
    """Protected models reached past `visible_to`, as places."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            if isinstance(node.value, ast.Name) and node.value.id in PROTECTED and node not in scoped(path):
                yield f"{label(path)}:{node.lineno} {node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and chain(node.func)[-1:] in (["get_object_or_404"], ["get_list_or_404"]):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Name) and first.id in PROTECTED:
                yield f"{label(path)}:{node.lineno} {ast.unparse(node.func)}({first.id}, …)"


@cache
def scoped(path: Path) -> set[ast.AST]:
    """The managers of every chain in which `visible_to`, or a question built on it, is asked."""
    asked = (node.func for node in calls(path) if isinstance(node.func, ast.Attribute))
    ends = (end for end in asked if end.attr in {"visible_to", "open_for", "none"})
    return {inner for end in ends for inner in ast.walk(end.value)}


@over([p for p in SOURCES if parts_of(p) & OUTSIDE and not parts_of(p) & WRITING], label)
def test_protected_rows_come_through_visible_to(path):
    assert list(forgotten(path)) == []


@pytest.mark.parametrize(
    "source",
    [
        "Case.objects.get(pk=1)",
        "Case.objects.filter(pk=1).first()",
        "Incident.objects.create(case=1)",
        "get_object_or_404(Case, pk=1)",
        "shortcuts.get_object_or_404(Case.objects.open(), pk=1)",
        "rows = Case.objects",
    ],
)
def test_the_net_catches(source, tmp_path, monkeypatch):
    path = tmp_path / "views.py"
    path.write_text(source)
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    assert len(list(forgotten(path))) == 1
    path = tmp_path / "fine.py"
    path.write_text("Case.objects.visible_to(user).get(pk=1); get_object_or_404(Case.objects.visible_to(user), pk=1)")
    assert list(forgotten(path)) == []


@over([p for p in SOURCES if p.name.startswith(("views", "forms"))], label)
def test_rows_are_made_by_actions_not_by_pages(path):
    made = [node.lineno for node in calls(path) if chain(node.func)[-1:] in (["create"], ["bulk_create"], ["save"])]
    named = [line for line in made if "form.save" not in path.read_text().splitlines()[line - 1]]
    assert named == []


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in tree(path).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"))


RULES = [p for p in SOURCES if "rules" in parts_of(p)]


@over(RULES, label)
def test_every_rule_says_where_it_is_from(path):
    without = [node.name for node in public_functions(path) if "Source:" not in (ast.get_docstring(node) or "")]
    assert without == []


@over(RULES, label)
def test_rules_know_no_database_and_no_clock(path):
    text = path.read_text()
    assert not re.search(r"\.objects\b|timezone\.now|date\.today|datetime\.now|localdate\(|localtime\(\)", text)


@over(SOURCES, label)
def test_no_signals_and_no_save_that_writes_other_rows(path):
    assert "@receiver" not in path.read_text()
    assert "django.db.models.signals" not in path.read_text()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and "models" in parts_of(path):
            assert "save" not in {item.name for item in node.body if isinstance(item, ast.FunctionDef)}, node.name


# Put together, so that this line is not one of them.
LEFT_FOR_LATER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")


@over([*SOURCES, *TESTS], label)
def test_modules_stay_short_and_leave_nothing_for_later(path):
    assert len(path.read_text().splitlines()) <= (500 if path in TESTS else 400)
    with tokenize.open(path) as file:
        comments = [token.string for token in tokenize.generate_tokens(file.readline) if token.type == tokenize.COMMENT]
    assert [comment for comment in comments if LEFT_FOR_LATER.search(comment)] == []


def length(node: ast.FunctionDef) -> int:
    """Lines without the docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


@over(SOURCES, label)
def test_no_function_is_longer_than_forty_lines(path):
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))
    assert [node.name for node in functions if length(node) > 40] == []


@over(SOURCES, label)
def test_imports_are_whole_and_settings_come_from_django(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module != "nsvcs.settings"


@over([p for p in SOURCES if "audit" not in parts_of(p)], label)
def test_the_trail_is_read_through_its_queries_alone(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "audit.models":
            assert not CLOSED & {name.name for name in node.names}
    assert not re.search(r"\b(FROM|JOIN|INTO)\s+audit_", path.read_text())


BAD_IN_TEMPLATES = {
    "safe": r"\|\s*safe(seq)?\b|autoescape\s+off",
    "inline style": r"\sstyle\s*=|<style\b",
    "inline script": r"<script(?![^>]*\bsrc=)[^>]*>|javascript:",
    "inline handler": r"\son[a-z]+\s*=\s*[\"']|\shx-on",
    "another host": r"\b(src|action)\s*=\s*[\"']https?://",
}


@over(TEMPLATES, label)
def test_templates_hold_nothing_inline_and_trust_no_text(path):
    text = path.read_text()
    assert [what for what, pattern in BAD_IN_TEMPLATES.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_the_room_called_logs_is_ignored_nowhere(name):
    lines = (ROOT / name).read_text().splitlines()
    assert not {line.strip().strip("/") for line in lines} & {"logs", "**/logs", "log", "logs/*"}
