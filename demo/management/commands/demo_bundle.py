"""Have the worker build one bundle of the long log."""

import os
import shutil
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid5

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from bundles.actions import ask_draft, keep_step, start_draft
from bundles.actions.redacting import redact_text
from bundles.choosing.drafting import STEPS, Choice
from bundles.choosing.recipients import candidates
from bundles.disclosure.pieces import piece_of
from bundles.models import Bundle, BundleDraft, Purpose, Redaction, Shown
from cases.actions import protect_words
from cases.models import Case, ProtectedKind
from demo.people import demo_json, read_sign_ins, read_story_case
from demo.releasing import release_bundles
from logs.models import Incident
from nsvcs import celery as _celery  # noqa: F401 - or a wake-up seeks a broker elsewhere
from nsvcs import embedded
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store

# What a reader needs to follow the log. A letter among the files names where she works: without that tick the gate
# would hold the bundle back.
SHOWN = (Shown.FILE_NAMES, Shown.PLACES, Shown.CHILDREN, Shown.THIRD_PARTIES, Shown.WORKPLACE)
PROTECTED = (
    (ProtectedKind.CHILDREN, "Alfie"),
    (ProtectedKind.WORKPLACE, "Broadmere Leisure Centre"),
    (ProtectedKind.ROUTINE, "running club"),
    (ProtectedKind.SCHOOL, "Mill Reach Primary"),
)
ANSWERED = tuple(step for step in STEPS if step != "check")
OTHERS_COVER_DAYS = 30
MOST_SECONDS = 60


class Command(BaseCommand):
    """`manage.py demo_bundle`: asks as the caseworker, waits for the worker, prints the path of a copy."""

    help = "Have the worker build one evidence bundle of the demo's long log; prints where a copy of it lies."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long to wait."""
        parser.add_argument("--seconds", type=float, default=240, help="give up waiting for the worker after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, wait, copy.

        Raises:
            CommandError: the demo is not loaded, or the bundle was not made.
        """
        if not demo_json().exists():
            raise CommandError("The demo is not loaded here. Load it with: manage.py demo")
        sign_in = next(each.sign_in for each in read_sign_ins(demo_json()) if each.key == "priya")
        by = User.objects.get_by_natural_key(sign_in)
        _protect(by)
        bundle = _wait(_ask(by), by, options["seconds"])
        _let_out(_other_editions(by), by)
        self.stdout.write(str(_copy(bundle)))


def _protect(by: User) -> None:
    """Words of the case that papers for others are kept free of."""
    with acting_as(by.pk):
        case = Case.objects.visible_to(by).get(pk=read_story_case(demo_json()))
        for kind, words in PROTECTED:
            protect_words(
                case=case, key=uuid5(case.pk, words), kind=kind, words=words, with_first_name=False, in_any_case=False,
                by=by,
            )  # fmt: skip


def _redact(draft: BundleDraft, by: User) -> None:
    """Take one impact on her health out of the choice that is left unfinished."""
    rows = Incident.objects.visible_to(by).filter(case_id=draft.case_id).chronological()
    entry = next(row for row in rows if "GP" in row.impact)
    piece = piece_of(entry.case, Redaction.Target.ENTRY, entry.pk, "impact", by)
    if piece is not None:
        start = piece.text.index("The GP") if "The GP" in piece.text else 0
        redact_text(
            draft=draft, piece=piece, spans=[(start, len(piece.text))], digest=piece.digest, reason="health",
            words="Not needed for the charge; agreed with her.", by=by,
        )  # fmt: skip


def _ask(by: User, purpose: Purpose = Purpose.ORDER, **more: Any) -> Bundle:
    """What was withdrawn left out, for the first who may get it, as the pages would choose it."""
    with acting_as(by.pk):
        draft = _choose(by, purpose, ANSWERED, **more)
        return ask_draft(draft=draft, version=draft.version, by=by)


def _choose(by: User, purpose: Purpose, done: Sequence[str], **more: Any) -> BundleDraft:
    case = Case.objects.visible_to(by).get(pk=read_story_case(demo_json()))
    someone = candidates(case, purpose, by)[0]
    draft = start_draft(key=uuid7(), case=case, by=by)
    shown = tuple(Shown) if purpose == Purpose.OWN_COPY else SHOWN  # nothing is kept from her
    told = {"producer": f"user:{by.pk}", "shown": shown, "done": tuple(done)} | more
    choice = Choice(purpose, someone.ref, **told)
    return keep_step(draft=draft, version=draft.version, step=done[-1], changes=choice.answers(), by=by)


def _let_out(bundles: Sequence[Bundle], by: User) -> None:
    """Bring some of them onto their ways out; the bundle of the whole log stays with what its checks found."""
    second = User.objects.get_by_natural_key(
        next(each.sign_in for each in read_sign_ins(demo_json()) if each.key == "ruth")
    )
    for bundle in bundles:
        release_bundles(_wait(bundle, by, MOST_SECONDS), by, second, MOST_SECONDS)


def _other_editions(by: User) -> list[Bundle]:
    """Bundles of other editions, of the last weeks alone; and a choice left unfinished."""
    weeks = {"date_from": timezone.localdate() - timedelta(days=OTHERS_COVER_DAYS)}
    asked = [
        _ask(by, purpose, **weeks | ({"shown": ()} if purpose == Purpose.OTHER_SIDE else {}))
        for purpose in (Purpose.FAMILY, Purpose.OTHER_SIDE, Purpose.OWN_COPY)
    ]
    with acting_as(by.pk):
        _redact(_choose(by, Purpose.PROSECUTION, ("purpose", "recipient", "days")), by)
    return asked[1:]


def _wait(bundle: Bundle, by: User, seconds: float) -> Bundle:
    """The bundle, made by the worker.

    Raises:
        CommandError: it could not be made, or not in time.
    """
    until = time.monotonic() + seconds
    while True:
        with acting_as(by.pk):
            bundle = Bundle.objects.visible_to(by).get(pk=bundle.pk)
        if bundle.is_ready:
            return bundle
        if bundle.state == Bundle.State.FAILED:
            raise CommandError(f"The bundle could not be made ({bundle.error_code} {bundle.error_item}).".strip())
        if time.monotonic() > until:
            raise CommandError("The worker has not made the bundle yet; it is made all the same.")
        time.sleep(0.5)


def _copy(bundle: Bundle) -> Path:
    """A copy beside the data, readable by this account of the machine alone, under a name that says nothing."""
    path = embedded.VAR / f"document-{str(bundle.pk)[-6:]}.pdf"
    with (
        file_store().open(bundle.storage_name) as made,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
    ):
        shutil.copyfileobj(made, file)
    return path
