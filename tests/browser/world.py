"""A small believable service for a browser to walk through: one team, a log with files, work that waits. Invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.keys import seal_secret
from accounts.models import User
from bundles.actions import ask_own_copies, request_bundle
from bundles.choosing.drafting import STEPS, Choice
from bundles.disclosure.redacting import digest_of
from bundles.models import Bundle, BundleCheck, BundleDraft, BundleRelease, GateRun, OwnCopy, Redaction
from cases.actions import add_note, add_task, give_grant, record_contact
from cases.actions.sharing import digest_of as digest_of_token
from cases.models import Case, CaseGrant, CasePerpetrator, Contact, Note, Professional, ProtectedTerm, ShareLink, Task
from cases.rules import CaseStatus
from jobs.actions import run_due
from logs.actions import (
    add_evidence,
    add_translation,
    amend,
    lock_evidence,
    mark_read,
    record_incident,
    show_patterns,
    type_what_is_heard,
)
from logs.models import Evidence, ImportBatch, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.browser.bringing import batches
from tests.bundles.world import make_pdf
from tests.factories import (
    CaseFactory,
    CasePerpetratorFactory,
    EvidenceFactory,
    IncidentFactory,
    SafeContactFactory,
    UserFactory,
    VictimFactory,
)
from tests.logs import recordings
from tests.logs.samples import pdf

SECRET = "JBSWY3DPEHPK3PXP"  # pragma: allowlist secret
STORY: tuple[dict[str, Any], ...] = (
    {
        "days": 40,
        "occurred_time": time(17, 40),
        "precision": "about",
        "place": "Bus stop by the market",
        "what_happened": "He was sitting in his car across from the bus stop when I came out of work. He did not get "
        "out. He followed the bus to the end of my road.",
        "evidence_words": "I took a photo of the car.",
        "police_contacted": "yes",
        "police_response": "They took a statement. An officer will ring.",
        "police_reference": "36/4471/26",
        "impact": "I did not sleep. I asked to leave work early.",
        "changes_made": "I get the bus from the other stop now.",
        "behaviours": ["FOLLOWING", "LOITER_WORK"],
        "file": "car.jpg",
    },
    {
        "days": 23,
        "precision": "day",
        "what_happened": "Nine missed calls between lunch and three. No messages.",
        "police_contacted": "not_yet",
        "behaviours": ["CALLS"],
    },
    {
        "days": 9,
        "precision": "day",
        "place": "Home",
        "what_happened": "A card through the door with no name on it. It said “I see your new curtains”.",
        "evidence_words": "The card, in a bag.",
        "behaviours": ["LETTERS"],
        "file": "card.png",
    },
    {
        "days": 1,
        "occurred_time": time(8, 25),
        "precision": "exact",
        "place": "Outside the school",
        "what_happened": "He stood across the road while I dropped my son off. He waved at him.",
        "impact": "My son asked who the man was.",
    },
)


@dataclass
class World:
    """Who and what is there."""

    her: User
    worker: User
    manager: User
    administrator: User
    lead: User
    case: Case
    other: Case
    waiting: Case
    entries: Sequence[Incident]
    evidence: Evidence
    task: Task
    note: Note
    grant: CaseGrant
    perpetrator: CasePerpetrator
    professional: Professional

    @cached_property
    def bundle(self) -> Bundle:
        """A finished bundle of the whole log, made when it is first asked for."""
        return _bundle(self.case, self.worker, self.entries)

    @cached_property
    def way_out(self) -> dict[str, Any]:
        """The bundle on its way to the officer, and words that a machine read off one of its pictures."""
        about = {"bundle": self.bundle, "case": self.case}
        found = {"code": "pictures", "colour": "red", "is_soft": True, "page": 1}
        run = GateRun.objects.filter(bundle=self.bundle).latest("at")
        check = BundleCheck.objects.create(run=run, **found, **about)
        release = BundleRelease.objects.create(
            to_name="PC Lee Brandon", approved_by=self.worker, sha256=self.bundle.sha256, at=timezone.now(), **about
        )
        return {"check": check.pk, "release": release.pk}

    @cached_property
    def token(self) -> str:
        """Of a link that opens her first file to somebody outside."""
        token, now, file = "0123456789abcdef", timezone.now(), self.evidence
        opens = {"token_digest": digest_of_token(token), "passcode": "!", "most_wrong": 5}
        opens |= {"expires_at": now + timedelta(days=7)}
        what = {"what": "a sample", "object_id": uuid7(), "to_name": "PC Lee Brandon", "media_type": file.media_type}
        kept = {"storage_name": file.storage_name, "sha256": file.sha256, "size_bytes": file.size_bytes}
        ShareLink.objects.create(case=self.case, made_by=self.worker, made_at=now, **opens, **what, **kept)
        return token

    @cached_property
    def choosing(self) -> BundleDraft:
        """A choice for a bundle with every step answered, of all that is in the log."""
        chosen = Choice(
            "report", f"police:professional:{self.professional.pk}", producer="victim", shown=(), done=STEPS
        ).as_text()
        return BundleDraft.objects.create(case=self.case, user=self.worker, content=chosen)

    @cached_property
    def protected(self) -> ProtectedTerm:
        """A word that papers for others are kept free of."""
        return ProtectedTerm.objects.create(case=self.case, kind="places", words="The Mill", added_by=self.worker)

    @cached_property
    def redaction(self) -> Redaction:
        """Words taken out of an entry by hand, in the bundle that is being chosen; and an area of a letter."""
        entry, letter = self.entries[0], self.others["letter"]
        by_hand = {"choice_id": self.choosing.pk, "case": self.case, "by": self.worker, "reason": "whereabouts"}
        copy = letter.renditions.filter(kind="document").order_by("made_at").last()
        boxes, digest = [500, 500, 6000, 1500], copy.sha256 if copy else "0" * 64
        Redaction.objects.create(target="page", object_id=letter.pk, page=1, boxes=boxes, digest=digest, **by_hand)
        where = {"target": "entry", "object_id": entry.pk, "field": "what_happened", "start": 0, "end": 5}
        return Redaction.objects.create(**where, digest=digest_of(entry.what_happened), words="a note", **by_hand)

    @cached_property
    def batches(self) -> dict[str, ImportBatch]:
        """Files of messages that her worker brought, at each stage."""
        return batches(self.case, self.worker)

    @cached_property
    def her_batches(self) -> dict[str, ImportBatch]:
        """Files of messages that she brought, at each stage."""
        return batches(self.case, self.her)

    @cached_property
    def others(self) -> dict[str, Evidence]:
        """A letter, a film, a voice note whose words she has typed, and a locked letter, with her second entry."""
        with TemporaryDirectory() as folder:
            room = Path(folder)
            make_pdf(room / "letter.pdf", pages=2, words="I know where you park").close()
            files = {
                "letter": SimpleUploadedFile("letter.pdf", (room / "letter.pdf").read_bytes()),
                "film": SimpleUploadedFile("door.mp4", recordings.film(room / "door.mp4", location="+52.63+001.29/")),
                "voice": SimpleUploadedFile("voice.ogg", recordings.voice(room / "voice.ogg")),
                "locked": SimpleUploadedFile("bank.pdf", pdf(password="blue teapot")),
            }
        found = dict(
            zip(files, add_evidence(incident=self.entries[1], files=[*files.values()], by=self.her), strict=True)
        )
        run_due()
        said = {"text": "He says: I can see you.", "language": "en", "based_on": 0}
        with acting_as(self.her.pk):
            type_what_is_heard(key=uuid7(), evidence=found["voice"], by=self.her, **said)
        return found

    @cached_property
    def locked(self) -> Evidence:
        """A file of another case that its worker has locked."""
        file = EvidenceFactory(incident=IncidentFactory(case=self.other), case=self.other)
        told = {"reason": "child_abuse", "words": "Told Priya by phone. Police reference 36/4410/26."}
        with acting_as(self.worker.pk):
            lock_evidence(key=uuid7(), evidence=file, by=self.worker, **told)
        return file

    @cached_property
    def own_copy(self) -> OwnCopy:
        """A copy of her notes, made; the figures are shown to her, and one entry has a translation beside it."""
        with acting_as(self.worker.pk):
            show_patterns(case=self.case, is_shown=True, by=self.worker)
            add_translation(
                key=uuid7(), incident=self.entries[0], piece="what_happened", text="اتصل بي تسع مرات.",
                language_to="ar", role="interpreter", name="Leila Haddad", translated_on=date(2026, 6, 3),
                by=self.worker,
            )  # fmt: skip
        with acting_as(self.her.pk):
            (copy,) = ask_own_copies(key=uuid7(), with_files=False, by=self.her)
        run_due()
        return copy

    def of(self, role: str) -> User:
        """The person of a role."""
        return {
            "victim": self.her,
            "caseworker": self.worker,
            "manager": self.manager,
            "administrator": self.administrator,
            "data_protection": self.lead,
        }[role]


def staff(name: str, **kwargs: Any) -> User:
    """A colleague whose authenticator app really works."""
    address = f"{name.split()[0].lower()}@nsvcs.example"
    user = UserFactory(name=name, sign_in_name=address, factor=False, **kwargs)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": seal_secret(SECRET)})
    return user


def picture(name: str, *, size: tuple[int, int] = (900, 600)) -> SimpleUploadedFile:
    """A drawn street, with a place in its metadata."""
    drawn = Image.new("RGB", size, "#9db4c0")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, size[1] * 0.7, *size), fill="#5c6b73")
    pen.rectangle((size[0] * 0.3, size[1] * 0.5, size[0] * 0.7, size[1] * 0.75), fill="#253237")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 37.0, 0.0), 3: "E", 4: (1.0, 17.0, 0.0)}
    content, kind = BytesIO(), "PNG" if name.endswith("png") else "JPEG"
    drawn.save(content, kind, exif=exif)
    return SimpleUploadedFile(name, content.getvalue())


def write_entry(case: Case, her: User, told: dict[str, Any], today: date) -> Incident:
    """One entry as she would send it, perhaps with a picture."""
    fields = {name: value for name, value in told.items() if name not in {"days", "file"}}
    fields["occurred_on"] = today - timedelta(days=told["days"])
    files = [picture(told["file"])] if "file" in told else []
    return record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=her).incident


def build() -> World:
    """Make it, viewing copies and one bundle included."""
    call_command("load_reference")
    today = timezone.localdate()
    manager, worker = staff("Priya Nair", manager=True), staff("Sam Rowan", profile__is_on_duty=True)
    her = UserFactory(victim=True, sign_in_name="amber-kettle-meadow")
    victim = VictimFactory(first_name="Anna", last_name="Meadow", user=her)
    hours = {"from_time": time(18, 0), "to_time": time(21, 0)}
    SafeContactFactory(victim=victim, safe_name="Annie", caller_name="Sam from the gym", recorded_by=worker.pk, **hours)
    received = timezone.now() - timedelta(days=44)
    case = CaseFactory(
        victim=victim,
        reference="NSV-2026-000123",
        is_portal_open=True,
        worker=worker,
        status=CaseStatus.PLAN_OPEN,
        received_at=received,
    )
    entries = [write_entry(case, her, told, today) for told in STORY]
    run_due()
    with acting_as(her.pk):
        amend(key=uuid7(), incident=entries[0], text="My sister saw the car too, from the shop.", by=her)
    note, task = _work(case, worker, entries)
    lead = staff("Dee Marsh", data_protection=True)
    with acting_as(manager.pk):
        grant = give_grant(
            case=case, person=lead, ends_on=today + timedelta(days=7), reason="Asked for her file", by=manager
        )
    return World(
        her=her,
        worker=worker,
        manager=manager,
        administrator=staff("Ola West", administrator=True),
        lead=lead,
        case=case,
        other=CaseFactory(worker=worker, status=CaseStatus.TRIAGED, first_contact_due_on=today - timedelta(days=2)),
        waiting=CaseFactory(status=CaseStatus.REFERRED),
        entries=entries,
        evidence=Evidence.objects.get(incident=entries[0]),
        note=note,
        grant=grant,
        task=task,
        perpetrator=CasePerpetratorFactory(case=case, portal_label="D"),
        professional=Professional.objects.create(case=case, kind="officer", name="PC Lee Brandon"),
    )


def _work(case: Case, worker: User, entries: Sequence[Incident]) -> tuple[Note, Task]:
    today, now = timezone.localdate(), timezone.now()
    with acting_as(worker.pk):
        for entry in entries[:-1]:
            mark_read(incident=entry, by=worker)
        spoke = {
            "channel": Contact.Channel.PHONE,
            "outcome": Contact.Outcome.SPOKE,
            "at": now - timedelta(days=6),
            "minutes": 25,
            "text": "Talked through the card and who else has a key. She would like the doorbell camera.",
            "content_class": "administrative",
        }
        record_contact(case=case, key=uuid7(), values=spoke, by=worker)
        text = "Her sister will stay at weekends until the end of the month."
        note = add_note(case=case, key=uuid7(), text=text, content_class="administrative", by=worker)
        due = today - timedelta(days=1)
        task = add_task(
            case=case, key=uuid7(), title="Ask the landlord about the lock", due_on=due, assigned_to=worker, by=worker
        )
    return note, task


def _bundle(case: Case, worker: User, entries: Sequence[Incident]) -> Bundle:
    with acting_as(worker.pk):
        bundle: Bundle = request_bundle(
            key=uuid7(),
            case=case,
            entry_ids=[entry.pk for entry in entries],
            evidence_ids=list(Evidence.objects.filter(incident__in=entries).values_list("pk", flat=True)),
            recipient="police",
            recipient_name="",
            purpose="To go with her report",
            date_from=None,
            date_to=None,
            shown=[],
            by=worker,
        )
    run_due()
    bundle.refresh_from_db()
    return bundle
