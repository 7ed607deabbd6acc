"""What a worker does for a letter: print it once, and keep the file."""

from base64 import b64decode
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import Action
from cases.models import Consent
from jobs import child
from jobs.child import ChildFailed
from jobs.working import JobFailed, Superseded, Work
from nsvcs.days import day_words
from nsvcs.fonts import write_fonts_conf
from nsvcs.storage import StorageError, file_store
from referrals.letters.pages import CSS, NUMBERS, letter_html
from referrals.models import Letter, LetterFile, LetterGiven, LetterTaking

RENDER = "referrals.letters.printing:render"
MEMORY_MB, SECONDS = 1536, 60


def make_letter(work: Work) -> None:
    """Make the PDF of one letter with the rights its maker has now. Audited.

    Raises:
        JobFailed: it cannot be printed or kept; the letter's page says so.
        Superseded: another worker has it in hand.
    """
    with work.acting():
        letter = Letter.objects.select_related("by").get(pk=work.object_id)
        if LetterFile.objects.filter(letter=letter).exists():
            return
        html = letter_html(letter)
    made = _printed(html)
    try:
        stored = file_store().store(BytesIO(b64decode(made["pdf"])))
    except StorageError as failure:
        raise JobFailed(f"storage_{type(failure).__name__.lower()}") from None
    try:
        with work.acting():
            kept = {"storage_name": stored.name, "sha256": stored.sha256, "size_bytes": stored.size_bytes}
            LetterFile.objects.create(letter=letter, case_id=letter.case_id, page_count=made["pages"], **kept)
            detail = {"sha256": stored.sha256, "pages": made["pages"]}
            record(Action.LETTER_MADE, target=letter, case_ids=[letter.case_id], detail=detail)
            work.finish()
    except Superseded:
        file_store().remove_orphan(stored.name)
        raise


def letters_under(consent: Consent, work: Work) -> list[str]:
    """Say of an agreement that was taken back which letters had gone under it, and which were only downloaded for it.

    Nothing more leaves: the gate is asked each time. What has gone cannot be called back.
    """
    gone = LetterGiven.objects.filter(consent=consent).order_by("at")
    left = {given.letter_id for given in gone}
    taken = LetterTaking.objects.filter(consent=consent).exclude(letter__in=left).order_by("at")
    said = [
        _("A letter had left for %(to)s on %(day)s: tell them if the victim wants that.")
        % {"to": given.to_name, "day": day_words(given.on)}
        for given in gone
    ]
    if taken.exists():
        said.append(
            _("A letter was downloaded for it and is not recorded as gone: destroy the copy, and do not send it.")
        )
    return said


def _printed(html: str) -> dict[str, Any]:
    told = {"html": html, "css": CSS.read_text("utf-8"), "numbers": NUMBERS}
    with TemporaryDirectory() as folder:  # for the list of fonts alone: nothing of a letter is written there
        told["fonts_conf"] = str(write_fonts_conf(Path(folder)))
        try:
            return child.run(RENDER, told, memory_mb=MEMORY_MB, seconds=SECONDS).result
        except ChildFailed as failure:
            raise JobFailed(failure.code) from None
