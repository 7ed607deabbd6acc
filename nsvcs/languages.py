"""The languages of the portal: which there are, where its words stand, and the catalogues made of them.

Staff pages are in English. A catalogue is `nsvcs/locale/<language>.po`; what the pages read is compiled from it into
`build/locale` when the rest of the front-end is built, so that no machine needs gettext installed.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES, COMPILED = ROOT / "nsvcs" / "locale", ROOT / "build" / "locale"
SOURCE_LANGUAGE = "en-gb"
TRANSLATED = tuple(code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE)
# Where words stand that a victim may read. Whatever else is marked for translation is for colleagues, and English.
PLACES = (
    "templates/portal/**/*.html",
    "templates/govuk/**/*.html",
    "templates/account/*.html",
    "templates/mfa/**/*.html",
    "templates/accounts/*.html",
    "templates/django/**/*.html",
    "templates/*.html",
    "portal/**/*.py",
    "nsvcs/*.py",
    "nsvcs/templatetags/*.py",
    "accounts/*.py",
    "accounts/views/*.py",
    "accounts/actions/*.py",
    "logs/*.py",
    "logs/actions/*.py",
    "logs/bringing/*.py",
    "templates/logs/_*.html",
    "templates/logs/bringing/*.html",
    "logs/importing/*.py",
    "logs/models/*.py",
    "reference/*.py",
    "reference/models/sourced.py",
    "reference/models/directory.py",
    "templates/reference/*.html",
    "cases/languages.py",
    "cases/models/planned.py",
    "cases/views/trying.py",
)
NOT_HERS = re.compile(
    r"templates/(?:portal/preview|accounts/(?:staff|team|invite)|staff_base)|^accounts/views/staff\.py"
    r"|^logs/(?:staff_\w+|views\w*|working|checking|translation_forms|messages)\.py|^nsvcs/checks\.py"
)
# Words that are never said to her: whoever is called so in a sentence, it was written for colleagues.
NEVER_TO_HER = re.compile(r"\b(?:victim|perpetrator|alleged)", re.IGNORECASE)
CALLS = {
    "_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 1, "ngettext_lazy": 1, "pgettext": 2,
    "pgettext_lazy": 2,
}  # fmt: skip
IN_TEMPLATE = re.compile(r"(?<![\w.])(_|n?gettext|pgettext)\(")
CHECKED = "checked.toml"


@dataclass
class Word:
    """One word or sentence of the product: its plural and context if it has them, and the files it stands in."""

    text: str
    plural: str = ""
    context: str = ""
    places: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one: the same words in another context are another word."""
        return self.context, self.text


def words() -> dict[tuple[str, str], Word]:
    """Every word a victim may read, by context and text."""
    found: dict[tuple[str, str], Word] = {}
    for name in sorted({path for place in PLACES for path in ROOT.glob(place)}):
        place = name.relative_to(ROOT).as_posix()
        if not NOT_HERS.search(place):
            for word in _words_in(name, name.stat().st_mtime_ns):
                if not NEVER_TO_HER.search(word.text):
                    kept = found.setdefault(word.key, replace(word, places=set()))
                    kept.plural = kept.plural or word.plural
                    kept.places.add(place)
    return found


@cache
def _words_in(path: Path, _changed_at: int) -> tuple[Word, ...]:
    """Read once, since every language asks for all of them; a changed file is another one."""
    source = path.read_text(encoding="utf-8")
    return tuple(_of_template(source) if path.suffix == ".html" else _of_module(source))


def _of_module(source: str) -> Iterator[Word]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            word = _of_call(node)
            if word is not None:
                yield word


def _of_call(call: ast.Call) -> Word | None:
    """The word that a call asks for; none for other calls, and for what is not written out."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    kind = CALLS.get(name)
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if kind is None or not texts or not texts[0]:
        return None
    if kind == 1:
        return Word(texts[0], plural=texts[1]) if len(texts) > 1 else None
    if kind == 2:
        return Word(texts[1], context=texts[0]) if len(texts) > 1 else None
    return Word(texts[0])


def _of_template(source: str) -> Iterator[Word]:
    """Django writes the calls of a template out, amid its own filling; each is read as Python."""
    flat = templatize(source)
    for match in IN_TEMPLATE.finditer(flat):
        for end in range(match.end() + 1, min(len(flat), match.end() + 4000) + 1):
            if flat[end - 1] != ")":
                continue
            try:
                tree = ast.parse(flat[match.start() : end], mode="eval")
            except SyntaxError:
                continue
            word = _of_call(tree.body) if isinstance(tree.body, ast.Call) else None
            if word is not None:
                yield word
            break


def catalogue(language: str) -> Catalog:
    """The catalogue of one language as it is kept; an empty one if there is none yet."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as kept:
        return read_po(kept, locale=language)


def missing(language: str) -> list[Word]:
    """Words that have no translation in this language, or lost one of its plural forms."""
    known = catalogue(language)
    return [word for word in words().values() if not _is_translated(known, word)]


def _is_translated(known: Catalog, word: Word) -> bool:
    entry = known.get(word.text, context=word.context or None)
    if entry is None or entry.fuzzy:
        return False
    forms = entry.string if isinstance(entry.string, list | tuple) else [entry.string]
    return all(forms) and (not word.plural or len(forms) == known.num_plurals)


def update(language: str) -> int:
    """Bring a catalogue up to the product's present words and write it; words gone are dropped. How many it lacks."""
    known, fresh = catalogue(language), Catalog(locale=language, charset="utf-8", fuzzy=False)
    lacking = 0
    for word in words().values():
        identity: str | tuple[str, str] = (word.text, word.plural) if word.plural else word.text
        is_there = _is_translated(known, word)
        lacking += not is_there
        before = known.get(word.text, context=word.context or None) if is_there else None
        fresh.add(
            identity, before.string if before else "", context=word.context or None,
            locations=[(place, None) for place in sorted(word.places)],  # type: ignore[misc]
            flags=_flags(word),
        )  # fmt: skip
    write(language, fresh)
    return lacking


def _flags(word: Word) -> list[str]:
    return ["python-format"] if re.search(r"%(?:\(\w+\))?[sd]", word.text) else []


def write(language: str, fresh: Catalog) -> None:
    """Write a catalogue, its words in order, with no dates and no line numbers that would change by themselves."""
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, fresh, width=120, sort_output=True, omit_header=True, include_lineno=False)
    said = {"Language": language, "Content-Type": "text/plain; charset=utf-8", "Plural-Forms": fresh.plural_forms}
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in said.items())
    text = f'msgid ""\nmsgstr ""\n{head}\n{body.getvalue().decode()}'
    (CATALOGUES / f"{language}.po").write_text(text.rstrip() + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Check:
    """A person has read a whole translation and stands for it."""

    by: str
    on: date


def checks() -> dict[str, Check]:
    """Who has checked which language, and when, as `nsvcs/locale/checked.toml` says."""
    path = CATALOGUES / CHECKED
    found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {language: Check(said["by"], said["on"]) for language, said in found.items()}


def compile_all(target: Path = COMPILED) -> None:
    """Write what the pages read, for every language."""
    for language in TRANSLATED:
        folder = target / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "django.mo").open("wb") as compiled:
            write_mo(compiled, catalogue(language))
