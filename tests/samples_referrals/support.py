"""An episode of support that is active, with a session."""

from typing import Any

from django.utils import timezone

from nsvcs.access import Role
from referrals.models import EpisodeAim, EpisodeMove, SessionNote, SupportEpisode, SupportService, SupportSession
from tests.sampling import of_case


def make(side: Any) -> dict[str, Any]:
    """One episode, its goal, its first move and a session."""
    worker, today = side.people[Role.CASEWORKER], timezone.localdate()
    service = SupportService.objects.get_or_create(
        code="advocacy",
        defaults={"name": "Advocacy", "kind": "advocacy", "what": "x", "source": "x", "confidence": "G"},
    )[0]
    episode = SupportEpisode.objects.create(
        case=side.case, service=service, state="active", offered_on=today, offered_by=worker
    )
    of_it = {"episode": episode, "case": side.case}
    EpisodeAim.objects.create(**of_it, version=1, goal="to be heard", needs=["safety"], by=worker)
    EpisodeMove.objects.create(**of_it, to_state="active", on=today, by=worker)
    session = SupportSession.objects.create(
        **of_it, at=timezone.now(), minutes=30, mode="phone", attendance="attended", worker=worker, recorded_by=worker,
        content_class="emotional",
    )  # fmt: skip
    SessionNote.objects.create(
        session=session, case=side.case, kind="note", content_class="emotional", text="x", by=worker
    )
    return {"episode": episode, "session": session}


EPISODE = of_case(pk=lambda side: side.more["episode"].pk)
SESSION = of_case(pk=lambda side: side.more["episode"].pk, session_id=lambda side: side.more["session"].pk)
PARAMETERS = {
    **dict.fromkeys(("referrals:episodes", "referrals:episode_new", "referrals:services"), of_case()),
    **dict.fromkeys(
        (f"referrals:{name}" for name in ("episode", "episode_move", "episode_aim", "episode_review", "session_new")),
        EPISODE,
    ),
    **dict.fromkeys(("referrals:session", "referrals:session_correct"), SESSION),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH: set[str] = set()
PAGE_COUNT = {"referrals": 10}
