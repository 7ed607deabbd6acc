"""The invented people who sign in: five colleagues and four portal accounts."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts.actions import change_hours, change_role_and_team, claim_code, invite_staff, record_leave, save_team
from accounts.models import Team, User
from demo.codes import code_of
from nsvcs import embedded
from nsvcs.access import Role
from nsvcs.identity import acting_as
from nsvcs.ids import words


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here."""

    key: str
    name: str
    email: str
    role: Role
    team: str
    label: str
    weekly_hours: str = "37"
    is_on_duty: bool = False


COLLEAGUES = (
    Colleague("gwen", "Gwen Parry", "gwen.parry@nsvcs.example", Role.ADMINISTRATOR, "", "Accounts; sees no case"),
    Colleague("ruth", "Ruth Calloway", "ruth.calloway@nsvcs.example", Role.MANAGER, "Norfolk", "Manager", "30"),
    Colleague("priya", "Priya Anand", "priya.anand@nsvcs.example", Role.CASEWORKER, "Norfolk",
              "Caseworker, on duty", is_on_duty=True),
    Colleague("tom", "Tom Ashworth", "tom.ashworth@nsvcs.example", Role.CASEWORKER, "Suffolk", "Caseworker",
              "22.5"),
    Colleague("ines", "Ines Halloran", "ines.halloran@nsvcs.example", Role.DATA_PROTECTION, "",
              "Data protection lead"),
)  # fmt: skip
TEAMS = ("Norfolk", "Suffolk")
PORTAL_LABELS = {
    "hannah": "Hannah Marlow, whose log is the long one",
    "magda": "Magda Zielińska, who writes in Polish",
    "bethan": "Bethan Lowe, Suffolk",
    "grace": "Grace Okoro, who asked to borrow something",
}


@dataclass(frozen=True)
class SignIn:
    """What it takes to sign in as one of them, as kept in `var/demo.json`."""

    key: str
    sign_in: str
    password: str
    totp_secret: str
    role: str
    label: str


def demo_json() -> Path:
    """Where the sign-ins of this installation are kept."""
    return embedded.VAR / "demo.json"


def new_password() -> str:
    """Four plain words, another for each installation and person."""
    return "-".join(secrets.choice(words()) for _word in range(4))


def make_colleagues() -> tuple[dict[str, User], list[SignIn]]:
    """Make the teams and the five colleagues, as the administrator would."""
    teams = {name: save_team(name=name, by=None) for name in TEAMS}
    people: dict[str, User] = {}
    sign_ins = []
    for each in COLLEAGUES:
        person, sign_in = _colleague(each, teams.get(each.team), people.get("gwen"))
        people[each.key] = person
        sign_ins.append(sign_in)
    with acting_as(people["gwen"].pk):
        today = timezone.localdate()
        record_leave(
            user=people["tom"], starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1),
            by=people["gwen"],
        )  # fmt: skip
    return people, sign_ins


def _colleague(each: Colleague, team: Team | None, administrator: User | None) -> tuple[User, SignIn]:
    with acting_as(administrator.pk if administrator else None):
        user, code = invite_staff(name=each.name, email=each.email, role=each.role, team=team, by=administrator)
        if administrator:
            change_role_and_team(user=user, role=each.role, team=team, is_on_duty=each.is_on_duty, by=administrator)
            change_hours(user=user, weekly_hours=Decimal(each.weekly_hours), by=administrator)
    secret = generate_totp_secret()
    sign_in = _start(code, each.key, each.label, secret)
    return User.objects.select_related("staff_profile").get(pk=user.pk), sign_in


def start_portal(key: str, code: str) -> SignIn:
    """Use the code on her slip, as she would."""
    return _start(code, key, PORTAL_LABELS[key], "")


def _start(code: str, key: str, label: str, secret: str) -> SignIn:
    password = new_password()
    with acting_as():
        user = claim_code(code=code, password=password)
    with acting_as(user.pk):
        User.objects.filter(pk=user.pk).update(is_demo=True)
        if secret:
            TOTP.activate(user, secret)
    return SignIn(key, user.sign_in_name, password, secret, user.role, label)


def write_sign_ins(sign_ins: list[SignIn], story_case: UUID) -> None:
    """Keep them for `demo_lines`, `demo_code` and the check: readable by this account of the machine alone."""
    text = json.dumps({"story_case": str(story_case), "people": [vars(each) for each in sign_ins]}, indent=2)
    new = demo_json().with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.replace(demo_json())


def read_story_case(path: Path) -> UUID:
    """The case of the long log."""
    return UUID(json.loads(path.read_text())["story_case"])


def read_sign_ins(path: Path) -> list[SignIn]:
    """The people of one installation."""
    people: list[dict[str, Any]] = json.loads(path.read_text())["people"]
    return [SignIn(**each) for each in people]


def code_for(user: User, path: Path) -> str:
    """The authenticator code of this moment for an account that the demo made; empty where none is asked for.

    Raises:
        ValueError: the demo did not make this account, here.
    """
    known = {each.sign_in: each for each in read_sign_ins(path)} if path.exists() else {}
    found = known.get(user.sign_in_name)
    if not user.is_demo or found is None:
        raise ValueError("not a demo account")
    return code_of(found.totp_secret) if found.totp_secret else ""
