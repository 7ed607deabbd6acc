"""Translations beside what was written: attributed, once, never instead of it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from logs.actions import OtherContent, add_translation, amend
from logs.actions.translating import NothingToTranslate
from logs.models import Translation
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
TEXT = "She wrote: he stood outside the house. " + "שלום 😀 " * 2_000


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def entry(case):
    return IncidentFactory(case=case, number=1, language="pl", what_happened="Stał przed domem.", place="Dom")


def told(entry, by, **more):
    said = {
        "key": uuid7(), "incident": entry, "piece": "what_happened", "text": "He stood outside the house.",
        "language_to": "en", "role": "interpreter", "name": "Ana Popescu", "translated_on": date(2026, 6, 3), "by": by,
    }  # fmt: skip
    return said | more


def sent(**more):
    said = {
        "piece": "what_happened", "text": "He stood outside.", "language_to": "en", "role": "interpreter",
        "name": "Ana Popescu", "translated_on_day": "3", "translated_on_month": "6", "translated_on_year": "2026",
        "key": str(uuid7()),
    }  # fmt: skip
    return said | more


def test_a_translation_is_kept_once_and_audited(worker, entry):
    said = told(entry, worker)
    with acting_as(worker.pk):
        first = add_translation(**said)
        assert add_translation(**said).pk == first.pk
        with pytest.raises(OtherContent):
            add_translation(**said | {"text": "Something else"})
    assert (first.language_from, first.language_to) == ("pl", "en")
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM audit_event WHERE action = 'entry.translated'")
        (row,) = cursor.fetchall()
    assert first.digest in str(row)


@pytest.mark.parametrize("piece", ["impact", "number", "police_reference", "", "3f0e"])
def test_only_a_text_of_this_entry_can_be_translated(worker, entry, piece):
    with acting_as(worker.pk), pytest.raises(NothingToTranslate):
        add_translation(**told(entry, worker, piece=piece))


def test_what_was_added_to_another_entry_is_not_of_this_one(worker, case, entry):
    with acting_as(worker.pk):
        other = amend(key=uuid7(), incident=IncidentFactory(case=case, number=2), text="x", by=worker)
        with pytest.raises(NothingToTranslate):
            add_translation(**told(entry, worker, piece=str(other.pk)))


def test_it_never_changes(worker, entry):
    with acting_as(worker.pk):
        add_translation(**told(entry, worker))
        with pytest.raises(DatabaseError), transaction.atomic():
            Translation.objects.update(text="other")


def test_it_stands_beside_the_original_for_staff_and_for_her(client, worker, case, entry):
    with acting_as(worker.pk):
        added = amend(key=uuid7(), incident=entry, text="I krzyczał.", by=worker, language="pl")
        add_translation(**told(entry, worker, text=TEXT[:19_000]))
        add_translation(**told(entry, worker, piece=str(added.pk), text="And he shouted."))
    pages = [
        sign_in(client, worker).get(reverse("logs:entry", args=[case.pk, entry.pk])).text,
        sign_in(client, case.victim.user).get(reverse("portal:entry", args=[1])).text,
        client.get(reverse("portal:print")).text,
    ]
    for page in pages:
        assert 'lang="pl">Stał przed domem.</div>' in page
        assert 'dir="auto" lang="en">She wrote: he stood' in page
        assert "And he shouted." in page
        assert page.index("Stał przed domem.") < page.index("She wrote:")
        assert "Translation into English by an interpreter, Ana Popescu, 3 June 2026" in page


def test_the_page_keeps_it_and_leads_back(client, worker, case, entry):
    address = reverse("logs:translate", args=[case.pk, entry.pk])
    sign_in(client, worker)
    assert "Stał przed domem." in client.get(address).text
    answer = client.post(address, sent())
    assert answer.status_code == 302
    assert Translation.objects.get().translator_name == "Ana Popescu"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter the name of who translated it"),
        ({"text": ""}, "Write the translation"),
        ({"translated_on_year": "2030"}, "There is a problem"),
        ({"piece": "impact"}, "Select a valid choice"),
        ({"language_to": "xx"}, "Select a valid choice"),
    ],
)
def test_a_form_with_faults_comes_back_with_what_was_typed(client, worker, case, entry, wrong, sentence):
    page = sign_in(client, worker).post(reverse("logs:translate", args=[case.pk, entry.pk]), sent(**wrong))
    assert page.status_code == 422
    assert "He stood outside." in page.text or wrong == {"text": ""}
    assert not Translation.objects.exists()
    assert sentence in page.text


def test_the_same_form_with_other_words_is_refused_and_nothing_is_lost(client, worker, case, entry):
    address, key = reverse("logs:translate", args=[case.pk, entry.pk]), str(uuid7())
    sign_in(client, worker)
    client.post(address, sent(key=key))
    page = client.post(address, sent(key=key, text="Other words"))
    assert page.status_code == 409
    assert "Other words" in page.text


def test_nobody_else_translates(client, case, entry):
    address = reverse("logs:translate", args=[case.pk, entry.pk])
    assert sign_in(client, UserFactory()).post(address, sent()).status_code == 404
    assert sign_in(client, case.victim.user).post(address, sent()).status_code == 404
    assert not Translation.objects.exists()
