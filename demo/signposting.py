"""The invented service keeps its directory, and tells victims of what is in it."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from cases.models import Case
from demo.clock import at, days_ago
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from referrals.actions import directory, signposting
from referrals.models import Signpost, SignpostOutcome

Outcome = SignpostOutcome.Outcome
DESK = "citizens-desk"  # invented, and closed by now
# How many days ago, who, which entry, and what was looked at: the first too long ago, the second not all there is. What
# the seed does not confirm stays so here too: nobody invented can vouch for a real number.
CHECKS = (
    (104, "priya", "leeway", ("phone", "domain")),
    (20, "tom", "crimestoppers", ("phone",)),
    (38, "priya", DESK, ("phone", "hours")),
)
DESK_FACTS = {
    "name": "Citizens desk",
    "what_for": "Help with forms and letters.",
    "phone": "01632 960555",
    "hours": "Tuesdays, 10am to noon",
    "remit_tags": ["rights"],
    "area": "norfolk",
    "districts": ["norwich"],
    "languages": ["en", "pl"],
    "source": "A leaflet at the library",
}
TOLD: tuple[dict[str, Any], ...] = (
    {
        "days": 24,
        "case": "hannah",
        "entry": "hollie-gazzard-trust",
        "need": "stalking",
        "how": "portal",
        "words": "They have an app.",
        "back": "The phone is shared, and an app can be seen. Agreed with Hannah to leave it.",
    },
    {
        "days": 12,
        "case": "hannah",
        "entry": "national-stalking-helpline",
        "need": "stalking",
        "how": "portal",
        "words": "They know a lot about this. You can ask them anything, and you do not have to give your name.",
        "outcome": Outcome.USED,
        "is_read": True,
    },
    {
        "days": 3,
        "case": "hannah",
        "entry": "samaritans",
        "need": "crisis",
        "how": "portal",
        "words": "For the nights when I am not there.",
    },
    {"days": 8, "case": "grace", "entry": "daisy-programme", "need": "domestic-abuse", "how": "phone", "words": ""},
    {
        "days": 6,
        "case": "grace",
        "entry": "crimestoppers",
        "need": "report",
        "how": "post",
        "words": "If you would rather not give your name.",
        "outcome": Outcome.NO_HELP,
    },
    {
        "days": 30,
        "case": "grace",
        "entry": DESK,
        "need": "rights",
        "how": "in_person",
        "words": "Tuesdays, at the library.",
        "outcome": Outcome.NOT_USED,
    },
    {"days": 33, "case": "bethan", "entry": DESK, "need": "rights", "how": "portal", "words": ""},
    {
        "days": 15,
        "case": "bethan",
        "entry": "cyber-helpline",
        "need": "cyber",
        "how": "portal",
        "words": "",
        "outcome": Outcome.NOT_ASKED,
    },
)


def signposts(cases: Mapping[str, Case], people: Mapping[str, User]) -> None:
    """Check, change, add and retire entries, and tell victims of some: every state there is."""
    _keep_directory(people)
    for told in TOLD:
        _tell(cases[told["case"]], told, people)
    with at(days_ago(6)), acting_as(people["ruth"].pk):
        desk = Organisation.objects.get(slug=DESK)
        directory.retire_organisation(
            organisation=desk, key=uuid7(), words="The library closed. There is no desk now.", by=people["ruth"]
        )


def _keep_directory(people: Mapping[str, User]) -> None:
    ruth = people["ruth"]
    with at(days_ago(40)), acting_as(ruth.pk):
        directory.add_organisation(key=uuid7(), values=DESK_FACTS, by=ruth)
    for days, who, slug, details in CHECKS:
        with at(days_ago(days)), acting_as(people[who].pk):
            entry = Organisation.objects.get(slug=slug)
            directory.check_organisation(
                organisation=entry, key=uuid7(), version=entry.version, details=details, by=people[who]
            )
    with at(days_ago(5)), acting_as(ruth.pk):
        paladin = Organisation.objects.get(slug="paladin")
        values = {name: getattr(paladin, name) for name in directory.FIELDS}
        values |= {"what_for": "Support for people at high risk from stalking. They also have a worker for the young."}
        directory.change_organisation(
            organisation=paladin, key=uuid7(), version=paladin.version, values=values, by=ruth
        )


def _tell(case: Case, told: Mapping[str, Any], people: Mapping[str, User]) -> None:
    case = Case.objects.select_related("victim__user").get(pk=case.pk)
    by = people[WORKERS[told["case"]]]
    with at(days_ago(told["days"])), acting_as(by.pk):
        signpost = signposting.tell_victim(
            case=case,
            organisation=Organisation.objects.get(slug=told["entry"]),
            key=uuid7(),
            values={"need": told["need"], "told_how": told["how"], "words": told["words"]},
            by=by,
        )
    with at(days_ago(told["days"] - 2)):
        _afterwards(signpost, told, by, case.victim.user)


def _afterwards(signpost: Signpost, told: Mapping[str, Any], by: User, her: User | None) -> None:
    """What became of it two days later."""
    if told.get("is_read") and her is not None:
        with acting_as(her.pk):
            signposting.mark_signposts_read(signposts=[signpost], by=her)
    with acting_as(by.pk):
        if "back" in told:
            signposting.take_back_signpost(signpost=signpost, words=told["back"], by=by)
        if "outcome" in told:
            signposting.record_outcome(signpost=signpost, key=uuid7(), outcome=told["outcome"], by=by)


WORKERS = {"hannah": "priya", "grace": "priya", "bethan": "tom"}
