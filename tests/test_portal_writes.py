"""What the portal writes in the tables that both sides of a case read: the database alone, no page or action."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from cases.models import Case, CasePerpetrator, PlannedContact
from jobs.models import Outgoing
from logs.models import (
    Amendment,
    Caption,
    CustodyEvent,
    EvidenceFact,
    ImportBatch,
    ImportLine,
    IncidentLine,
    IncidentSeen,
    PatternSwitch,
    Rendition,
    Scan,
    Transcript,
    Translation,
    WrittenOffline,
)
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, CasePerpetratorFactory, EvidenceFactory, IncidentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


class World:
    """One case with both sides: her entry and one written for her, a file at each, a source brought in by each."""

    def __init__(self) -> None:
        self.worker = UserFactory()
        self.case = CaseFactory(portal=True, worker=self.worker)
        self.her, self.now = self.case.victim.user, timezone.now()
        self.mine = IncidentFactory(case=self.case, recorded_by=self.her)
        self.theirs = IncidentFactory(case=self.case, recorded_by=self.worker, source="on_behalf")
        self.file = EvidenceFactory(incident=self.mine, uploaded_by=self.her)
        self.my_batch, self.their_batch = self.batch(self.her), self.batch(self.worker)
        for batch in (self.my_batch, self.their_batch):
            batch.save(force_insert=True)
        self.my_line, self.their_line = self.line(self.my_batch, 1), self.line(self.their_batch, 1)
        for line in (self.my_line, self.their_line):
            line.save(force_insert=True)

    def entry(self, by, source):
        return IncidentFactory.build(
            case=self.case, victim_id=self.case.victim_id, recorded_by=by, source=source, number=900
        )

    def added(self, by, source):
        return Amendment(
            incident=self.mine, case=self.case, kind="addition", text="More", source=source, recorded_by=by,
            recorded_at=self.now, digest="0" * 64,
        )  # fmt: skip

    def sent(self, by, source):
        return EvidenceFactory.build(
            case=self.case, incident=self.mine, uploaded_by=by, source=source, exhibit_number=900
        )

    def heard(self, by, source):
        return Transcript(
            evidence=self.file, case=self.case, number=1, text="Hello", source=source, typed_by=by, typed_at=self.now,
            digest="0" * 64,
        )  # fmt: skip

    def said(self, by, source):
        return Caption(
            evidence=self.file, case=self.case, number=1, shows="His car", source=source, said_by=by, said_at=self.now,
            digest="0" * 64,
        )  # fmt: skip

    def handled(self, kind, by, role):
        return CustodyEvent(evidence=self.file, case=self.case, kind=kind, by_id=by, by_role=role, at=self.now)

    def batch(self, by):
        return ImportBatch(case=self.case, asked_by=by, asked_at=self.now)

    def line(self, batch, number):
        return ImportLine(
            batch=batch, case=self.case, number=number, outcome="item", place_kind="line", place_number=number
        )

    def made_of(self, entry, line):
        return IncidentLine(incident=entry, line=line, batch=line.batch, case=self.case)

    def offline(self, entry):
        return WrittenOffline(incident=entry, case=self.case, key_version=1, received_at=self.now)

    def message(self, **values):
        said = {"template": "recover", "state": "waiting"} | values
        return Outgoing(
            case_id=self.case.pk, channel="email", address="her@example.org", not_before=self.now,
            created_at=self.now, **said,
        )  # fmt: skip


REFUSED = {
    "an entry signed by her worker": lambda w: w.entry(w.worker, "portal"),
    "an entry as if written for her": lambda w: w.entry(w.her, "on_behalf"),
    "an addition signed by her worker": lambda w: w.added(w.worker, "portal"),
    "an addition as if written for her": lambda w: w.added(w.her, "on_behalf"),
    "a file sent by her worker": lambda w: w.sent(w.worker, "portal"),
    "a file as if kept for her": lambda w: w.sent(w.her, "on_behalf"),
    "words of a recording typed by her worker": lambda w: w.heard(w.worker, "portal"),
    "words of a recording typed for her": lambda w: w.heard(w.her, "on_behalf"),
    "words about a file by her worker": lambda w: w.said(w.worker, "portal"),
    "words about a file written for her": lambda w: w.said(w.her, "on_behalf"),
    "a download by her worker": lambda w: w.handled("downloaded", w.worker.pk, "caseworker"),
    "a download under another role": lambda w: w.handled("downloaded", w.her.pk, "caseworker"),
    "a handling by nobody": lambda w: w.handled("downloaded", None, "job"),
    "a file found clean": lambda w: w.handled("clean", w.her.pk, "victim"),
    "a file put into a bundle": lambda w: w.handled("bundled", w.her.pk, "victim"),
    "a source brought in by her worker": lambda w: w.batch(w.worker),
    "a line of her worker's source": lambda w: w.line(w.their_batch, 2),
    "an entry of her worker's made from her line": lambda w: w.made_of(w.theirs, w.my_line),
    "her entry made from her worker's line": lambda w: w.made_of(w.mine, w.their_line),
    "her worker's entry written without signal": lambda w: w.offline(w.theirs),
    "an entry read by a worker": lambda w: IncidentSeen(incident=w.mine, case=w.case, by=w.worker),
    "an entry read by herself": lambda w: IncidentSeen(incident=w.mine, case=w.case, by=w.her),
    "a viewing copy": lambda w: Rendition(evidence=w.file, case=w.case, kind="page", recipe="x", state="ok"),
    "what a file says": lambda w: EvidenceFact(evidence=w.file, case=w.case, kind="taken", value="x", recipe="x"),
    "a scan": lambda w: Scan(evidence=w.file, case=w.case, attempt=1, state="clean", at=w.now),
    "a translation": lambda w: Translation(
        incident=w.mine, case=w.case, field="place", language_from="pl", language_to="en", translator_role="victim",
        translated_on=date(2026, 6, 3), text="x", recorded_by=w.her, recorded_at=w.now, digest="0" * 64,
    ),
    "her patterns shown to her": lambda w: PatternSwitch(case=w.case, is_shown=True, by=w.her, at=w.now),
    "the next contact": lambda w: PlannedContact(case=w.case, on=date(2026, 12, 1), by=w.her),
    "a message from the service": lambda w: w.message(template="appointment"),
    "a message to come back in, written by a page": lambda w: w.message(),
}  # fmt: skip
KEPT = {
    "her entry": lambda w: w.entry(w.her, "portal"),
    "her entry brought in": lambda w: w.entry(w.her, "import"),
    "her addition": lambda w: w.added(w.her, "portal"),
    "her file": lambda w: w.sent(w.her, "portal"),
    "her words of a recording": lambda w: w.heard(w.her, "portal"),
    "her words about a file": lambda w: w.said(w.her, "portal"),
    "her download": lambda w: w.handled("downloaded", w.her.pk, "victim"),
    "the arrival of her file": lambda w: w.handled("arrived", w.her.pk, "victim"),
    "her source": lambda w: w.batch(w.her),
    "a line of her source": lambda w: w.line(w.my_batch, 2),
    "her entry made from her line": lambda w: w.made_of(w.mine, w.my_line),
    "her entry written without signal": lambda w: w.offline(w.mine),
}
STAFF_ONLY = ("an entry read by a worker", "a translation", "her patterns shown to her", "the next contact", "a scan")


@pytest.mark.parametrize("name", REFUSED)
def test_the_portal_does_not_write(name, world):
    row = REFUSED[name](world)
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(world.her.pk):
        row.save(force_insert=True)


@pytest.mark.parametrize("name", KEPT)
def test_the_portal_writes_in_her_own_name(name, world):
    row = KEPT[name](world)
    with acting_as(world.her.pk):
        row.save(force_insert=True)


@pytest.mark.parametrize("name", STAFF_ONLY)
def test_what_only_staff_write_they_write_still(name, world):
    row = REFUSED[name](world)
    with acting_as(world.worker.pk):
        row.save(force_insert=True)


def test_a_message_to_come_back_in_is_written_by_the_job_that_runs_as_her(world):
    with acting_as(world.her.pk, process="worker"):
        world.message().save(force_insert=True)
        assert Outgoing.objects.filter(case_id=world.case.pk).update(state="sent") == 0
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(world.her.pk, process="worker"):
        world.message(state="sent").save(force_insert=True)


def test_the_portal_changes_nothing_of_her_case_and_its_people(world):
    CasePerpetratorFactory(case=world.case)
    later = world.now + timedelta(days=1)
    with acting_as(world.her.pk):
        assert Case.objects.filter(pk=world.case.pk).exists()
        assert Case.objects.update(is_restricted=True, received_at=later) == 0
        assert Case.objects.update(is_portal_open=False) == 0
        assert CasePerpetrator.objects.exists()
        assert CasePerpetrator.objects.update(portal_label="x") == 0


def test_the_portal_changes_and_takes_away_the_lines_of_her_own_sources_alone(world):
    with acting_as(world.her.pk):
        assert set(ImportBatch.objects.values_list("pk", flat=True)) == {world.my_batch.pk, world.their_batch.pk}
        assert ImportBatch.objects.update(entry_count=5) == 1
        assert ImportLine.objects.update(is_chosen=True) == 1
        assert ImportLine.objects.all().delete()[0] == 1
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(world.her.pk):
        ImportBatch.objects.update(asked_by=world.worker)
    with acting_as(world.worker.pk):
        assert ImportBatch.objects.update(entry_count=6) == 2


def test_leaving_closes_her_own_portal_and_no_other(world):
    other = CaseFactory(portal=True)
    for person in (world.worker, None, UserFactory(administrator=True)):
        with acting_as(person and person.pk), connection.cursor() as cursor:
            cursor.execute("SELECT leave_my_portal()")
    assert Case.objects.filter(is_portal_open=True).count() == 2
    with acting_as(world.her.pk), connection.cursor() as cursor:
        cursor.execute("SELECT leave_my_portal()")
    assert list(Case.objects.filter(is_portal_open=True)) == [other]
