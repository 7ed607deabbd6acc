"""From a red find to a new choice like the bundle's, opened where the find is mended, and to a bundle without it."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bundles.actions import ask_draft, choose_again
from bundles.choosing.again import choice_again
from bundles.choosing.drafting import STEPS, Choice
from bundles.models import Bundle, BundleCheck, BundleDraft, BundleFile, Redaction
from bundles.views.redacting import ENTRIES_A_PAGE
from cases.models import ProtectedTerm
from jobs.actions import run_due
from jobs.models import Job
from logs.actions import amend, withdraw
from logs.models import Amendment, Evidence, Incident, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from reference.loading import load_reference
from tests.bundles.leaving import looked_over
from tests.bundles.test_choosing import case, draft_of, letter, said, worker, write
from tests.bundles.test_reading_ahead import scan
from tests.factories import UserFactory
from tests.signing_in import sign_in

__all__ = ["case", "worker"]
pytestmark = pytest.mark.django_db
MAP = {"entries": {"1": 3, "2": 4}, "exhibits": {"E1": [7, 8]}, "pages": 9}


def asked(case: Any, worker: Any, **changes: Any) -> Bundle:
    """A bundle asked for through a draft."""
    draft = draft_of(case, worker, **changes)
    with acting_as(worker.pk):
        return ask_draft(draft=draft, version=draft.version, by=worker)


def finished(bundle: Bundle, page_map: dict[str, Any] | None = None) -> Bundle:
    """The bundle as if it had been made, with a list beside it."""
    stored = file_store().store(BytesIO(json.dumps({"page_map": page_map or MAP}).encode()))
    kept = {"storage_name": stored.name, "sha256": stored.sha256, "size_bytes": stored.size_bytes}
    BundleFile.objects.create(bundle=bundle, case=bundle.case, kind="list", made_at=timezone.now(), **kept)
    Bundle.objects.filter(pk=bundle.pk).update(state="ready", ready_at=timezone.now(), page_count=9, **kept)
    return Bundle.objects.select_related("asked_by", "case__victim").get(pk=bundle.pk)


def again(bundle: Bundle, by: Any) -> Choice:
    with acting_as(by.pk):
        return choice_again(Bundle.objects.select_related("case__victim").get(pk=bundle.pk), by)


@pytest.fixture
def log(case: Any) -> list[Incident]:
    """Four entries: with a letter, with a later note, withdrawn, and one more."""
    load_reference()
    entries = [write(case, 1, files=[letter()]), write(case, 3), write(case, 5), write(case, 7)]
    amend(key=uuid7(), incident=entries[1], text="I forgot the time.", by=case.victim.user)
    withdraw(key=uuid7(), incident=entries[2], reason="It was another day.", by=case.victim.user)
    return entries


CHOICES: dict[str, dict[str, Any]] = {
    "everything": {},
    "some days and kinds": {
        "date_from": timezone.localdate().replace(2026, 6, 2), "date_to": timezone.localdate().replace(2026, 6, 6),
        "file_kinds": ("pictures",), "has_notes": False,
    },
    "its cover and parts": {
        "on_cover": ("crime_reference",), "is_full_name": True, "sections": ("exhibits", "chronology"),
        "files_by_entry": True, "shown": ("phones", "places"), "words": "Stalking protection order: urgent",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CHOICES)
def test_the_new_choice_is_what_was_chosen(case: Any, worker: Any, log: list[Incident], name: str) -> None:
    before = said(case, **CHOICES[name])
    bundle = asked(case, worker, **CHOICES[name])
    found = again(bundle, worker)
    same = {"until", "done", "again_of", "kept", "left", "on_cover", "file_kinds"}
    assert {k: v for k, v in found.answers().items() if k not in same} == {
        k: v for k, v in before.answers().items() if k not in same
    }
    assert set(found.cover) == set(before.cover)
    assert found.first_open == "check"
    assert found.again_of == str(bundle.pk)


def picked(bundle: Bundle) -> set[tuple[Any, ...]]:
    return set(bundle.items.values_list("kind", "object_id", "how", "reason", "reason_words"))


@pytest.mark.parametrize("name", [*CHOICES, "by hand"])
def test_asked_for_again_unchanged_it_holds_the_same_rows(
    case: Any, worker: Any, log: list[Incident], name: str
) -> None:
    by_hand = {
        "left": {str(log[0].pk): ("relevance", "Of another man"), str(Amendment.objects.first().pk): ("wish", "")},
        "kept": (str(log[2].pk),), "listed": (str(log[1].pk),),
    }  # fmt: skip
    first = asked(case, worker, **(by_hand if name == "by hand" else CHOICES[name]))
    with acting_as(worker.pk):
        draft = choose_again(bundle=first, by=worker)
        second = ask_draft(draft=draft, version=draft.version, by=worker)
    assert picked(second) == picked(first)
    fields = ("recipient_ref", "recipient_name", "purpose", "shown", "sections", "producer", "officer", "ring")
    assert all(getattr(second, field) == getattr(first, field) for field in fields)


def test_what_arrived_since_is_not_in_it_unseen(case: Any, worker: Any, log: list[Incident]) -> None:
    bundle = asked(case, worker)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        late = write(case, 9)
    with acting_as(worker.pk):
        draft = choose_again(bundle=bundle, by=worker)
        second = ask_draft(draft=draft, version=draft.version, by=worker)
    assert second.items.get(object_id=late.pk).reason == "later"


def test_pressed_again_it_goes_on_with_the_choice_that_was_begun(case: Any, worker: Any, log: list[Incident]) -> None:
    bundle = asked(case, worker)
    other = UserFactory()
    with acting_as(worker.pk):
        first, second = (choose_again(bundle=bundle, by=worker) for _ in range(2))
        assert first.pk == second.pk
        ask_draft(draft=first, version=first.version, by=worker)
        assert choose_again(bundle=bundle, by=worker).pk != first.pk
    with acting_as(other.pk), pytest.raises(Bundle.DoesNotExist):
        choose_again(bundle=bundle, by=other)


def test_a_recipient_and_a_producer_who_left_are_asked_for_again(case: Any, worker: Any, log: list[Incident]) -> None:
    bundle = asked(case, worker)
    case.professionals.update(is_current=False)
    Bundle.objects.filter(pk=bundle.pk).update(producer="Caseworker, Z. Z.")
    found = again(bundle, worker)
    assert (found.recipient_ref, found.producer) == ("", "")
    assert set(STEPS) - set(found.done) == {"recipient", "cover", "core", "check"}


# --- from a find to its place -------------------------------------------------------------------------------------


@pytest.fixture
def bundle(case: Any, worker: Any, log: list[Incident]) -> Bundle:
    return finished(asked(case, worker))


def red(bundle: Bundle, **find: Any) -> BundleCheck:
    looked_over(bundle, **{"code": "text", "what": "addresses"} | find)
    return BundleCheck.objects.get(bundle=bundle, colour="red")


def place(client: Client, found: BundleCheck, way: str) -> str:
    answer = client.post(reverse("bundles:choose", args=[found.case_id, found.bundle_id, found.pk]), {"way": way})
    assert answer.status_code == 302, answer.status_code
    return str(answer["Location"])


def ways_on_page(client: Client, bundle: Bundle) -> list[str]:
    page = client.get(reverse("bundles:gate", args=[bundle.case_id, bundle.pk]))
    return [mend.way for check in page.context["checks"] for line in check.lines for mend in line.mends]


@pytest.mark.parametrize(
    ("find", "ways"),
    [
        ({"page": 3}, ["entry", "shown"]),
        ({"page": 1}, ["cover", "shown"]),
        ({"page": 7, "item": "E1"}, ["file", "leave", "shown"]),
        ({"page": 8, "item": "E1", "code": "pictures", "is_soft": True}, ["file", "leave", "shown"]),
        ({"page": 8, "item": "E1", "code": "picture_data", "what": "exif"}, ["leave"]),
        ({"code": "pages", "what": "count"}, ["check"]),
        ({"code": "metadata", "what": "always"}, ["words"]),
        ({"page": 8, "item": "E77", "code": "picture_data"}, ["check"]),
    ],
)
def test_each_find_names_the_ways_to_mend_it(
    client: Client, bundle: Bundle, worker: Any, find: dict[str, Any], ways: list[str]
) -> None:
    red(bundle, **find)
    sign_in(client, worker)
    assert ways_on_page(client, bundle) == ways


def test_each_way_leads_to_its_place_in_one_new_choice(client: Client, bundle: Bundle, worker: Any) -> None:
    found = red(bundle, page=7, item="E1")
    sign_in(client, worker)
    file = place(client, found, "file")
    leave, shown = place(client, found, "leave"), place(client, found, "shown")
    draft = BundleDraft.objects.get(used_at=None)
    steps = f"/cases/{bundle.case_id}/bundles/drafts/{draft.pk}"
    assert file == f"/cases/{bundle.case_id}/bundles/choice/{draft.pk}/redactions/#file-E1"
    assert leave == f"{steps}/items/?change=&page=1#id_in_{Evidence.objects.get().pk}"
    assert shown == f"{steps}/shown/?change="
    assert 'id="file-E1"' in client.get(file).content.decode()
    assert f'id="id_in_{Evidence.objects.get().pk}"' in client.get(leave).content.decode()
    assert client.get(shown).status_code == 200


def test_a_picture_stands_on_the_page_that_names_it(client: Client, bundle: Bundle, worker: Any) -> None:
    file = Evidence.objects.get()
    shown = {"kind": "reading", "recipe": "test", "state": "ok", "media_type": "application/pdf", "page_count": 1}
    Rendition.objects.create(evidence=file, case=bundle.case, **shown)
    found = red(bundle, code="pictures", page=7, item="E1", is_soft=True, what="phones")
    sign_in(client, worker)
    assert ways_on_page(client, bundle) == ["page", "leave", "shown"]
    assert place(client, found, "page").endswith(f"/redactions/page/{file.pk}/1/")


@pytest.mark.parametrize(
    ("find", "says"),
    [
        ({"code": "text"}, "The file’s own words have the form of: Phone numbers"),
        ({"code": "pictures"}, "A machine read in the picture what has the form of: Phone numbers"),
        ({"code": "picture_data", "what": "exif"}, "The picture carries data besides what is seen (exif)"),
    ],
)
def test_what_is_found_by_its_form_is_said_to_be(
    client: Client, bundle: Bundle, worker: Any, find: dict[str, Any], says: str
) -> None:
    red(bundle, **{"page": 8, "item": "E1", "is_soft": True, "what": "phones"} | find)
    sign_in(client, worker)
    assert says in client.get(reverse("bundles:gate", args=[bundle.case_id, bundle.pk])).content.decode()


def test_an_entry_is_found_on_its_page_of_a_long_log(client: Client, case: Any, worker: Any) -> None:
    load_reference()
    for _ in range(ENTRIES_A_PAGE + 2):
        write(case, 2)
    last = Incident.objects.filter(case=case).chronological().last()
    assert last is not None
    bundle = finished(asked(case, worker), MAP | {"entries": {str(last.number): 3}})
    found = red(bundle, page=3)
    sign_in(client, worker)
    address = place(client, found, "entry")
    assert address.endswith(f"?page=2#entry-{last.number}")
    assert f'id="entry-{last.number}"' in client.get(address).content.decode()


def test_a_word_protected_since_is_mended_by_making_it_again(client: Client, bundle: Bundle, worker: Any) -> None:
    bundle.terms.create(case=bundle.case, name="victim:address", kind="addresses", words="Quay Lane")
    term = ProtectedTerm.objects.create(case=bundle.case, kind="addresses", words="Marsh", added_by=worker)
    found = red(bundle, page=3, term=str(term.pk))
    sign_in(client, worker)
    assert ways_on_page(client, bundle) == ["check", "entry", "shown", "words"]
    assert "Check before asking" in client.get(place(client, found, "check")).content.decode()
    assert place(client, found, "words") == reverse("bundles:protected", args=[bundle.case_id])


def test_redactions_of_before_are_taken_along(client: Client, bundle: Bundle, worker: Any) -> None:
    entry = Incident.objects.get(number=1)
    with connection.cursor() as cursor:  # as it was before the bundle was asked for
        cursor.execute("SET LOCAL session_replication_role = replica")
        Redaction.objects.create(
            choice_id=bundle.pk, case=bundle.case, target="entry", object_id=entry.pk, field="what_happened", start=0,
            end=2, digest="a" * 64, reason="safety", by=worker,
        )  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    found = red(bundle, page=3)
    sign_in(client, worker)
    place(client, found, "entry")
    draft = BundleDraft.objects.get(used_at=None)
    assert Redaction.objects.filter(choice_id=draft.pk, object_id=entry.pk).count() == 1


def test_only_the_ways_of_a_find_of_this_bundle_are_taken(client: Client, bundle: Bundle, worker: Any) -> None:
    found = red(bundle, page=3)
    address = reverse("bundles:choose", args=[bundle.case_id, bundle.pk, found.pk])
    sign_in(client, worker)
    assert client.post(address, {"way": "page"}).status_code == 404
    assert client.get(address).status_code == 405
    assert not BundleDraft.objects.filter(used_at=None).exists()
    assert client.post(address.replace(str(found.pk), str(uuid7())), {"way": "entry"}).status_code == 404
    green = BundleCheck.objects.filter(colour="green").first()
    assert green is not None
    assert client.post(address.replace(str(found.pk), str(green.pk)), {"way": "check"}).status_code == 404
    sign_in(client, UserFactory())
    assert client.post(address, {"way": "entry"}).status_code == 404
    assert not BundleDraft.objects.filter(used_at=None).exists()


def test_without_a_way_the_nearest_is_taken(client: Client, bundle: Bundle, worker: Any) -> None:
    found = red(bundle, page=3)
    sign_in(client, worker)
    answer = client.post(reverse("bundles:choose", args=[bundle.case_id, bundle.pk, found.pk]))
    assert answer["Location"].endswith("#entry-1")


def test_the_ways_are_found_in_as_many_queries_for_forty_finds_as_for_one(
    client: Client, bundle: Bundle, worker: Any
) -> None:
    found = red(bundle, page=7, item="E1")
    sign_in(client, worker)
    ways_on_page(client, bundle)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked_of:
            ways_on_page(client, bundle)
        counts.append(len(asked_of))
        BundleCheck.objects.bulk_create(
            BundleCheck(run=found.run, bundle=bundle, case=bundle.case, code="text", colour="red", what="addresses",
                        page=3 + number % 6, item="E1" if number % 2 else "") for number in range(40)
        )  # fmt: skip
    assert counts[0] == counts[1]


def test_a_scan_with_a_protected_word_is_mended_from_the_find_to_a_green_bundle(
    client: Client, case: Any, worker: Any
) -> None:
    """The whole way, with a real worker's job: a word in a scanned page, hidden there, is in no new bundle."""
    load_reference()
    from django.core.files.uploadedfile import SimpleUploadedFile

    write(case, 1, files=[SimpleUploadedFile("a.pdf", scan("Be quiet", "I know about Willowbank"))])
    ProtectedTerm.objects.create(case=case, kind="addresses", words="Willowbank", added_by=worker)
    run_due()
    first = asked(case, worker)
    run_due()
    (found,) = BundleCheck.objects.filter(bundle=first, colour="red")
    sign_in(client, worker)
    address = place(client, found, "page")
    file = Evidence.objects.get()
    draft = BundleDraft.objects.get(used_at=None)
    assert address == reverse("bundles:redact_page", args=[case.pk, draft.pk, file.pk, 2])
    page = client.get(address)
    sent = {"digest": page.context["copy"].sha256, "cell": list(range(20 * 28)), "reason": "safety", "words": ""}
    assert client.post(address, sent).status_code == 302

    answer = client.post(reverse("bundles:draft_check", args=[case.pk, draft.pk]), {"version": draft.version})
    assert answer["Location"] == reverse("bundles:detail", args=[case.pk, draft.pk])
    run_due()
    assert Job.objects.filter(kind="gate", state=Job.State.DONE).count() == 2
    left = BundleCheck.objects.filter(bundle=draft.pk, colour="red").values_list("code", "what", "term", "page", "item")
    assert list(left) == []
