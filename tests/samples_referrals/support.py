"""An episode of support that is active, with a session; beside it a note of the case that is kept apart."""

from typing import Any

from django.utils import timezone

from cases.models import Note
from nsvcs.access import CASEWORK, Role
from referrals.models import EpisodeAim, EpisodeMove, SessionNote, SupportEpisode, SupportService, SupportSession
from tests.sampling import of, of_case

OF_EPISODE = ("episode", "episode_move", "episode_aim", "episode_review", "session_new")
OF_SESSION = ("session", "session_correct")


def make(side: Any) -> dict[str, Any]:
    """One episode, its goal, its first move and a session."""
    worker = side.people[Role.CASEWORKER]
    session = given(side.case, worker)
    return {"episode": session.episode, "session": session, "apart": apart(side.case, worker)}


def apart(case: Any, worker: Any) -> Note:
    """A note that the timeline does not show."""
    found: Note = Note.objects.create(case=case, text="x", content_class="emotional", by=worker)
    return found


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
    note = Note.objects.kept_apart().filter(case=world.case).first() or apart(world.case, world.worker)
    return {
        "cases:kept_apart": {"pk": world.case.pk, "row_id": note.pk},
        **{f"referrals:{name}": of_it for name in OF_EPISODE},
        **{f"referrals:{name}": of_it | {"session_id": session.pk} for name in OF_SESSION},
    }


EPISODE = of_case(pk=lambda side: side.more["episode"].pk)
SESSION = of_case(pk=lambda side: side.more["episode"].pk, session_id=lambda side: side.more["session"].pk)
PARAMETERS = {
    "cases:kept_apart": of(pk=lambda side: side.case.pk, row_id=lambda side: side.more["apart"].pk),
    **dict.fromkeys(("referrals:episodes", "referrals:episode_new", "referrals:services"), of_case()),
    **dict.fromkeys((f"referrals:{name}" for name in OF_EPISODE), EPISODE),
    **dict.fromkeys((f"referrals:{name}" for name in OF_SESSION), SESSION),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH: set[str] = set()
PAGE_COUNT = {"cases": 1, "referrals": 10}
