"""What she ticked to keep out of papers stays out of every bundle, whatever is shown; her own copies have it."""

from datetime import date

import pytest
from django.utils import timezone

from bundles.actions import request_bundle
from bundles.building.own_copies import _contents as own_contents
from bundles.disclosure.protected import terms_to_look_for
from bundles.models import Bundle, OwnCopy, Shown
from bundles.selection.contents import to_json
from bundles.selection.freezing import contents_of
from cases.actions import protect_words
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


@pytest.mark.parametrize("field", PARTS)
def test_her_own_copy_has_what_she_keeps_out_of_papers_for_others_whoever_makes_it(worker, field):
    case = CaseFactory(portal=True, worker=worker)
    entry = write(case, never_disclose=[field])
    by_staff = told(case, worker, recipient="victim")
    assert [words for words in (*SECRETS.values(), entry.digest) if words not in by_staff] == []
    assert "[not disclosed]" not in by_staff
    copy = OwnCopy.objects.create(user=case.victim.user, case=case, asked_at=timezone.now())
    with acting_as(case.victim.user_id):
        by_herself = own_contents(copy, case.victim.user)
    assert [one.what_happened for one in by_herself.entries] == [SECRETS["what_happened"]]
    assert not [words for words in SECRETS.values() if words not in to_json(by_herself)]


def test_her_own_copy_has_what_is_never_to_be_shown_to_others(worker):
    case = CaseFactory(portal=True, worker=worker)
    write(case, what_happened="My new name is Quixotic Bluebell.")
    with acting_as(worker.pk):
        protect_words(
            case=case, key=uuid7(), kind="always", words="Bluebell", with_first_name=False, in_any_case=False, by=worker
        )
    assert "Bluebell" not in told(case, worker)
    assert "Bluebell" in told(case, worker, recipient="victim")
    with acting_as(worker.pk):
        bundle = Bundle.objects.get(recipient="victim")
        assert terms_to_look_for(bundle, worker) == ()


def test_what_she_asks_to_be_left_out_of_her_copy_is_left_out(worker):
    """A copy that lies at home may be found there: an address is one tick away."""
    case = CaseFactory(portal=True, worker=worker)
    write(case, what_happened="He rang me on 07700 900123.")
    shown = [kind for kind in Shown.values if kind != "phones"]
    assert "900123" not in told(case, worker, recipient="victim", shown=shown)
