"""Writing the invented service through the same actions as the pages, each at the time it would have happened."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases import actions
from cases.actions.portal import give_portal_access
from cases.models import Allocation, Case, Message, Victim
from cases.rules import CaseStatus, ClosureReason
from demo import restorative
from demo.bringing import bring_file
from demo.clock import at, day_ago, days_ago
from demo.equipment import lend
from demo.onward import refer_on
from demo.people import SignIn, make_colleagues, start_portal
from demo.sending import send_files
from demo.signposting import signposts
from demo.support import load_support
from demo.writing import moment_of, write_entry
from logs.actions import show_patterns
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7

STORY = "hannah"  # whose log is the long one
HERE = Path(__file__).resolve().parent
CASE_FIELDS = ("is_high_priority", "police_force", "crime_reference", "portal_label")
ARRIVAL_FIELDS = ("source", "referrer", "summary")


class Loader:
    """Loads everything once; knows the people by the short names that the TOML files use."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.people: dict[str, User] = {}
        self.sign_ins: list[SignIn] = []
        self.cases: dict[str, Case] = {}

    def load(self) -> list[SignIn]:
        """Make the people, the cases and the story; returns how to sign in."""
        self.people, self.sign_ins = make_colleagues()
        story = tomllib.loads((HERE / "story.toml").read_text())["entry"]
        for facts in tomllib.loads((HERE / "casebook.toml").read_text())["case"]:
            case = self.cases[facts["name"]] = self.open_case(facts)
            for event in facts.get("event", ()):
                self.do(case, event)
            for entry in facts.get("entry", story if facts["name"] == STORY else ()):
                self.write(case, facts, entry)
        signposts(self.cases, self.people)
        send_files(self.cases[STORY], User.objects.get(victim=self.cases[STORY].victim_id))
        refer_on(self.cases, self.people)
        lend(self.cases, self.people)
        restorative.load(self)
        load_support(self.cases, self.people)
        return self.sign_ins

    def open_case(self, facts: Mapping[str, Any]) -> Case:
        """Open a case as it was opened, and give it to its worker."""
        opened, by = moment_of(facts["opened"]), self.people[facts["by"]]
        worker = self.people.get(facts.get("worker", ""))
        values = facts["victim"] | {name: facts[name] for name in (*CASE_FIELDS, *ARRIVAL_FIELDS) if name in facts}
        with at(opened), acting_as(by.pk):
            case = actions.open_new_case(
                key=uuid7(), victim=None, values=values | {"received_at": opened}, worker=by if worker == by else None,
                by=by,
            )  # fmt: skip
        backdate(case, opened)
        if worker is not None and worker != by:
            with at(opened + timedelta(hours=1)), acting_as(by.pk):
                actions.allocate(case=case, worker=worker, by=by)
        with at(opened + timedelta(hours=1)), acting_as((worker or by).pk):
            add_perpetrator(case, facts.get("perpetrator"), worker or by)
        return Case.objects.select_related("victim").get(pk=case.pk)

    def do(self, case: Case, event: Mapping[str, Any]) -> None:
        """Do one thing of a case's history, by whom and when it was done."""
        by = self.people[event["by"]]
        case = Case.objects.select_related("victim").get(pk=case.pk)
        if "portal" in event:
            self.open_portal(case, event["portal"], by)
            return
        if "bring" in event:  # outside a transaction: its jobs have transactions of their own
            with at(moment_of(event["when"])):
                bring_file(case, event["bring"], by)
            return
        with at(moment_of(event["when"])) as moment, acting_as(by.pk):
            for name in DOING:
                if name in event:
                    DOING[name](self, case, event, by, moment)

    def open_portal(self, case: Case, key: str, by: User) -> None:
        """Give her the slip and let her use its code. In the present: a code of long ago would have run out."""
        with acting_as(by.pk):
            slip = give_portal_access(case=case, by=by)
        self.sign_ins.append(start_portal(key, slip.code))

    def write(self, case: Case, facts: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        """Write one entry, hers or on her behalf, and let her worker read it."""
        writer = self.people.get(entry.get("writer", ""))
        if writer is None:
            case = Case.objects.select_related("victim__user").get(pk=case.pk)
            writer = case.victim.user
        if writer is None:
            raise ValueError(f"{facts['name']} has no portal account to write with")
        write_entry(case, entry, writer, self.people[facts["worker"]])


def add_perpetrator(case: Case, facts: Mapping[str, Any] | None, by: User) -> None:
    """Record who is doing this, as far as it was known when the case began."""
    if facts is not None:
        values = {name: facts[name] for name in ("name", "relationship", "description")}
        values |= {"legal_status": facts["status"], "portal_label": facts["label"]}
        actions.add_perpetrator(case=case, key=uuid7(), values=values, by=by)


def backdate(case: Case, moment: datetime) -> None:
    """The database stamps a new case with its own clock; in the demo it began when it says it did."""
    Case.objects.filter(pk=case.pk).update(created_at=moment)
    Victim.objects.filter(pk=case.victim_id).update(created_at=moment)
    Allocation.objects.filter(case=case).update(starts_at=moment)


def _contact(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    values = {"is_from_victim": False, "with_whom": "", "minutes": None} | event["contact"] | {"at": moment}
    actions.record_contact(case=case, key=uuid7(), values=values, by=by)


def _safe_contact(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    values = dict(event["safe_contact"])
    for name in ("from", "to"):
        if name in values:
            values[f"{name}_time"] = time.fromisoformat(values.pop(name))
    newest = case.victim.safe_contacts.order_by("-version").first()
    actions.set_safe_contact(
        victim=case.victim, values=values, confirmed_on=timezone.localdate(moment),
        based_on=newest.version if newest else 0, by=by,
    )  # fmt: skip


def _note(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.add_note(case=case, key=uuid7(), text=event["note"], content_class=event["content_class"], by=by)


def _plan(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    facts = event["plan"]
    actions.plan_contact(
        case=case, key=uuid7(), on=day_ago(-facts["in_days"]), part=facts["part"], channel=facts["channel"], by=by
    )


def _message(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.send_message(case=case, key=uuid7(), text=event["message"], by=by)


def _her_message(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    """Hers, in her own name; what the colleague answers after it says that it was read."""
    her = User.objects.get(victim=case.victim_id)
    with acting_as(her.pk):
        actions.mark_messages_read(messages=Message.objects.filter(case=case).unread_by_victim(), by=her)
        message = actions.send_message(case=case, key=uuid7(), text=event["her_message"], by=her)
    if not event.get("unread"):
        with at(moment + timedelta(hours=2)):
            actions.mark_messages_read(messages=[message], by=by)


def _professional(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.add_professional(case=case, key=uuid7(), values=event["professional"], by=by)


def _task(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    facts = event["task"]
    worker = loader.people[facts.get("to", event["by"])]
    task = actions.add_task(
        case=case, key=uuid7(), title=facts["title"], due_on=day_ago(facts["due"]), assigned_to=worker, by=by
    )
    if "done" in facts:
        with at(days_ago(facts["done"])):
            actions.finish_task(task=task, by=by)


def _status(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.move_status(case=case, to=CaseStatus(event["status"]), reason=event["reason"], by=by)


def _restrict(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.restrict(case=case, is_restricted=True, by=by)


def _grant(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    facts = event["grant"]
    actions.give_grant(
        case=case, person=loader.people[facts["person"]], ends_on=day_ago(facts["until"]), reason=facts["reason"], by=by
    )


def _show_patterns(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    show_patterns(case=case, is_shown=event["show_patterns"], by=by)


def _close(loader: Loader, case: Case, event: Mapping[str, Any], by: User, moment: datetime) -> None:
    actions.close_case(case=case, reason=ClosureReason(event["close"]), text=event["reason"], by=by)


DOING = {
    "contact": _contact, "safe_contact": _safe_contact, "note": _note, "task": _task, "status": _status,
    "plan": _plan, "message": _message, "her_message": _her_message, "professional": _professional,
    "restrict": _restrict, "grant": _grant, "close": _close, "show_patterns": _show_patterns,
}  # fmt: skip
