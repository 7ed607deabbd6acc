"""An entry written without signal, on paper: what the phone said and when it was received, side by side."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bundles.engine import tables
from bundles.selection.contents import WrittenOffline, from_json, to_json
from bundles.selection.freezing import contents_of
from logs import models as logs
from nsvcs.identity import acting_as
from nsvcs.typesetting import Typesetter
from tests.bundles.test_translations import asked
from tests.bundles.world import contents, entry
from tests.factories import CaseFactory, IncidentFactory, UserFactory

WRITTEN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 1:30am, the first of the two
RECEIVED = datetime(2026, 10, 25, 9, 5, tzinfo=UTC)


def printed(told):
    row = entry(1, what_happened="He rang.", written_offline=told)
    (month,) = tables.chapter([row], Typesetter())["data"]["months"]
    return "\n".join(map(str, month["entries"][0]["times"]))


def test_both_clocks_are_printed_and_neither_corrects_the_other():
    html = printed(WrittenOffline(WRITTEN, "Europe/London", RECEIVED))
    words = (
        "Written on the phone 25 October 2026 at 01:30 BST, as the phone said; received 25 October 2026 at 09:05 GMT"
    )
    assert html.index("Recorded ") < html.index(words)
    assert "set to" not in html


def test_a_phone_set_to_another_zone_or_without_a_clock_is_said_to_be():
    assert "as the phone said (set to Europe/Vilnius); received" in printed(
        WrittenOffline(WRITTEN, "Europe/Vilnius", RECEIVED)
    )
    assert "Written on a phone that did not say when; received 25 October" in printed(
        WrittenOffline(None, "", RECEIVED)
    )


def test_an_ordinary_entry_says_nothing_of_a_phone():
    assert "phone" not in printed(None)


@pytest.mark.parametrize("written_at", [WRITTEN, None])
def test_contents_with_it_go_through_json_and_older_ones_without_it_are_still_read(written_at):
    frozen = contents(entry(1, written_offline=WrittenOffline(written_at, "", RECEIVED)))
    assert from_json(to_json(frozen)) == frozen
    older = to_json(contents(entry(1))).replace(',"written_offline":null', "")
    assert "written_offline" not in older
    assert from_json(older) == contents(entry(1))


def test_a_bundle_takes_it_from_the_row_beside_the_entry(db):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    kept = IncidentFactory(case=case, recorded_by=case.victim.user)
    plain = IncidentFactory(case=case, number=kept.number + 1)
    with acting_as(case.victim.user_id):
        logs.WrittenOffline(
            incident=kept,
            case_id=case.pk,
            key_version=1,
            device_written_at=WRITTEN,
            device_zone="",
            received_at=RECEIVED,
        ).save(force_insert=True)
    with acting_as(worker.pk):
        bundle, other = asked(case, worker, kept), asked(case, worker, plain)
        bundle.asked_at = other.asked_at = timezone.now() + timedelta(seconds=1)
        (told,) = contents_of(bundle, worker).entries
        (nothing,) = contents_of(other, worker).entries
    assert told.written_offline == WrittenOffline(WRITTEN, "", RECEIVED)
    assert nothing.written_offline is None
