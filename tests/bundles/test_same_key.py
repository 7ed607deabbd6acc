"""A key stands for one bundle: the same choice once, another one is refused and kept, and nothing of either is lost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from bundles.actions import OtherBundle, ask_draft, request_bundle, start_draft
from bundles.choosing.drafting import Choice
from bundles.models import Bundle, BundleDraft, Redaction
from cases.actions import KeyUsed
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.test_choosing import case, draft_of, said, worker, write
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.signing_in import sign_in

__all__ = ["case", "worker"]
pytestmark = pytest.mark.django_db


def ask(case, worker, key, **changes):
    chosen = {
        "evidence_ids": [], "recipient": "police", "recipient_name": "PC Lee Brandon", "purpose": "A report",
        "date_from": None, "date_to": None, "shown": [],
    } | changes  # fmt: skip
    with acting_as(worker.pk):
        return request_bundle(key=key, case=case, by=worker, **chosen)


def draft_with_the_key_of(bundle, worker, **changes):
    content = said(bundle.case, **changes).as_text()
    return BundleDraft.objects.create(
        id=bundle.pk, case=bundle.case, user=worker, content=content, changed_at=timezone.now()
    )


def check(draft):
    return reverse("bundles:draft_check", args=[draft.case_id, draft.pk])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shown": ["phones"]}, "What is shown"),
        ({"recipient_name": "PC Ada Marsh"}, "Who gets it"),
        ({"purpose": "Another report"}, "Purpose"),
        ({"date_from": timezone.localdate()}, "Days"),
    ],
)
def test_the_same_key_with_another_choice_is_refused_and_says_what_differs(case, worker, changes, words):
    key, entry = uuid7(), write(case, 1)
    first = ask(case, worker, key, entry_ids=[entry.pk])
    assert ask(case, worker, key, entry_ids=[entry.pk]) == first
    with pytest.raises(OtherBundle) as refused:
        ask(case, worker, key, entry_ids=[entry.pk], **changes)
    assert (refused.value.kept, refused.value.differs) == (first, [words])
    assert Bundle.objects.count() == Job.objects.filter(kind="bundle").count() == 1


def test_other_entries_are_another_choice_and_what_came_since_is_none(case, worker):
    key, first, second = uuid7(), write(case, 1), write(case, 2)
    bundle = ask(case, worker, key, entry_ids=[first.pk])
    with pytest.raises(OtherBundle, match="other content"):
        ask(case, worker, key, entry_ids=[first.pk, second.pk])
    write(case, 3)
    assert ask(case, worker, key, entry_ids=[first.pk]) == bundle


def test_a_crafted_key_shows_what_differs_and_keeps_the_choice_under_its_own(client, case, worker):
    entry, other = write(case, 1), write(case, 2)
    bundle = ask(case, worker, uuid7(), entry_ids=[entry.pk])
    draft = draft_with_the_key_of(bundle, worker, shown=("phones",))
    answer = sign_in(client, worker).post(check(draft), {"version": 1})
    assert answer.status_code == 409
    for words in ("There is another bundle in this place", "What is shown", "What goes in", "Who gets it"):
        assert words in answer.text
    new = BundleDraft.objects.get(used_at=None)
    assert new.pk != bundle.pk
    assert Choice.of(new).shown == ("phones",)
    assert check(new) in answer.text
    assert client.post(check(new), {"version": new.version}).status_code == 302
    assert set(Bundle.objects.exclude(pk=bundle.pk).get().items.values_list("object_id", "how")) == {
        (entry.pk, "whole"), (other.pk, "whole")
    }  # fmt: skip
    assert bundle.items.get(object_id=other.pk).how == "out"


def test_what_was_taken_out_by_hand_goes_with_the_choice(client, case, worker):
    entry = write(case, 1)
    draft = draft_of(case, worker)
    Redaction.objects.create(
        choice_id=draft.pk, case=case, target="entry", object_id=entry.pk, field="what_happened", end=2,
        digest="0" * 64, reason="safety", by=worker,
    )  # fmt: skip
    Bundle.objects.create(
        id=draft.pk, case=case, recipient="court", purpose="x", asked_by=worker, asked_at=timezone.now()
    )
    assert sign_in(client, worker).post(check(draft), {"version": 1}).status_code == 409
    new = BundleDraft.objects.get(used_at=None)
    assert [row.object_id for row in Redaction.objects.filter(choice_id=new.pk)] == [entry.pk]


def test_the_same_choice_under_a_colleagues_key_is_the_same_bundle(case, worker):
    write(case, 1)
    draft = draft_of(case, worker)
    with acting_as(worker.pk):
        bundle = ask_draft(draft=draft, version=1, by=worker)
    AllocationFactory(case=case, worker=(colleague := UserFactory()), role="second")
    BundleDraft.objects.all().delete()
    mine = draft_with_the_key_of(bundle, colleague)
    with acting_as(colleague.pk):
        assert ask_draft(draft=mine, version=1, by=colleague) == bundle


def test_no_choice_begins_under_the_key_of_a_bundle_or_of_one_that_is_over(client, case, worker):
    entry = write(case, 1)
    bundle = ask(case, worker, uuid7(), entry_ids=[entry.pk])
    over = draft_of(case, worker)
    over.used_at = timezone.now()
    over.save()
    for key in (bundle.pk, over.pk):
        with acting_as(worker.pk), pytest.raises(KeyUsed):
            start_draft(key=key, case=case, by=worker)
        page = sign_in(client, worker).post(reverse("bundles:new", args=[case.pk]), {"key": key})
        assert page.status_code == 409


def test_the_key_of_a_bundle_of_another_case_tells_nothing_of_it(client, case, worker):
    elsewhere = CaseFactory(portal=True, worker=(stranger := UserFactory()))
    theirs = ask(elsewhere, stranger, uuid7(), entry_ids=[write(elsewhere, 1).pk])
    write(case, 1)
    draft = BundleDraft.objects.create(id=theirs.pk, case=case, user=worker, content=said(case).as_text())
    answer = sign_in(client, worker).post(check(draft), {"version": 1})
    assert answer.status_code == 409
    assert "See the bundle that was asked for" not in answer.text
    assert elsewhere.reference not in answer.text
