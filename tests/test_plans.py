"""How the database answers the lists: it asks once a query whose cases one may see, and big tables by their indexes."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Contact, Note, ShareOpening, Task
from logs.models import Amendment, IncidentSeen, PatternSwitch
from nsvcs.identity import acting_as
from nsvcs.rls import ARRAYS
from reference.models import Organisation
from referrals.models import (
    AlarmLoanStep,
    AlarmRequestStep,
    Referral,
    ReferralMove,
    Signpost,
    SignpostOutcome,
    SignpostRead,
    WithoutConsent,
)
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.factories.referrals import AlarmFactory, AlarmLoanFactory, AlarmRequestFactory
from tests.referrals import support_world
from tests.referrals.onwards import organisation, sent
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
BIG = {
    "logs_incident",
    "logs_incidentseen",
    "logs_evidence",
    "logs_amendment",
    "audit_event",
    "cases_contact",
    "cases_note",
    "referrals_alarmloan",
    "referrals_alarmloanstep",
    "referrals_alarmmove",
    "referrals_alarmrequest",
    "referrals_alarmrequeststep",
    "referrals_alarmtest",
    "referrals_signpost",
    "referrals_signpostread",
    "referrals_episodemove",
    "referrals_letter",
    "referrals_sessionnote",
    "referrals_supportepisode",
    "referrals_supportsession",
    "referrals_referral",
    "referrals_referralmove",
    "referrals_withoutconsent",
}
LISTS = {
    "case list": ("worker", "/cases/"),
    "case list, narrowed": ("worker", "/cases/?status=triaged&worker={worker.pk}&overdue=task&unread=1&sort=-contact"),
    "case list, nobody's": ("manager", "/cases/?worker=none&sort=-tasks"),
    "my work": ("worker", "/cases/work/"),
    "my work on duty": ("duty", "/cases/work/"),
    "find": ("worker", "/cases/find/"),
    "case": ("worker", "/cases/{case.pk}/"),
    "timeline": ("worker", "/cases/{case.pk}/timeline/"),
    "restorative justice": ("worker", "/cases/{case.pk}/support/restorative/"),
    "support": ("worker", "/cases/{case.pk}/support/"),
    "onward referrals": ("worker", "/cases/{case.pk}/support/onward/"),
    "an onward referral": ("worker", "/cases/{case.pk}/support/onward/{referral.pk}/"),
    "sharing without consent": ("manager", "/sharing/"),
    "agreements": ("worker", "/cases/{case.pk}/agreements/"),
    "support given": ("worker", "/cases/{case.pk}/support/given/"),
    "one support": ("worker", "/cases/{case.pk}/support/given/{episode.pk}/"),
    "letters": ("worker", "/cases/{case.pk}/support/letters/"),
    "equipment": ("worker", "/equipment/?kind=attack_alarm"),
    "equipment that is late to come back": ("worker", "/equipment/?late=returns"),
    "equipment that is late for a test": ("manager", "/equipment/?late=tests"),
    "a unit": ("worker", "/equipment/{unit.pk}/"),
    "lent to a case": ("worker", "/cases/{case.pk}/support/equipment/"),
    "units to choose from": ("worker", "/cases/{case.pk}/support/equipment/reserve/"),
    "access": ("manager", "/cases/{case.pk}/access/"),
    "log": ("worker", "/cases/{case.pk}/log/"),
    "log, narrowed": ("worker", "/cases/{case.pk}/log/?month=2026-06&unread=1&withdrawn=no&police=none&numbers=1-9"),
    "log, one day": ("worker", "/cases/{case.pk}/log/?day=2026-06-03"),
    "calendar": ("worker", "/cases/{case.pk}/log/calendar/"),
    "patterns": ("worker", "/cases/{case.pk}/log/patterns/"),
    "entry": ("worker", "/cases/{case.pk}/log/{entry.pk}/"),
    "bundles": ("worker", "/cases/{case.pk}/bundles/"),
    "caseload": ("manager", "/reports/caseload/"),
    "directory": ("worker", "/directory/?need=general&place=breckland&language=en&q=help&show=due"),
    "signposts": ("worker", "/cases/{case.pk}/support/signposts/"),
    "whom she can ask": ("her", "/notes/help/?need=20&place=1"),
    "her front page": ("her", "/notes/"),
    "her notes": ("her", "/notes/all/"),
    "her notes of a day": ("her", "/notes/all/?day=2026-06-03"),
    "her month": ("her", "/notes/all/month/"),
    "what they show": ("her", "/notes/all/counts/"),
    "what she agreed to": ("her", "/notes/agreed/"),
    "what she asked for": ("her", "/notes/ask/"),
    "one note of hers": ("her", "/notes/{entry.number}/"),
    "who has seen them": ("her", "/notes/who/"),
}


class World:
    """One case with a little of everything, and the people who open it."""

    def __init__(self) -> None:
        self.worker, self.manager = UserFactory(), UserFactory(manager=True)
        self.duty = UserFactory(profile__is_on_duty=True)
        self.case = CaseFactory(portal=True, worker=self.worker, status="triaged", first_contact_due_on=_days_ago(3))
        self.her = self.case.victim.user
        self.entry = IncidentFactory(case=self.case, recorded_by=self.worker)
        IncidentSeen.objects.create(incident=self.entry, case=self.case, by=self.worker)
        PatternSwitch.objects.create(case=self.case, is_shown=True, by=self.worker, at=timezone.now())
        self.episode = support_world.move(support_world.offer(self.case, self.worker), "accepted", self.worker)
        support_world.session(self.episode, self.worker, note="x")
        self.referral, self.handed = sent(self.case, self.worker)
        self.grow(self.case, 1)
        CaseFactory()

    def grow(self, case, count) -> None:
        """More of everything that a list shows."""
        for number in range(count):
            entry = IncidentFactory(case=case, recorded_by=self.worker)
            EvidenceFactory(incident=entry, uploaded_by=self.worker)
            Amendment.objects.create(
                incident=entry, case=case, kind="addition", text="x", source="on_behalf", recorded_by=self.worker,
                recorded_at=timezone.now(), digest="",
            )  # fmt: skip
            common = {"case": case, "by": self.worker}
            Contact.objects.create(
                **common, channel="phone", outcome="no_answer", at=timezone.now(), content_class="advocacy"
            )
            Note.objects.create(**common, text=f"Note {number}", content_class="safety")
            Task.objects.create(case=case, title="x", due_on=_days_ago(1), assigned_to=self.worker)
            self.tell(case)
            grow_referrals(case, self.worker)
            ShareOpening.objects.create(link=self.handed.link, case=self.case, outcome="shown", at=timezone.now())
            self.lend(case)

    def lend(self, case) -> None:
        """A unit in stock, one on loan that is late, one that was asked for and refused."""
        AlarmFactory(place__team=self.worker.staff_profile.team)
        loan = AlarmLoanFactory(case=case, issued=True, by=self.worker, due_on=_days_ago(1))
        AlarmLoanStep.objects.create(
            loan=loan, case=case, from_state="reserved", to_state="issued", by=self.worker, at=timezone.now()
        )
        self.unit = loan.alarm
        asked = AlarmRequestFactory(case=case, state="not_possible")
        said = {"from_state": "asked", "to_state": "not_possible", "words": "x", "at": timezone.now()}
        AlarmRequestStep.objects.create(request=asked, case=case, by=self.worker, **said)

    def tell(self, case) -> None:
        """A signpost that she has read: of what is new, her page keeps that she did, in queries of its own."""
        facts = {"domain": "example.org", "confidence": "V", "checked_on": _days_ago(1), "checked_by": "x"}
        facts |= {"name": "Helpline", "what_for": "Help", "source": "a test", "remit_tags": ["general"]}
        entry, _is_new = Organisation.objects.get_or_create(slug="helpline", defaults=facts)
        told = {"case": case, "organisation": entry, "need": "general", "told_how": "portal", "by": self.worker}
        read = Signpost.objects.create(**told)
        SignpostRead.objects.create(signpost=read, case=case, by=case.victim.user or self.worker)
        SignpostOutcome.objects.create(signpost=read, case=case, outcome="used", by=self.worker)


def grow_referrals(case, worker):
    """One more referral that a manager was asked about, written in one go."""
    now, said = timezone.now(), {"risk": "x", "necessity": "x", "proportionality": "x", "is_told": True}
    row = Referral.objects.create(case=case, organisation=organisation(), to_name="x", made_by=worker, made_at=now)
    ReferralMove.objects.create(referral=row, case=case, to_state="made", who="staff", by=worker, at=now)
    WithoutConsent.objects.create(referral=row, case=case, gateway="danger", asked_by=worker, asked_at=now, **said)


def _days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def world():
    return World()


def asked_by(client, world, name):
    """The queries of one page, opened by its person."""
    who, path = LISTS[name]
    sign_in(client, getattr(world, who))
    address, data = path.format(**vars(world)), {"q": "Anna Meadow"} if name == "find" else None
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in seen]


def nodes(plan, parent=""):
    """Every step of a plan with the steps it stands in."""
    yield plan, parent
    for each in plan.get("Plans", ()):
        yield from nodes(each, plan.get("Parent Relationship", ""))


@pytest.fixture(autouse=True)
def _as_in_a_large_service(db):
    believe_in_many(BIG)


def believe_in_many(tables):
    """Let the planner believe in a million rows: of the few that a test makes, reading all is the best it can do."""
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(
                "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', %s::text,"
                " 'relpages', 1, 'reltuples', 1000000::real)",
                [table],
            )


def plan_of(sql):
    """The plan PostgreSQL makes when it may not read a table from end to end while there is another way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {sql}".replace("%", "%%"))
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


ARRAY_CALLS = re.compile("|".join(re.escape(call) for call in ARRAYS.values()))


def faults(sql):
    """What in a query's plan would grow with the service: an array made for each row, a big table read whole."""
    found = []
    for node, _parent in nodes(plan_of(sql)):
        is_once = node.get("Parent Relationship") == "InitPlan"
        said = {key: value for key, value in node.items() if key not in {"Plans", "Subplan Name"}}
        if ARRAY_CALLS.search(json.dumps(said)) and not is_once:
            found.append(f"{node['Node Type']} makes the array again for every row")
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in BIG:
            found.append(f"{node['Relation Name']} is read from end to end")
    return found


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_once_whose_cases_and_reads_no_big_table_whole(client, world, name):
    asked = [
        sql
        for sql in asked_by(client, world, name)
        if sql.lstrip("( ").startswith("SELECT") and "FOR UPDATE" not in sql
    ]
    with acting_as(getattr(world, LISTS[name][0]).pk):
        assert {sql: found for sql in asked if (found := faults(sql))} == {}
        protected = [sql for sql in asked if "cases_case" in sql or "logs_incident" in sql]
        assert all("InitPlan" in json.dumps(plan_of(sql)) for sql in protected)


def test_the_check_sees_an_array_made_for_each_row(world):
    with acting_as(world.worker.pk):
        assert faults("SELECT id FROM logs_incident WHERE case_id IN (SELECT unnest(my_staff_cases()))")
    assert faults("SELECT id FROM audit_event WHERE place = 'portal'")  # as the owner: no index by place


@pytest.mark.parametrize("function", ["my_victims", "my_perpetrators", "audit_openings", "next_entry_number"])
def test_the_functions_behind_the_policies_read_no_big_table_whole(function):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        body = cursor.fetchone()[0]
    asked = re.search(r"SELECT coalesce\(max.*?whose", body, re.S)[0] if "DECLARE" in body else body
    for name in ("p_case", "whose"):
        asked = re.sub(rf"\b{name}\b", "'019c2415-89d8-724a-9323-9029d9abbf52'::uuid", asked)
    filters = [node.get("Filter", "") for node, _parent in nodes(plan_of(asked)) if node["Node Type"] != "Result"]
    assert not any(ARRAY_CALLS.search(text) for text in filters)
    assert not any(
        node.get("Relation Name") in BIG for node, _p in nodes(plan_of(asked)) if node["Node Type"] == "Seq Scan"
    )


@pytest.mark.parametrize("name", LISTS)
def test_a_page_takes_no_more_queries_for_ten_times_the_data(client, world, name):
    asked_by(client, world, name)  # the first page of a process also fills caches
    few = asked_by(client, world, name)
    for _number in range(3):
        world.grow(CaseFactory(portal=True, worker=world.worker, status="triaged"), 2)
    world.grow(world.case, 10)
    assert len(asked_by(client, world, name)) <= len(few)  # fewer when one kind fills the page
