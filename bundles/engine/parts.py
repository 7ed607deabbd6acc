"""The parts of a bundle as orders: each is made on its own, anywhere, once, and kept by what it was made from.

A build is an enumeration of orders. `Order` says what is to be made: `key` is a digest over the recipe and all that
the part is made from (never its place in the bundle, so that a part which did not change is never made twice), `target`
the function that makes it in a child process, `payload` what that function is called with. Orders know nothing of each
other and may be made in any order, on any machine that reaches the files named in the payload. What is made is a PDF
and a note of plain values; with the note in its place a part is whole.

Whoever makes them is a `Maker`: one method, `make_all(orders, told)`, which gives back one `Made` for each order, in
their order, kept or new, and calls `told(order, made)` once for each as soon as it is there. An order that fails is
given back with its code and stops no other. `Here` makes them on this machine, one child process a core. A maker that
hands orders to other workers gives each of them the order (with `told()` as its payload it is plain values: `_asdict()`
and `Order(**…)`) and has them call `Store(folder, fonts_conf).make([order])`, which is safe to be called twice for the
same order, and by two at once.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from bundles.selection import choice, contents
from jobs import child, layout
from logs import carrying, cleaning, hiding, jpegs, opening, rebuilding
from logs.making import telling
from nsvcs import fonts, typesetting

HERE = Path(__file__).parent
LAYOUTS = HERE / "layouts"
CSS = HERE / "print.css"
# What decides how a part looks, from what is read of a log to the page; a change in any of these makes every kept part
# a stranger.
MAKERS = (layout, cleaning, hiding, jpegs, carrying, opening, rebuilding, contents, choice, telling, typesetting, fonts)
OWN = (CSS, *sorted(LAYOUTS.glob("*.typ")), *sorted(HERE.glob("*.py")))
RECIPE = (*OWN, *(Path(str(each.__file__)) for each in MAKERS))
LIBRARIES = ("weasyprint", "pydyf", "typst", "pikepdf", "pypdfium2", "fonttools")
MEMORY_MB = 1024
SECONDS = 120  # five hundred pages as pictures take a fifth of it
BLOCK = 1024 * 1024
NICE = 5
TOGETHER = "bundles.engine.setting:set_pages"
AT_ONCE = min(4, os.cpu_count() or 1)
Piece = TypeVar("Piece")


class Order(NamedTuple):
    """One part to be made.

    Attributes:
        key: digest over the recipe and all that the part is made from; its name wherever it is kept.
        name: for whoever follows the build, such as "entries 1 to 120"; nothing that a person wrote.
        target: `module:function`, called in a child process; it writes the part to `payload["out"]`.
        payload: what it is called with, but for `out`: plain values, and paths of files it reads; or what works them
            out, which for a part that is kept nobody has to.
        step: which step of the build it belongs to: `preparing` or `printing`.
        weight: about how many bytes it reads, to share work out evenly.
        files: which values of the payload are paths of files that it reads.
    """

    key: str
    name: str
    target: str
    payload: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    step: str = "printing"
    weight: int = 0
    files: Sequence[str] = ()

    def told(self) -> dict[str, Any]:
        """What its target is called with."""
        return dict(self.payload() if callable(self.payload) else self.payload)


class Made(NamedTuple):
    """What became of an order.

    Attributes:
        path: of the part; empty where it failed.
        result: what the target gave back, such as `pages` and `places`.
        failed: why there is none, as in `jobs.child.ChildFailed.code`; empty where it was made.
        is_new: made by this call, not found.
    """

    path: str
    result: Mapping[str, Any]
    failed: str = ""
    is_new: bool = False


Told = Callable[[Order, Made], None]


class Maker(Protocol):
    """Whoever makes orders, here or by way of others; what is made of all parts together is made in its store."""

    store: "Store"

    def make_all(self, orders: Sequence[Order], told: Told) -> list[Made]:
        """Make every order that is not kept yet: one `Made` each, in their order; `told` of each when it is there."""
        ...


@lru_cache(maxsize=1)
def tool_versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


@lru_cache(maxsize=1)
def recipe() -> str:
    versions = tool_versions() | {"django": version("django")}  # which knows the names of languages
    total = hashlib.sha256(json.dumps(versions, sort_keys=True).encode())
    for path in RECIPE:
        total.update(path.read_bytes())
    return total.hexdigest()


def order_key(target: str, *made_from: str) -> str:
    """The name of a part: a digest over how, by what and from what it is made."""
    return hashlib.sha256("\0".join([recipe(), target, *made_from]).encode("utf-8", "surrogatepass")).hexdigest()


def file_digest(path: str | Path) -> str:
    """SHA-256 of a file, read once in blocks."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def is_still(path: str | None, digest: str) -> bool:
    """Whether a document's pages were made when it arrived, and are still what was made."""
    try:
        return bool(path and file_digest(path) == digest)
    except OSError:
        return False


def culprit(pieces: Sequence[Piece], prints: Callable[[Sequence[Piece]], bool]) -> Piece | None:
    """The one piece that printing fails at, found by halves; none when only all together fail."""
    while len(pieces) > 1:
        half = len(pieces) // 2
        failing = next((part for part in (pieces[:half], pieces[half:]) if not prints(part)), None)
        if failing is None:
            return None
        pieces = failing
    return pieces[0]


class Store:
    """A folder of parts under their keys; several builds and processes may share it.

    Attributes:
        peak_rss_bytes: the most memory that one child process held.
        cpu_seconds: processor time of children by target.
        stop: once it says so, every child ends: nobody wants the bundle any more.
    """

    def __init__(self, folder: Path, fonts_conf: Path) -> None:
        self.folder, self.fonts_conf = folder, fonts_conf
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.peak_rss_bytes = 0
        self.cpu_seconds: dict[str, float] = {}
        self.stop: child.Stop | None = None

    def kept(self, key: str) -> Made | None:
        """A part that is whole, if it is here."""
        try:
            result = json.loads(self._path(key, "json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        path = self._path(key)
        return Made(str(path), result) if path.is_file() else None

    def make(self, orders: Sequence[Order]) -> list[Made]:
        """Make orders, one after the other, each in a process of its own."""
        return [self._make(order) for order in orders]

    def run(self, target: str, payload: Mapping[str, Any], seconds: int) -> dict[str, Any]:
        """Run a target in a child with a build's limits and remember what it cost.

        Raises:
            jobs.child.ChildFailed: it gave no result.
        """
        limits: dict[str, Any] = {"memory_mb": MEMORY_MB, "seconds": seconds, "nice": NICE, "file_mb": 8192}
        outcome = child.run(target, payload, **limits, stop=self.stop)
        self.peak_rss_bytes = max(self.peak_rss_bytes, outcome.peak_rss_bytes)
        self.cpu_seconds[target] = self.cpu_seconds.get(target, 0.0) + outcome.cpu_seconds
        return outcome.result

    def _make(self, order: Order) -> Made:
        raw = self._raw(order.key)
        try:
            return self._keep(order.key, raw, self.run(order.target, self._told(order, raw), SECONDS))
        except child.ChildFailed as failed:
            return Made("", {}, failed.code)
        finally:
            raw.unlink(missing_ok=True)

    def _told(self, order: Order, raw: Path) -> dict[str, Any]:
        return {**order.told(), "out": str(raw), "fonts_conf": str(self.fonts_conf)}

    def _keep(self, key: str, raw: Path, result: dict[str, Any]) -> Made:
        os.replace(raw, self._path(key))
        note = self.folder / f"{key}.{uuid.uuid4().hex}.note"
        note.write_text(json.dumps(result))
        os.replace(note, self._path(key, "json"))  # last: what has a note is whole
        return Made(str(self._path(key)), result, is_new=True)

    def _raw(self, key: str) -> Path:
        return self.folder / f"{key}.{uuid.uuid4().hex}.tmp"

    def _path(self, key: str, suffix: str = "pdf") -> Path:
        return self.folder / f"{key}.{suffix}"


class Here:
    """Makes orders on this machine, in as many child processes at once as it has cores."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def make_all(self, orders: Sequence[Order], told: Told) -> list[Made]:
        """As `Maker.make_all`."""
        asked = Asked(orders, told)
        for key in asked.orders:
            if kept := self.store.kept(key):
                asked.answer(key, kept)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = {pool.submit(self.store.make, [order]): order for order in asked.open()}
            try:
                for future in as_completed(waiting):
                    asked.answer(waiting[future].key, future.result()[0])
            finally:
                for future in waiting:
                    future.cancel()
        return asked.all()


class Asked:
    """Orders by their keys: the same part may be asked for twice, and is made once."""

    def __init__(self, orders: Sequence[Order], told: Told) -> None:
        self.told, self.asked = told, orders
        self.found: dict[str, Made] = {}
        self.orders: dict[str, list[Order]] = {}
        for order in orders:
            self.orders.setdefault(order.key, []).append(order)

    def answer(self, key: str, made: Made) -> None:
        self.found[key] = made
        for order in self.orders[key]:
            self.told(order, made)

    def open(self) -> list[Order]:
        """One order for each key that has no answer yet."""
        return [rows[0] for key, rows in self.orders.items() if key not in self.found]

    def all(self) -> list[Made]:
        """The answers, in the order in which they were asked for."""
        return [self.found[order.key] for order in self.asked]
