"""What she ticked to keep out of papers stays out of every bundle, whatever is shown; her own copies have it."""

from datetime import date

import pytest

from bundles.actions import request_bundle
from bundles.models import Shown
from bundles.selection.contents import to_json
from bundles.selection.freezing import contents_of
from logs.actions import add_translation, record_incident
from logs.models import Caption, Incident
from logs.private import PARTS
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.test_actions import photo
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRETS = {field: f"Quixotic {place} words" for place, field in enumerate(PARTS)}


@pytest.fixture
def worker():
    return UserFactory()


def told(case, worker, **changes):
    entries = list(Incident.objects.filter(case=case).values_list("pk", flat=True))
    said = {
        "key": uuid7(), "entry_ids": entries, "evidence_ids": [], "recipient": "police", "recipient_name": "",
        "purpose": "A report", "date_from": None, "date_to": None, "shown": Shown.values,
    }  # fmt: skip
    with acting_as(worker.pk):
        return to_json(contents_of(request_bundle(case=case, by=worker, **said | changes), worker))


def write(case, **changes):
    fields = {"occurred_on": date(2026, 6, 3), **SECRETS} | changes
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[], by=case.victim.user)
    return Incident.objects.get(case=case)


@pytest.mark.parametrize("field", PARTS)
@pytest.mark.parametrize("recipient", ["police", "court", "solicitor"])
def test_a_part_kept_out_of_papers_is_in_no_bundle_with_everything_ticked(worker, field, recipient):
    case = CaseFactory(portal=True, worker=worker)
    entry = write(case, never_disclose=[field])
    if field not in {"helped_by", "police_reference"}:  # names and numbers are not translated
        with acting_as(worker.pk):
            add_translation(
                key=uuid7(), incident=entry, piece=field, language_to="pl", text=f"{SECRETS[field]} po polsku",
                role="interpreter", name="", translated_on=date(2026, 6, 4), by=worker,
            )  # fmt: skip
    found = told(case, worker, recipient=recipient)
    assert SECRETS[field] not in found
    assert entry.digest not in found  # somebody could try what was left out until it fits
    assert [name for name, words in SECRETS.items() if words not in found] == [field]


def test_with_everything_ticked_and_nothing_kept_out_an_entry_is_whole(worker):
    case = CaseFactory(portal=True, worker=worker)
    entry = write(case)
    found = told(case, worker)
    assert [words for words in (*SECRETS.values(), entry.digest) if words not in found] == []


def test_what_is_said_of_a_file_is_kept_out_with_the_words_about_evidence(worker):
    case = CaseFactory(portal=True, worker=worker)
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He came.", "never_disclose": ["evidence_words"]}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[photo()], by=case.victim.user)
    file = Incident.objects.get(case=case).evidence.get()
    Caption.objects.create(
        evidence=file, case=case, number=1, shows="Quixotic gate", source="portal", said_by=case.victim.user,
        said_at=file.arrived_at, digest="0" * 64,
    )  # fmt: skip
    assert "Quixotic" not in told(case, worker, evidence_ids=[file.pk])
