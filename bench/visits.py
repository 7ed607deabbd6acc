"""Who opens what: staff with their cases and victims with their notes, signed in, each page on somebody else's data."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.service import Service
from nsvcs.ids import uuid7

TOKEN = "benchbenchbenchbenchbenchbenchbe"  # the form token of a browser that is none
# Milliseconds aimed for at the 95th percentile (search, lists, a case, saving, a report).
AIMS = {
    "case list": 400,
    "case list, filtered and sorted": 400,
    "case list of a manager": 400,
    "case list, unread, of a manager": 400,
    "find a case": 300,
    "find a person before making a file": 300,
    "my work": 400,
    "case page": 500,
    "case log": 400,
    "entry page": 400,
    "timeline": 400,
    "portal home": 400,
    "portal list": 400,
    "portal: who has seen": 400,
    "saving an entry": 400,
    "caseload report": 5000,
}
PEOPLE = """
SELECT w.id AS "user", p.team_id AS team, k.id AS "case", k.victim_id AS victim, v.user_id AS her, v.last_name AS last,
       v.first_name AS first, 'case:' || k.id AS stream, i.id AS entry
FROM accounts_user w JOIN accounts_staffprofile p ON p.user_id = w.id
JOIN cases_allocation a ON a.worker_id = w.id AND a.ends_at IS NULL AND a.role = 'primary'
JOIN cases_case k ON k.id = a.case_id JOIN cases_victim v ON v.id = k.victim_id
JOIN LATERAL (SELECT id FROM logs_incident i WHERE i.case_id = k.id ORDER BY i.recorded_at DESC LIMIT 1) i ON true
WHERE v.user_id IS NOT NULL AND k.is_portal_open ORDER BY md5(k.id::text) LIMIT 60
"""
MANAGERS = """
SELECT u.id FROM accounts_user u JOIN accounts_staffprofile p ON p.user_id = u.id
WHERE u.role = 'manager' AND p.team_id = %s
"""


@dataclass
class Visit:
    """One page as one person asks for it."""

    path: str
    session: str
    facts: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def headers(self, port: int) -> dict[str, str]:
        common = {"Host": f"localhost:{port}", "Cookie": f"s={self.session}; t={TOKEN}", "X-CSRFToken": TOKEN}
        return common | ({"Content-Type": "application/x-www-form-urlencoded"} if self.data else {})


class Visitors:
    """Everybody who is signed in, and what they open next."""

    def __init__(self, service: Service) -> None:
        with service.connect() as connection:
            cursor = connection.execute(PEOPLE)
            names = [column.name for column in cursor.description or ()]
            self.known = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            teams = {facts["team"] for facts in self.known}
            self.managers = {team: connection.execute(MANAGERS, [team]).fetchone()[0] for team in teams}  # type: ignore[index]
        people = {facts[who] for facts in self.known for who in ("user", "her")} | set(self.managers.values())
        self.sessions = {pk: _sign_in(pk) for pk in people}
        self.turn = itertools.count()

    def next(self, name: str) -> Visit:
        """This page, by the next person."""
        return self._visit(name, self.known[next(self.turn) % len(self.known)])

    def any(self, luck: random.Random) -> Visit:
        """Some page of somebody; one in fifty is written."""
        names = [name for name in AIMS if name != "saving an entry" or luck.random() < 0.3]
        return self._visit(luck.choice(names), luck.choice(self.known))

    def _visit(self, name: str, facts: dict[str, Any]) -> Visit:
        who, path, data, status = PAGES[name](facts)
        pk = self.managers[facts["team"]] if who == "manager" else facts[who]
        return Visit(path, self.sessions[pk], facts, data, status)

    def count_queries(self, visit: Visit) -> int:
        """How many queries the page takes, counted in this process."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(headers={"host": "localhost", "x-csrftoken": TOKEN})
        client.cookies["s"], client.cookies["t"] = visit.session, TOKEN
        with CaptureQueriesContext(connection) as seen:
            answer = client.post(visit.path, visit.data) if visit.data else client.get(visit.path)
        if answer.status_code != visit.status:
            raise RuntimeError(f"{visit.path} answered {answer.status_code} and not {visit.status}")
        return len(seen)


def _sign_in(pk: Any) -> str:
    """A session of somebody with password and second factor; its key."""
    from django.test import Client

    from accounts.models import User
    from nsvcs.identity import acting_as
    from tests.signing_in import sign_in

    with acting_as(pk):
        client = sign_in(Client(headers={"host": "localhost"}), User.objects.get(pk=pk))
    return str(client.cookies["s"].value)


Asked = tuple[str, str, dict[str, Any], int]


def _page(who: str, path: str) -> Callable[[dict[str, Any]], Asked]:
    return lambda facts: (who, path.format(**facts), {}, 200)


def _entry(facts: dict[str, Any]) -> Asked:
    words = {
        "draft": str(uuid7()),
        "when": "today",
        "what_happened": "He rang nine times between lunch and three. " * 9,
    }
    return "her", "/notes/new/", words, 302


PAGES: dict[str, Callable[[dict[str, Any]], Asked]] = {
    "case list": _page("user", "/cases/"),
    "case list, filtered and sorted": _page("user", "/cases/?status=plan_open&worker={user}&sort=-contact"),
    "case list of a manager": _page("manager", "/cases/?sort=-tasks"),
    "case list, unread, of a manager": _page("manager", "/cases/?unread=1"),
    "find a case": lambda facts: ("user", "/cases/find/", {"q": f"{facts['first']} {facts['last']}"}, 200),
    "find a person before making a file": lambda facts: (
        "manager",
        "/cases/new/",
        {"first_name": facts["first"], "last_name": facts["last"]},
        200,
    ),
    "my work": _page("user", "/cases/work/"),
    "case page": _page("user", "/cases/{case}/"),
    "case log": _page("user", "/cases/{case}/log/"),
    "entry page": _page("user", "/cases/{case}/log/{entry}/"),
    "timeline": _page("user", "/cases/{case}/timeline/"),
    "portal home": _page("her", "/notes/"),
    "portal list": _page("her", "/notes/all/"),
    "portal: who has seen": _page("her", "/notes/who/"),
    "saving an entry": _entry,
    "caseload report": _page("manager", "/reports/caseload/"),
}
