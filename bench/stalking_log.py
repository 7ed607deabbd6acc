"""One case with a log of so many entries and exhibits, as real rows and stored files: what a bundle is made of.

Written in bulk and as uploads leave it: every file has bytes of its own and its true digest, and lies in the store with
the parts that are made when a file arrives. A few pictures and documents are made by the makers of the service itself;
the others differ from them in a few bytes.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connections, models
from PIL import Image

from accounts.models import StaffProfile, Team, User
from bench.bundle import MIX, Pictures
from cases.models import Allocation, Case, Professional, ProtectedTerm, SafeContact, Victim
from logs import cleaning, saying, sheets
from logs.actions.entries import CONTENT
from logs.canonical import entry_digest
from logs.making.recipes import recipe_of
from logs.making.telling import kept_details
from logs.models import Amendment, CustodyEvent, Evidence, EvidenceFact, Incident, Rendition
from logs.rules import occurred_span
from nsvcs import embedded
from nsvcs.embedded.roles import ADMIN
from nsvcs.storage import new_name
from tests.bundles.world import SENTENCES, make_pdf

DB = "filling"
FIRST = datetime(2025, 1, 6, 20, 15, tzinfo=UTC)
THUMBNAIL = (320, 240)
Kind = Rendition.Kind
TYPES = {"p": "image/jpeg", "s": "image/png", "d": "application/pdf", "o": "audio/mpeg"}
KINDS, LETTERS = 6, 12
# What a worker protects on a case, and what is written of it in the log.
PROTECTED = (
    ("addresses", "14 Quay Lane, Norwich"), ("phones", "07700 900123"), ("school", "Larkfield Primary School"),
    ("workplace", "Bramley Bakery"), ("vehicles", "AB12 CDE"), ("children", "Oliver Meadow"),
    ("third_parties", "Katarzyna Nowak"), ("places", "the allotments in Wren Street"), ("routine", "swimming club"),
    ("always", "Sea Holly House"),
)  # fmt: skip
TELLING = (
    "He had followed me from Quay Lane and had my new number, 07700 900 123, from somebody.",
    "A grey car, AB12CDE, stood before Larkfield Primary when I fetched Olly at ten past three.",
    "Kasia Nowak saw him at the bakery and wrote to me from her own address, k.nowak@example.com.",
    "He asked at Sea Holly House for me and left a postcard with NR1 3AB on it.",
)
WORDS = " ".join(SENTENCES).lower().replace(".", "").replace(",", "").split()
POLISH = "Stał naprzeciwko sklepu, gdy wychodziłam, i czekał, aż przyjechał autobus. Później zadzwonił trzy razy."


def open_door() -> None:
    """Let rows be written as the server's administrator, whom no row security stops."""
    own = {"USER": ADMIN, "PASSWORD": embedded.secret("database-admin")}
    connections.settings[DB] = connections.settings["default"] | own


def keep(rows: Sequence[models.Model]) -> None:
    """Write rows of one model."""
    if rows:
        type(rows[0])._base_manager.using(DB).bulk_create(rows, batch_size=1000)


@dataclass(frozen=True)
class Kept:
    """A file in the store."""

    name: str
    size_bytes: int
    sha256: str

    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.name


@dataclass(frozen=True)
class Part:
    """A part as its maker made it, from which those of other files are varied."""

    kind: str
    data: bytes
    media_type: str = "image/jpeg"
    number: int = 1
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pattern:
    """A file as it is sent in, its parts, and what it says of itself."""

    data: bytes
    parts: tuple[Part, ...]
    facts: tuple[tuple[str, str], ...]


class Log:
    """One case, its people, its entries and its files."""

    def __init__(self, name: str) -> None:
        team, _ = Team.objects.using(DB).get_or_create(name="Norfolk")
        self.worker = User(role="caseworker", name="Sam Rowan", sign_in_name=f"{name}@nsvcs.example", password="!")
        self.her = User(role="victim", sign_in_name=f"amber-kettle-{name}", password="!")
        keep([self.worker, self.her])
        keep([StaffProfile(user=self.worker, team=team, weekly_hours=37)])
        reach = {"address": "14 Quay Lane\nNorwich\nNR1 3AB", "phone": "07700 900123", "email": "anna@example.com"}
        self.victim = Victim(user=self.her, first_name="Anna", last_name="Meadow", **reach)
        keep([self.victim])
        keep([_safe_contact(self.victim, self.worker)])
        self.case = Case(
            reference=f"NSV-2025-{int.from_bytes(name.encode()) % 10**6:06}", victim=self.victim, team=team,
            status="plan_open", received_at=FIRST, is_portal_open=True, police_force="Norfolk Constabulary",
            crime_reference="36/1/26",
        )  # fmt: skip
        keep([self.case])
        keep([Allocation(case=self.case, worker=self.worker, starts_at=FIRST)])
        keep([Professional(case=self.case, kind="officer", name="Pat Hartley", phone="01632 960123")])
        keep([
            ProtectedTerm(case=self.case, kind=kind, words=words, added_by=self.worker) for kind, words in PROTECTED
        ])  # fmt: skip

    count = 0

    def fill(self, exhibits: int, entries: int, patterns: dict[str, list[Pattern]]) -> list[Kept]:
        """Write the log; the files that a bundle of it shows."""
        self.count = entries
        rows = [self._entry(number) for number in range(1, entries + 1)]
        files, parts, facts, custody = list[Evidence](), list[Rendition](), list[EvidenceFact](), list[CustodyEvent]()
        digests: dict[Any, list[str]] = {}
        for number in range(1, exhibits + 1):
            sort = MIX[number % len(MIX)]
            pattern = patterns[sort][number % len(patterns[sort])]
            incident = rows[(number * 7) % entries]
            file, its = self._file(number, sort, pattern, incident)
            files.append(file)
            parts += its
            facts += [self._fact(file, *each) for each in pattern.facts]
            custody += self._custody(file, sort)
            digests.setdefault(incident.pk, []).append(file.sha256)
        for row in rows:
            row.digest = entry_digest({name: getattr(row, name) for name in CONTENT}, digests.get(row.pk, []))
        for each in (rows, self._notes(rows), files, parts, facts, custody):
            keep(each)
        self._forget_door()
        return [Kept(each.storage_name, each.size_bytes, each.sha256) for each in parts if each.kind in _SHOWN]

    def _forget_door(self) -> None:
        """From now on these rows are what the service's own roles see of them."""
        for row in (self.worker, self.her, self.victim, self.case):
            row._state.db = "default"

    def _entry(self, number: int) -> Incident:
        chance = random.Random(number)
        at = FIRST + timedelta(hours=2 * number)
        told = [chance.choice(SENTENCES) for _ in range(5)]
        if number % 7 == 0:
            told[chance.randrange(5)] = chance.choice(TELLING)
        said = {
            "place": "Outside work", "what_happened": POLISH if number % 40 == 0 else " ".join(told),
            "evidence_words": "Photographs on my phone." if number % 5 == 0 else "",
            "impact": _said(chance, 12), "changes_made": _said(chance, 6) if number % 4 == 0 else "",
            "police_contacted": "yes" if number % 3 == 0 else "",
            "police_response": f"Rang 101. {_said(chance, 8)}" if number % 3 == 0 else "",
        }  # fmt: skip
        incident = Incident(
            case=self.case, victim_id=self.victim.pk, number=number, occurred_on=at.date(), precision="about",
            occurred_time=time(at.hour, at.minute), behaviours=["FOLLOWING"] if number % 2 else ["CALLS"],
            source="portal", language="pl" if number % 40 == 0 else "en", recorded_by=self.her,
            recorded_at=at + timedelta(hours=1), **said,
        )  # fmt: skip
        incident.occurred_at, incident.occurred_until = occurred_span(incident.written)
        return incident

    def _notes(self, rows: Sequence[Incident]) -> list[Amendment]:
        text = "I forgot to say that it was raining."
        return [
            Amendment(
                incident=row, case=self.case, kind="addition", text=text, source="portal", recorded_by=self.her,
                recorded_at=row.recorded_at + timedelta(days=1), digest=hashlib.sha256(text.encode()).hexdigest(),
            )
            for row in rows[::10]
        ]  # fmt: skip

    def _file(self, number: int, sort: str, pattern: Pattern, incident: Incident) -> tuple[Evidence, list[Rendition]]:
        kept = _stored(_another(pattern.data, TYPES[sort], number))
        at = incident.recorded_at
        file = Evidence(
            case=self.case, incident=incident, exhibit_number=number, storage_name=kept.name,
            size_bytes=kept.size_bytes, sha256=kept.sha256, media_type=TYPES[sort], file_label=f"IMG_{number:05}",
            source="portal", uploaded_by=self.her, arrived_at=at,
        )  # fmt: skip
        return file, [self._part(file, part, number) for part in pattern.parts]

    def _part(self, file: Evidence, part: Part, number: int) -> Rendition:
        row = Rendition(
            evidence=file, case=self.case, kind=part.kind, number=part.number, recipe=recipe_of(Kind(part.kind)),
            original_sha256=file.sha256, state="ok", media_type=part.media_type, **part.told,
        )  # fmt: skip
        if part.data:
            kept = _stored(_another(part.data, part.media_type, number))
            row.storage_name, row.size_bytes, row.sha256 = kept.name, kept.size_bytes, kept.sha256
        return row

    def _fact(self, file: Evidence, kind: str, value: str) -> EvidenceFact:
        return EvidenceFact(evidence=file, case=self.case, kind=kind, value=value, recipe=recipe_of(Kind.REPORT))

    def _custody(self, file: Evidence, sort: str) -> Iterator[CustodyEvent]:
        event = {"evidence": file, "case": self.case, "at": file.arrived_at}
        yield CustodyEvent(kind="arrived", by_id=self.her.pk, by_role="victim", sha256=file.sha256, **event)
        if sort != "o":
            yield CustodyEvent(kind="copied", **event)


_SHOWN = frozenset({Kind.PAGE, Kind.DOCUMENT})


def _said(chance: random.Random, count: int) -> str:
    """So many words that nobody has said before: texts that are all the same are looked at once."""
    return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."


def _safe_contact(victim: Victim, worker: User) -> SafeContact:
    return SafeContact(
        victim=victim, version=1, may_text=True, phone="07700 900123", weekdays=[0, 1, 2, 3, 4], confirmed_on=FIRST,
        recorded_by=worker.pk,
    )  # fmt: skip


# --- files ----------------------------------------------------------------------------------------------------------


def _stored(data: bytes) -> Kept:
    name = new_name()
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)
    return Kept(name, len(data), hashlib.sha256(data).hexdigest())


def _another(data: bytes, media_type: str, number: int) -> bytes:
    """The same file with bytes of its own, and as whole as before."""
    if media_type == "image/jpeg":
        return _other_jpeg(data, number)
    if media_type == "application/pdf":
        return data + f"% {number}\n".encode()
    return data + str(number).encode()


def _other_jpeg(data: bytes, number: int) -> bytes:
    """Its two finest steps of brightness another: soft pictures have nothing so fine, and look the same."""
    at = data.index(b"\xff\xdb") + 5
    return data[: at + 62] + bytes([1 + number // 250, 1 + number % 250]) + data[at + 64 :]


def patterns(kinds: int = KINDS) -> dict[str, list[Pattern]]:
    """A few files of each sort, by the letters of `MIX`, with the parts that the service makes of them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = Pictures(folder, kinds)
        return {
            "p": [_picture(*each, "p", folder) for each in zip(made.photos, made.copies["p"], strict=True)],
            "s": [_picture(*each, "s", folder) for each in zip(made.screens, made.copies["s"], strict=True)],
            "d": [_document(number, folder) for number in range(LETTERS)],
            "o": [_told(random.Random(1).randbytes(200_000), "o", (), folder)],
        }


def _told(data: bytes, sort: str, parts: tuple[Part, ...], folder: Path) -> Pattern:
    """A file with its report and its other parts."""
    source, target = folder / "source", folder / "report"
    source.write_bytes(data)
    told = saying.report({"source": str(source), "media_type": TYPES[sort], "target": str(target)})
    report = Part(Kind.REPORT, target.read_bytes(), "application/json", told={"page_count": told["count"]})
    return Pattern(data, (report, *parts), tuple((kind, value) for kind, value in told["facts"]))


def _picture(data: bytes, copy: bytes, sort: str, folder: Path) -> Pattern:
    source, small = folder / "copy", folder / "small"
    source.write_bytes(copy)
    with Image.open(source) as picture:
        size = {"width": picture.width, "height": picture.height}
        picture.thumbnail(THUMBNAIL)
        picture.save(small, "JPEG", quality=80)
    text = Part(Kind.TEXT, b"", "text/plain", told={"notes": ["by_machine", "no_words"], "page_count": 1})
    parts = (Part(Kind.PAGE, copy, told=size), Part(Kind.THUMBNAIL, small.read_bytes(), told=size), text)
    return _told(data, sort, parts, folder)


def _document(number: int, folder: Path) -> Pattern:
    source, out, text = folder / "source.pdf", folder / "out.pdf", folder / "text"
    pages = 1 + number % 3
    make_pdf(source, pages, words=f"Letter {number} from the landlord").close()
    told = cleaning.clean({"path": str(source), "out": str(out)})
    sizes = sheets.draw({"path": str(out), "folder": str(folder)})["sizes"]
    sheets.words({"path": str(out), "target": str(text), "most": 100_000})
    shown = {"page_count": told["pages"], "pictured": told["pictured"], "details": kept_details(told)}
    drawn = [
        Part(Kind.SHEET, (folder / f"{page}.jpg").read_bytes(), number=page, told={"width": wide, "height": high})
        for page, (wide, high) in enumerate(sizes, 1)
    ]
    words = Part(Kind.TEXT, text.read_bytes(), "text/plain", told={"page_count": pages})
    document = Part(Kind.DOCUMENT, out.read_bytes(), "application/pdf", told=shown)
    return _told(source.read_bytes(), "d", (document, *drawn, words), folder)
