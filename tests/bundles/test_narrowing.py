"""A long list narrowed to some of it, and pressed for at once; small pictures beside the files of a page."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone

from bundles.choosing import checking
from bundles.choosing.offering import Kind
from bundles.models import Bundle
from logs.actions import amend, withdraw
from logs.models import CustodyEvent, Rendition
from nsvcs.ids import uuid7
from tests.bundles.test_choosing import address, case, choice_of, draft_of, letter, worker, write
from tests.signing_in import sign_in

__all__ = ["case", "worker"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(case):
    """Four entries: one with a file, one that tells of the police, one of another month with a note, one of nothing."""
    entries = {
        "file": write(case, 1, files=[letter()]),
        "police": write(case, 2, police_contacted="yes", police_response="They gave me a number."),
        "note": write(case, 3, occurred_on=date(2026, 7, 3)),
        "plain": write(case, 4),
    }
    amend(key=uuid7(), incident=entries["note"], text="More.", by=case.victim.user)
    return entries


def keys(entries, *names):
    return {str(entries[name].pk) for name in names}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?has=files", {"file"}),
        ("?has=police", {"police"}),
        ("?has=notes", {"note"}),
        ("?has=files&has=police", set()),
        ("?month=2026-06", {"file", "police", "plain"}),
        ("?month=2026-07", {"note"}),
        ("?state=named", {"plain"}),
        ("?state=whole&month=2026-06", {"file", "police"}),
        ("?month=1999-01", {"file", "police", "note", "plain"}),
        ("?has=verdicts", {"file", "police", "note", "plain"}),
    ],
)
def test_the_core_is_narrowed_by_what_entries_tell_of(client, case, worker, told, query, names):
    draft = draft_of(case, worker, listed=tuple(keys(told, "plain")))
    page = sign_in(client, worker).get(address(draft, "core") + query).text
    assert {name for name, entry in told.items() if f"whole_{entry.pk}" in page} == names


def test_a_core_is_picked_by_a_press_for_what_is_shown(client, case, worker, told):
    draft = draft_of(case, worker)
    core = address(draft, "core")
    sign_in(client, worker).post(core, {"version": 1, "press": "list"})
    assert choice_of(draft).listed == tuple(sorted(keys(told, *told)))
    answer = client.post(f"{core}?has=files", {"version": 2, "press": "whole"})
    assert answer["Location"] == f"{core}?has=files"
    client.post(f"{core}?has=police", {"version": 3, "press": "whole"})
    assert set(choice_of(draft).listed) == keys(told, "note", "plain")
    assert "2 of 4 are printed whole now" in client.get(core).text
    client.post(f"{core}?has=police", {"version": 4, "press": "list"})
    assert set(choice_of(draft).listed) == keys(told, "note", "plain", "police")


def test_what_is_not_shown_keeps_what_was_chosen_for_it(client, case, worker, told):
    draft = draft_of(case, worker)
    left_out = f"in_{told['plain'].pk}"
    sign_in(client, worker)
    client.post(f"{address(draft, 'items')}?has=police", {"version": 1, "press": "none", "why_all": "wish"})
    assert choice_of(draft).left == {str(told["police"].pk): ("wish", "")}
    client.post(f"{address(draft, 'items')}?month=2026-07", {"version": 2, "press": "none"})
    assert {why for why, _words in choice_of(draft).left.values()} == {"wish", "relevance"}
    page = client.get(f"{address(draft, 'items')}?state=out").text
    assert str(told["police"].pk) in page
    assert left_out not in page
    client.post(f"{address(draft, 'items')}?has=police", {"version": 3, "press": "all"})
    assert str(told["police"].pk) not in choice_of(draft).left
    assert str(told["note"].pk) in choice_of(draft).left


def test_saving_a_narrowed_list_shows_all_of_it_again(client, case, worker, told):
    draft = draft_of(case, worker)
    entry, core = told["file"], address(draft, "core")
    answer = sign_in(client, worker).post(f"{core}?has=files", {"version": 1})
    assert set(choice_of(draft).listed) == {str(entry.pk)}
    assert answer["Location"].startswith(core)


def test_other_pages_of_a_long_list_can_be_left_as_they_are(client, case, worker, monkeypatch):
    monkeypatch.setattr("bundles.views.items.ON_A_PAGE", 2)
    entries = [write(case, day) for day in range(1, 6)]
    draft = draft_of(case, worker)
    ticks = {f"in_{entry.pk}": "on" for entry in entries[:2]}
    place = address(draft, "items")
    page = sign_in(client, worker).get(place).text
    assert "Save, and leave the other pages as they are" in page
    assert client.post(place, {"version": 1, **ticks})["Location"].startswith(f"{place}?")
    assert client.post(place, {"version": 2, "press": "on", **ticks})["Location"] == address(draft, "core").replace(
        "core", "order"
    )
    client.post(address(draft, "check"), {"version": choice_version(draft)})
    assert Bundle.objects.get().items.filter(kind="entry", how="whole").count() == 5


def choice_version(draft):
    draft.refresh_from_db()
    return draft.version


def test_a_press_of_the_enter_key_saves_the_page_and_ticks_nothing_else(client, case, worker, told):
    """The first button of the form is the one that the key presses."""
    draft = draft_of(case, worker)
    for step in ("items", "core"):
        page = sign_in(client, worker).get(address(draft, step)).text
        first = page[page.index(f'id="{step}"') :]
        first = first[first.index("<button") :]
        assert 'name="press"' not in first[: first.index("</button>")]


def test_withdrawn_entries_stand_under_left_out(client, case, worker, told):
    withdraw(key=uuid7(), incident=told["plain"], reason="Not so.", by=case.victim.user)
    page = sign_in(client, worker).get(f"{address(draft_of(case, worker), 'items')}?state=out").text
    assert f"in_{told['plain'].pk}" in page
    assert f"in_{told['file'].pk}" not in page


def small(file, kind, **changes):
    values = {"recipe": "x", "state": "ok", "storage_name": f"aa/{uuid7().hex}", "media_type": "image/jpeg"}
    return Rendition.objects.create(evidence=file, case=file.case, kind=kind, **values | changes)


@pytest.mark.parametrize(("kind", "end"), [("thumbnail", "thumbnail/"), ("stills", "stills/"), ("sheet", "1/")])
def test_beside_a_file_stands_its_small_copy_late_and_with_words(client, case, worker, kind, end):
    file = write(case, 1, files=[letter()]).evidence.get()
    small(file, kind)
    page = sign_in(client, worker).get(address(draft_of(case, worker), "items")).text
    picture = page[page.index("app-choice__picture") :].partition(">")[0]
    assert f"/{file.pk}/" in picture
    assert end in picture
    assert 'alt="Small picture of exhibit E1"' in picture
    assert 'loading="lazy"' in picture
    assert "original" not in picture


@pytest.mark.parametrize("state", ["no copy", "failed", "locked"])
def test_a_file_without_a_copy_to_show_has_no_picture(client, case, worker, state):
    file = write(case, 1, files=[letter()]).evidence.get()
    if state != "no copy":
        small(file, "thumbnail", state="failed" if state == "failed" else "ok")
    if state == "locked":
        CustodyEvent.objects.create(
            evidence=file, case=case, kind="locked", by_role="caseworker", by_id=worker.pk, at=timezone.now()
        )
    page = sign_in(client, worker).get(address(draft_of(case, worker), "items")).text
    assert "app-choice__picture" not in page


def test_what_is_left_out_of_a_long_log_is_counted_and_named_beside_it():
    lines = [SimpleNamespace(pk=uuid7(), number=number, entries=set()) for number in range(1, 5000, 2)]
    some = [SimpleNamespace(pk=uuid7(), number=number, entries=set()) for number in (3, 4, 5, 9)]
    long = checking._what(Kind.ENTRY, lines, {})
    assert long["what"] == "2500 entries"
    assert long["which"].startswith("Entries 1, 3, 5, ")
    assert checking._what(Kind.EVIDENCE, some, {}) == {"what": "Exhibits E3-E5, E9", "which": ""}
