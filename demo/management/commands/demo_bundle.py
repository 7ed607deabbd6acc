"""Have the worker build one bundle of the long log."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from bundles.actions import ask_draft, keep_step, start_draft
from bundles.drafting import STEPS, Choice
from bundles.models import Bundle, Purpose, Shown
from bundles.recipients import candidates
from cases.models import Case
from demo.people import demo_json, read_sign_ins, read_story_case
from nsvcs import celery as _celery  # noqa: F401 - or a wake-up seeks a broker elsewhere
from nsvcs import embedded
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store


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
        bundle = _wait(_ask(by), by, options["seconds"])
        self.stdout.write(str(_copy(bundle)))


def _ask(by: User) -> Bundle:
    """The whole log for the officer in the case, what was withdrawn left out, as the pages would choose it."""
    with acting_as(by.pk):
        case = Case.objects.visible_to(by).get(pk=read_story_case(demo_json()))
        officer = next(each for each in candidates(case, Purpose.ORDER, by) if ":professional:" in each.ref)
        draft = start_draft(key=uuid7(), case=case, by=by)
        choice = Choice(
            Purpose.ORDER, officer.ref, producer=f"user:{by.pk}", shown=(Shown.FILE_NAMES,),
            done=tuple(step for step in STEPS if step != "check"),
        )  # fmt: skip
        draft = keep_step(draft=draft, version=draft.version, step="check", changes=choice.answers(), by=by)
        return ask_draft(draft=draft, version=draft.version, by=by)


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
