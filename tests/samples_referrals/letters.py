"""A letter with its file, which may be downloaded to hand it to the victim."""

import io
from typing import Any

from django.utils import timezone

from nsvcs.access import CASEWORK, Role
from nsvcs.storage import file_store
from referrals.models import Letter, LetterFile, LetterTemplate
from tests.sampling import of_case

OF_LETTER = ("letter", "letter_state", "letter_take", "letter_give")


def make(side: Any) -> dict[str, Any]:
    """One letter of one template."""
    return {"letter": written(side.case, side.people[Role.CASEWORKER])}


def written(case: Any, worker: Any) -> Letter:
    """A letter of this case, with a file."""
    said = {"kind": "housing", "name": "Letter", "subject": "{name}", "text": "{name}, {crime}: {request}"}
    in_force = {"in_force_on": timezone.localdate(), "source": "x", "confidence": "G"}
    template = LetterTemplate.objects.get_or_create(key="sample", version=1, defaults=said | in_force)[0]
    letter = Letter.objects.create(
        case=case, template=template, to_name="Housing office", name_used="Anna", subject="Anna", text="x\n\n- y",
        dated_on=timezone.localdate(), by=worker,
    )  # fmt: skip
    stored = file_store().store(io.BytesIO(b"%PDF not one"))
    kept = {"sha256": stored.sha256, "size_bytes": stored.size_bytes, "page_count": 1}
    LetterFile.objects.create(letter=letter, case=case, storage_name=stored.name, **kept)
    return letter


def browse(world: Any, role: str) -> dict[str, dict[str, Any]]:
    """The same for the walk."""
    if role not in CASEWORK:
        return {}
    letter = Letter.objects.filter(case=world.case).first() or written(world.case, world.worker)
    of_it = {f"referrals:{name}": {"case_id": world.case.pk, "pk": letter.pk} for name in OF_LETTER}
    return of_it | {"referrals:letter_write": {"case_id": world.case.pk, "key": "sample"}}


PARAMETERS = {
    **dict.fromkeys((f"referrals:{name}" for name in ("letters", "letter_templates", "letter_new")), of_case()),
    "referrals:letter_write": of_case(key=lambda side: "sample"),
    **dict.fromkeys((f"referrals:{name}" for name in OF_LETTER), of_case(pk=lambda side: side.more["letter"].pk)),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH = {"referrals:letter_take"}
PAGE_COUNT = {"referrals": 8}
