"""An episode of support that is active, with a session."""

from typing import Any

from django.utils import timezone

from nsvcs.access import CASEWORK, Role
from referrals.models import EpisodeAim, EpisodeMove, SessionNote, SupportEpisode, SupportService, SupportSession
from tests.sampling import of_case

OF_EPISODE = ("episode", "episode_move", "episode_aim", "episode_review", "session_new")
OF_SESSION = ("session", "session_correct")


def make(side: Any) -> dict[str, Any]:
    """One episode, its goal, its first move and a session."""
    session = given(side.case, side.people[Role.CASEWORKER])
    return {"episode": session.episode, "session": session}


def given(case: Any, worker: Any) -> SupportSession:
    """The session of an episode of this case."""
    said = {"name": "Advocacy", "kind": "advocacy", "what": "x", "source": "x", "confidence": "G"}
    service, today = SupportService.objects.get_or_create(code="advocacy", defaults=said)[0], timezone.localdate()
    episode = SupportEpisode.objects.create(
        case=case, service=service, state="active", offered_on=today, offered_by=worker
    )
    of_it = {"episode": episode, "case": case}
    EpisodeAim.objects.create(**of_it, version=1, goal="to be heard", needs=["safety"], by=worker)
    EpisodeMove.objects.create(**of_it, to_state="active", on=today, by=worker)
    session = SupportSession.objects.create(
        **of_it, at=timezone.now(), minutes=30, mode="phone", attendance="attended", worker=worker, recorded_by=worker,
        content_class="emotional",
    )  # fmt: skip
    SessionNote.objects.create(session=session, case=case, kind="note", content_class="emotional", text="x", by=worker)
    return session


def browse(world: Any, role: str) -> dict[str, dict[str, Any]]:
    """The same for the walk."""
    if role not in CASEWORK:
        return {}
    session = SupportSession.objects.filter(case=world.case).first() or given(world.case, world.worker)
    of_it = {"case_id": world.case.pk, "pk": session.episode_id}
    return {
        **{f"referrals:{name}": of_it for name in OF_EPISODE},
        **{f"referrals:{name}": of_it | {"session_id": session.pk} for name in OF_SESSION},
    }


EPISODE = of_case(pk=lambda side: side.more["episode"].pk)
SESSION = of_case(pk=lambda side: side.more["episode"].pk, session_id=lambda side: side.more["session"].pk)
PARAMETERS = {
    **dict.fromkeys(("referrals:episodes", "referrals:episode_new", "referrals:services"), of_case()),
    **dict.fromkeys((f"referrals:{name}" for name in OF_EPISODE), EPISODE),
    **dict.fromkeys((f"referrals:{name}" for name in OF_SESSION), SESSION),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH: set[str] = set()
PAGE_COUNT = {"referrals": 10}
