"""A translation in a bundle: beneath the original, marked, and withheld where the original is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from bundles.actions import request_bundle
from bundles.engine import tables
from bundles.selection.contents import Translation, from_json, to_json
from bundles.selection.freezing import contents_of
from logs.actions import add_translation, amend
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.typesetting import Typesetter
from tests.bundles.world import contents, entry
from tests.factories import CaseFactory, IncidentFactory, UserFactory


def made(field="what_happened", language="en", text="He stood outside the house."):
    return Translation(field, language, "an interpreter, Ana Popescu", date(2026, 6, 3), text)


def first_field(told):
    values = tables.chapter([told], Typesetter())
    return next(row for row in values["data"]["months"][0]["entries"][0]["fields"] if row["l"] == "What happened")


def test_it_is_printed_beneath_the_original_and_marked():
    told = entry(1, what_happened="Stał przed domem.", language="pl", translations=(made(),))
    words = "Translation into English by an interpreter, Ana Popescu, 3 June 2026"
    field = first_field(told)
    assert field["v"] == [{"t": "Stał przed domem."}]
    assert field["tr"] == [{"w": words, "v": [{"t": "He stood outside the house."}]}]


def test_a_translation_written_from_right_to_left_keeps_its_direction():
    told = entry(1, what_happened="He rang.", translations=(made(language="ar", text="اتصل بي"),))
    (translated,) = first_field(told)["tr"]
    assert translated["lang"] == "ar"
    assert translated["v"] == [{"t": "اتصل بي", "r": 1}]


def test_contents_with_translations_go_through_json():
    frozen = contents(entry(1, language="pl", translations=(made(), made("place", text="Home"))))
    assert from_json(to_json(frozen)) == frozen


@pytest.fixture
def worker(db):
    return UserFactory()


def asked(case, worker, entry):
    return request_bundle(
        key=uuid7(), case=case, entry_ids=[entry.pk], evidence_ids=[], recipient="police", recipient_name="",
        purpose="x", date_from=None, date_to=None, shown=[], by=worker,
    )  # fmt: skip


def test_a_bundle_takes_the_translations_there_are_and_withholds_as_from_the_original(worker):
    case = CaseFactory(portal=True, worker=worker)
    kept = IncidentFactory(case=case, language="pl", what_happened="Dom", impact="Strach", never_disclose=["impact"])
    said = {
        "incident": kept, "language_to": "en", "role": "caseworker", "name": "Sam Rowan",
        "translated_on": date(2026, 6, 3), "by": worker,
    }  # fmt: skip
    with acting_as(worker.pk):
        added = amend(key=uuid7(), incident=kept, text="Potem", by=worker, language="pl")
        add_translation(key=uuid7(), piece="what_happened", text="Ring 07700 900123", **said)
        add_translation(key=uuid7(), piece="impact", text="Fear", **said)
        add_translation(key=uuid7(), piece=str(added.pk), text="Then", **said)
        bundle = asked(case, worker, kept)
        bundle.asked_at = timezone.now() + timedelta(seconds=1)
        (told,) = contents_of(bundle, worker).entries
        bundle.asked_at = datetime(2026, 1, 1, tzinfo=UTC)
        (before,) = contents_of(bundle, worker).entries
    assert [(each.field, each.text) for each in told.translations] == [("what_happened", "Ring [number withheld]")]
    assert [each.text for each in told.amendments[0].translations] == ["Then"]
    assert before.translations == ()
