"""A small world with two sides, and for each address the parameters that lead to one side's things.

A new page needs an entry in `PARAMETERS` if its address has parameters, its room's number in `PAGE_COUNT`, and a
line in `ROLES` if it is for other people than most pages of its room.
"""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import Team, User, WorkingTimeReduction
from bundles.choosing.drafting import Choice
from bundles.models import Bundle, BundleCheck, BundleDraft, BundleRelease, GateRun, OwnCopy
from cases.actions.sharing import digest_of
from cases.models import Case, CaseGrant, CasePerpetrator, Professional, ProtectedTerm, ShareLink, Task
from logs.models import (
    Arrival,
    CustodyEvent,
    Draft,
    Evidence,
    EvidenceLock,
    ImportBatch,
    ImportLine,
    Incident,
    Rendition,
    Scan,
)
from nsvcs.access import CASEWORK, EVERYONE, Role
from nsvcs.ids import uuid7
from nsvcs.partials import Partial
from nsvcs.storage import file_store
from portal.addresses import letters_of
from tests.factories import (
    AllocationFactory,
    CaseFactory,
    CasePerpetratorFactory,
    EvidenceFactory,
    IncidentFactory,
    TeamFactory,
    UserFactory,
)
from tests.samples_referrals import equipment, letters, onward, restorative, signposting, support
from tests.sampling import Parameters, of, of_case

# Samples of further rooms, a module for each part, as this one: `make(side)` gives what its pages need in `side.more`.
ROOMS: tuple[Any, ...] = (restorative, support, letters, onward, signposting, equipment)

CHOSEN = ("purpose", "recipient", "days", "items", "order", "shown", "cover")
PICTURE = b"not a picture, but bytes that can be sent"


@dataclass
class Side:
    """One team's people and their one case with a thing of each kind."""

    team: Team
    people: dict[str, User]
    case: Case
    incident: Incident
    evidence: Evidence
    bundle: Bundle
    draft: Draft
    batch: ImportBatch
    leave: WorkingTimeReduction
    colleague: User
    task: Task
    grant: CaseGrant
    perpetrator: CasePerpetrator
    professional: Professional
    coming: dict[str, Arrival]
    locked: Evidence
    own_copy: OwnCopy
    infected: Evidence
    check: BundleCheck
    release: BundleRelease
    choosing: dict[str, BundleDraft]
    token: str
    more: dict[str, Any] = field(default_factory=dict)


def make_side(team_name: str, entry_number: int) -> Side:
    """A team with one person of each role, and a case that its caseworker, manager and victim may open."""
    team = TeamFactory(name=team_name)
    staff = {role: UserFactory(role=role, profile__team=team) for role in Role if role != Role.VICTIM}
    worker = staff[Role.CASEWORKER]
    case = CaseFactory(portal=True, team=team)
    AllocationFactory(case=case, worker=worker)
    her = case.victim.user
    incident = IncidentFactory(case=case, recorded_by=her, number=entry_number)
    stored = file_store().store(io.BytesIO(PICTURE))
    kept = {"size_bytes": stored.size_bytes, "sha256": stored.sha256}
    evidence = EvidenceFactory(
        incident=incident, uploaded_by=her, storage_name=stored.name, media_type="video/mp4", **kept
    )
    copy = {"evidence": evidence, "case": case, "recipe": "test", "state": "ok", "media_type": "image/webp"}
    for kind in ("page", "sheet", "text"):
        Rendition.objects.create(kind=kind, storage_name=stored.name, **copy, **kept)
    Rendition.objects.create(kind="document", **copy | {"state": "refused", "error_code": "password"})
    asked = {
        "asked_by": worker,
        "asked_at": timezone.now(),
        "purpose": "for the police",
        "recipient": "police",
        "ready_at": timezone.now(),
    }
    bundle = Bundle.objects.create(case=case, state="ready", page_count=1, storage_name=stored.name, **asked, **kept)
    draft = Draft.objects.create(user=her, content='{"case": ""}', updated_at=timezone.now())
    brought = {"state": "review", "kind": "whatsapp", "asked_by": her, "asked_at": timezone.now(), "item_count": 1}
    batch = ImportBatch.objects.create(case=case, read_from=evidence, **brought)
    place = {"number": 1, "place_kind": "line", "place_number": 1}
    ImportLine.objects.create(batch=batch, case=case, outcome="item", problem="no_date", text="hello", **place)
    today = date(2026, 6, 3)
    leave = WorkingTimeReduction.objects.create(user=worker, starts_on=today, ends_on=today, recorded_by=worker.pk)
    colleague = UserFactory(profile__team=team)
    task = Task.objects.create(case=case, title="ring back", due_on=today)
    now, reader = timezone.now(), staff[Role.DATA_PROTECTION]
    period = {"starts_at": now, "ends_at": now + timedelta(days=1), "granted_by": worker.pk}
    grant = CaseGrant.objects.create(case=case, person=reader, kind="reader", reason="a request", **period)
    perpetrator = CasePerpetratorFactory(case=case)
    officer = Professional.objects.create(case=case, kind="officer", name="PC Lee Brandon")
    people = {**staff, Role.VICTIM: her}
    locked = EvidenceFactory(incident=incident, uploaded_by=her)
    said = {"evidence": locked, "case": case, "at": now}
    EvidenceLock.objects.create(is_locking=True, reason="other", words="", by=worker, **said)
    CustodyEvent.objects.create(kind="locked", by_id=worker.pk, by_role="caseworker", **said)
    sent = {Role.VICTIM: coming(her, draft.pk), Role.CASEWORKER: coming(worker, case=case)}
    gone = {"storage_name": stored.name, "state": "ready", "expires_at": now + timedelta(hours=1), **kept}
    own_copy = OwnCopy.objects.create(user=her, case=case, asked_at=now, **gone)
    infected = EvidenceFactory(incident=incident, uploaded_by=her)
    ProtectedTerm.objects.create(case=case, kind="places", words="the allotment", added_by=worker)
    Scan.objects.create(evidence=infected, case=case, attempt=1, state="infected", found="A virus", at=now)
    looked = {"bundle": bundle, "case": case}
    run = GateRun.objects.create(sha256=bundle.sha256, terms_mac="0" * 64, pages=1, at=now, **looked)
    found = {"code": "pictures", "colour": "red", "is_soft": True, "page": 1}
    check = BundleCheck.objects.create(run=run, **found, **looked)
    release = BundleRelease.objects.create(
        way="hand", to_name="Hub", approved_by=worker, sha256=bundle.sha256, at=now, run=run, **looked
    )
    chosen = Choice("report", f"police:professional:{officer.pk}", producer="victim", shown=(), done=CHOSEN).as_text()
    choosing = {
        role: BundleDraft.objects.create(case=case, user=staff[role], content=chosen, changed_at=now)
        for role in (Role.CASEWORKER, Role.MANAGER)
    }
    token = f"{team_name}-0123456789abcdef"
    opens = {"token_digest": digest_of(token), "passcode": "!", "expires_at": now + timedelta(days=7), "most_wrong": 5}
    what = {"what": "a sample", "object_id": release.pk, "to_name": "Hub", "media_type": "application/pdf"}
    ShareLink.objects.create(case=case, storage_name=stored.name, made_by=worker, made_at=now, **opens, **what, **kept)
    others = (perpetrator, officer, sent, locked, own_copy, infected, check, release, choosing, token)
    side = Side(team, people, case, incident, evidence, bundle, draft, batch, leave, colleague, task, grant, *others)
    for room in ROOMS:
        side.more |= room.make(side)
    return side


def coming(sender: User, key: UUID | None = None, case: Case | None = None) -> Arrival:
    """A file of which half has come."""
    arrival = Arrival(user=sender, entry_key=key or uuid7(), case_ref=case and case.pk, size_bytes=2 * len(PICTURE))
    arrival.letters, arrival.file_label = f"{arrival.pk.hex[-10:]}", "clip.mp4"
    arrival.pieces, arrival.received_bytes = [[len(PICTURE), hashlib.sha256(PICTURE).hexdigest()]], len(PICTURE)
    arrival.last_at = timezone.now()
    arrival.expires_at = arrival.last_at + timedelta(days=7)
    arrival.save(force_insert=True)
    Partial(arrival.pk).put(0, PICTURE)
    return arrival


COLLEAGUE = of(pk=lambda side: side.colleague.pk)
ENTRY = of_case(pk=lambda side: side.incident.pk)
BATCH = of_case(pk=lambda side: side.batch.pk)
HER_BATCH = of(letters=lambda side: letters_of(side.batch.pk))


def choice_of(side: Side) -> UUID:
    """The unfinished choice of the side's caseworker."""
    return side.choosing[Role.CASEWORKER].pk


DRAFT = of_case(pk=lambda side: side.choosing[Role.CASEWORKER].pk)
BUNDLE = of_case(pk=lambda side: side.bundle.pk)
RELEASE = of_case(pk=lambda side: side.bundle.pk, release=lambda side: side.release.pk)
CASE = of(pk=lambda side: side.case.pk)
TASK = of(pk=lambda side: side.case.pk, task_id=lambda side: side.task.pk)
HER_ENTRY = of(number=lambda side: side.incident.number)
HER_FILE = of(number=lambda side: side.incident.number, place=lambda side: 1)
HER_DRAFT = of(letters=lambda side: letters_of(side.draft.pk))
HER_COMING = of(letters=lambda side: side.coming[Role.VICTIM].letters)
COMING = of_case(letters=lambda side: side.coming[Role.CASEWORKER].letters)
IMPORT = ("batch", "questions", "review", "bring", "rest", "undo", "again", "more")
IN_A_CASE = (
    "detail timeline edit edit_victim safe_contact contact_new note_new task_new status allocate cover close reopen"
    " access grant wall restrict portal portal_end perpetrator_new professional_new messages messages_read contact_plan"
)

CHOOSING = (*CHOSEN, "core", "check", "discard")

PARAMETERS: dict[str, Parameters] = {
    "mfa_remove_webauthn": of(pk=lambda side: Authenticator.objects.get(user=side.people["caseworker"]).pk),
    "accounts:slip": of(pk=lambda side: side.people["victim"].pk),
    "accounts:staff_member": COLLEAGUE,
    "accounts:staff_role": COLLEAGUE,
    "accounts:staff_hours": COLLEAGUE,
    "accounts:staff_leave": COLLEAGUE,
    "accounts:staff_last_day": COLLEAGUE,
    "accounts:staff_end": COLLEAGUE,
    "accounts:staff_factors": COLLEAGUE,
    "accounts:leave_remove": of(pk=lambda side: side.leave.pk),
    "accounts:team": of(pk=lambda side: side.team.pk),
    **dict.fromkeys((f"cases:{name}" for name in IN_A_CASE.split()), CASE),
    "cases:task_done": TASK,
    "cases:task_undone": TASK,
    "cases:perpetrator_edit": of(pk=lambda side: side.case.pk, link_id=lambda side: side.perpetrator.pk),
    "cases:professional_edit": of(pk=lambda side: side.case.pk, professional_id=lambda side: side.professional.pk),
    "cases:grant_end": of(pk=lambda side: side.case.pk, grant_id=lambda side: side.grant.pk),
    "logs:list": of_case(),
    "logs:calendar": of_case(),
    "logs:patterns": of_case(),
    "logs:patterns_shown": of_case(),
    "logs:new": of_case(),
    "logs:autosave": of_case(),
    "logs:arrivals": of_case(),
    "logs:arrival": COMING,
    "logs:arrival_remove": COMING,
    "logs:entry": ENTRY,
    "logs:read": ENTRY,
    "logs:amend": ENTRY,
    "logs:withdraw": ENTRY,
    "logs:translate": ENTRY,
    "logs:file": of_case(pk=lambda side: side.evidence.pk),
    "logs:lock": of_case(pk=lambda side: side.evidence.pk),
    "logs:import_from": of_case(pk=lambda side: side.evidence.pk),
    "locks:end": of(pk=lambda side: side.locked.pk),
    "locks:again": of(pk=lambda side: side.infected.pk),
    "logs:original": of_case(pk=lambda side: side.evidence.pk),
    "logs:copy": of_case(pk=lambda side: side.evidence.pk, kind=lambda side: "page"),
    "logs:page": of_case(pk=lambda side: side.evidence.pk, number=lambda side: 1),
    "logs:says": of_case(pk=lambda side: side.evidence.pk),
    "logs:words": of_case(pk=lambda side: side.evidence.pk),
    "logs:about": of_case(pk=lambda side: side.evidence.pk),
    "logs:heard": of_case(pk=lambda side: side.evidence.pk),
    "logs:open": of_case(pk=lambda side: side.evidence.pk),
    "logs:imports": of_case(),
    "logs:import_new": of_case(),
    **dict.fromkeys((f"logs:import_{name}" for name in (*IMPORT, "progress")), BATCH),
    "logs:import_line": of_case(pk=lambda side: side.batch.pk, number=lambda side: 1),
    "bundles:list": of_case(),
    "bundles:new": of_case(),
    "bundles:presets": of_case(),
    **dict.fromkeys((f"bundles:draft_{name}" for name in CHOOSING), DRAFT),
    **dict.fromkeys((f"bundles:protected{more}" for more in ("", "_new", "_keep")), of_case()),
    "bundles:protected_end": of_case(pk=lambda side: ProtectedTerm.objects.get(case=side.case).pk),
    "bundles:redactions": of_case(draft=choice_of),
    "bundles:redaction_remove": of_case(draft=choice_of, pk=lambda side: side.bundle.pk),
    **dict.fromkeys(
        ("bundles:redact_page", "bundles:redact_picture"),
        of_case(
            draft=choice_of,
            pk=lambda side: side.evidence.pk,
            number=lambda side: 1,
        ),
    ),
    "bundles:redact_text": of_case(
        draft=choice_of,
        target=lambda side: "entry",
        pk=lambda side: side.incident.pk,
        field=lambda side: "what_happened",
    ),
    "bundles:detail": BUNDLE,
    "bundles:progress": BUNDLE,
    "bundles:again": BUNDLE,
    "bundles:cancel": BUNDLE,
    "bundles:download": BUNDLE,
    "bundles:release": BUNDLE,
    "bundles:gate": BUNDLE,
    **dict.fromkeys(
        ("bundles:alarm", "bundles:choose"), of_case(pk=lambda side: side.bundle.pk, check=lambda side: side.check.pk)
    ),
    "bundles:pages": BUNDLE,
    "bundles:page": of_case(pk=lambda side: side.bundle.pk, number=lambda side: 1),
    **dict.fromkeys((f"bundles:{name}" for name in ("given", "second", "recall", "take", "receipt")), RELEASE),
    "preview:home": of_case(),
    "preview:entries": of_case(),
    "preview:entry": of_case(number=lambda side: side.incident.number),
    "preview:advice": of_case(),
    "portal:draft": HER_DRAFT,
    "shared:open": of(token=lambda side: side.token),
    "portal:copy_file": of(letters=lambda side: letters_of(side.own_copy.pk)),
    "portal:file": HER_COMING,
    "portal:file_move": HER_COMING,
    "portal:file_remove": HER_COMING,
    "portal:step": of(letters=lambda side: letters_of(side.draft.pk), number=lambda side: 1),
    "portal:check": HER_DRAFT,
    "portal:discard": HER_DRAFT,
    "portal:entry": HER_ENTRY,
    "portal:saved": HER_ENTRY,
    "portal:entry_add": HER_ENTRY,
    "portal:entry_wrong": HER_ENTRY,
    "portal:entry_file": HER_FILE,
    "portal:entry_file_page": of(number=lambda side: side.incident.number, place=lambda side: 1, page=lambda side: 1),
    "portal:entry_file_where": HER_FILE,
    "portal:entry_file_said": HER_FILE,
    "portal:entry_file_about": HER_FILE,
    "portal:entry_file_open": HER_FILE,
    "portal:bring_from": HER_FILE,
    "portal:advice_page": of(number=lambda side: 1),
    "portal:advice_easy": of(number=lambda side: 1),
    **dict.fromkeys((f"portal:bring_{name}" for name in IMPORT), HER_BATCH),
    "portal:bring_line": of(letters=lambda side: letters_of(side.batch.pk), number=lambda side: 1),
    "referrals:hub": of_case(),
}
# Where even the right person finds nothing in this world: things of one's own, one's team's, or of loaded data.
MAY_BE_MISSING: dict[str, frozenset[str]] = {
    "accounts:slip": frozenset({"administrator"}),
    "bundles:page": EVERYONE,  # the sample's file is no PDF: there is no page to draw
    # Another person's unfinished choice is nobody else's; the sample's file is no picture to draw.
    **dict.fromkeys(("bundles:redactions", "bundles:redaction_remove", "bundles:redact_text"), frozenset({"manager"})),
    **dict.fromkeys(("bundles:redact_page", "bundles:redact_picture"), EVERYONE),
    "logs:arrival": frozenset({"manager"}),
    **dict.fromkeys((f"bundles:draft_{name}" for name in CHOOSING), frozenset({"manager"})),  # another's own
    "logs:import_from": EVERYONE,  # the sample is a picture: there are no messages in it
    "portal:bring_from": EVERYONE,
    "logs:arrival_remove": frozenset({"manager"}),
    "mfa_deactivate_totp": EVERYONE,
    "mfa_remove_webauthn": EVERYONE,
    "mfa_view_recovery_codes": EVERYONE,
    "portal:advice_page": EVERYONE,
    "portal:advice_easy": EVERYONE,
    "portal:counts": EVERYONE,
}
# A note typed at an address that leads nowhere any more is shown again, not thrown away.
KEEPS_WHAT_WAS_TYPED = {"portal:draft"}
# Not about a case: for the administrator one team's people are as good as another's.
SAME_FOR_ALL_SIDES = {name for name in PARAMETERS if name.startswith("accounts:")} - {"accounts:slip"}
SAME_FOR_ALL_SIDES |= {
    f"directory:{name}" for name in ("entry", "check", "edit", "retire", "bring_back")
}  # reference data
SAME_FOR_ALL_SIDES |= {"shared:open"}  # whoever has the link has the link
SAME_FOR_ALL_SIDES |= {"locks:end", "locks:again"}  # one lead for every team: told of each such file, and no more

# Pages of each room. A new page is a decision: whoever adds it says so here.
PAGE_COUNT = {
    "": 25,
    "accounts": 28,
    "cases": 34,
    "referrals": 1,
    "logs": 37,
    "locks": 3,
    "shared": 1,
    "bundles": 38,
    "portal": 60,
    "preview": 4,
    "reports": 1,
}
PUBLIC = {
    "accessibility",
    "check_file",
    "easy_read",
    "large_print",
    "sign_language",
    "privacy_notice",
    "safety_online",
    "account_login",
    "account_logout",
    "accounts:before",
    "accounts:recover",
    "accounts:recover_ask",
    "accounts:recover_asked",
    "accounts:safer_way",
    "accounts:start",
    "accounts:start_password",
    "exit",
    "health",
    "language",
    "mfa_authenticate",
    "portal:offline_page",
    "portal:worker",
    "shared:open",
    "signed_out",
}

# Who may open the pages of each room, said a second time: a mark widened by a slip of the pen is found here.
ROOM_ROLES: dict[str, frozenset[str]] = {
    "": EVERYONE,
    "accounts": EVERYONE,
    "cases": CASEWORK,
    "logs": CASEWORK,
    "bundles": CASEWORK,
    "referrals": CASEWORK,
    "locks": frozenset({Role.DATA_PROTECTION}),
    "preview": CASEWORK,
    "portal": frozenset({Role.VICTIM}),
    "reports": frozenset({Role.MANAGER}),
}
MANAGERS_CASES = "reason allocate cover grant grant_end wall restrict"
ADMINISTRATORS = (
    "staff invite staff_member staff_role staff_hours staff_leave staff_last_day staff_end staff_factors leave_remove"
    " teams team_new team"
)
ROLES: dict[str, frozenset[str]] = {
    **dict.fromkeys((f"cases:{name}" for name in MANAGERS_CASES.split()), frozenset({Role.MANAGER})),
    **dict.fromkeys(
        (f"cases:{name}" for name in ("list", "detail", "timeline", "access")), CASEWORK | {Role.DATA_PROTECTION}
    ),
    **dict.fromkeys((f"accounts:{name}" for name in ADMINISTRATORS.split()), frozenset({Role.ADMINISTRATOR})),
    **dict.fromkeys(("logs:file", "logs:lock"), CASEWORK | {Role.DATA_PROTECTION}),
    "accounts:sign_in_name": frozenset({Role.VICTIM}),
    "accounts:slip": CASEWORK | {Role.ADMINISTRATOR},
}
FRESH = {
    "accounts:invite",
    "accounts:password",
    "accounts:sign_in_name",
    "accounts:sign_ins_end",
    "accounts:slip",
    "accounts:staff_end",
    "accounts:staff_factors",
    "accounts:staff_last_day",
    "bundles:download",
    "bundles:alarm",
    "bundles:release",
    "bundles:second",
    "bundles:take",
    "cases:portal",
    "cases:portal_end",
    "cases:safe_contact",
    "logs:original",
    "portal:copy",
    "portal:copy_file",
    "portal:account_end",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
POLLS = {
    "logs:import_progress",
    "logs:arrivals",
    "portal:files",
    "portal:offline_key",
    "accounts:time_left",
    "bundles:progress",
    "referrals:letter_state",
}
for room in ROOMS:
    PARAMETERS |= room.PARAMETERS
    MAY_BE_MISSING |= room.MAY_BE_MISSING
    ROLES |= room.ROLES
    ROOM_ROLES |= room.ROOM_ROLES
    FRESH |= room.FRESH
    SAME_FOR_ALL_SIDES |= getattr(room, "SAME_FOR_ALL_SIDES", set())
    for name, count in room.PAGE_COUNT.items():
        PAGE_COUNT[name] = PAGE_COUNT.get(name, 0) + count
