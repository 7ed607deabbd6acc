"""Choosing for a bundle: what may go to whom, each step and its faults, and what is frozen in the end."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bundles.actions import ChangedElsewhere, NotWhole, ask_draft, keep_step, start_draft
from bundles.choosing.drafting import STEPS, Choice
from bundles.choosing.recipients import candidates
from bundles.models import EDITIONS, Bundle, BundleDraft, BundleItem, Edition, Purpose, Recipient, edition_for
from cases.models import Professional
from logs.actions import add_evidence, amend, record_incident, withdraw
from logs.models import Evidence, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.loading import load_reference
from reference.models import Preset
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory(name="Priya Nair")


@pytest.fixture
def case(worker):
    case = CaseFactory(portal=True, worker=worker, crime_reference="36/10001/26")
    Professional.objects.create(case=case, kind="officer", name="PC Lee Brandon", organisation="Norfolk Constabulary")
    return case


def write(case, day, words="He rang.", files=(), **fields):
    told = {"occurred_on": date(2026, 6, day), "what_happened": words, **fields}
    return record_incident(draft_id=uuid7(), case=case, fields=told, files=files, by=case.victim.user).incident


def letter(words=b"He wrote this.", name="letter.txt"):
    return SimpleUploadedFile(name, words)


def said(case, **changes):
    officer = Professional.objects.get(case=case, kind="officer")
    whole = {"purpose": "report", "recipient_ref": f"police:professional:{officer.pk}", "producer": "victim"}
    return Choice(**whole | {"shown": (), "done": tuple(step for step in STEPS if step != "core")} | changes)


def draft_of(case, worker, **changes):
    content = said(case, **changes).as_text()
    return BundleDraft.objects.create(case=case, user=worker, content=content, changed_at=timezone.now())


def address(draft, step):
    return reverse(f"bundles:draft_{step}", args=[draft.case_id, draft.pk])


def choice_of(draft):
    return Choice.of(BundleDraft.objects.get(pk=draft.pk))


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("recipient", Recipient)
def test_what_is_not_in_the_table_has_no_edition(purpose, recipient):
    assert edition_for(purpose, recipient) == EDITIONS[purpose].get(recipient)


def test_every_purpose_leads_somewhere_and_the_safe_edition_never_to_her_alone():
    assert set(EDITIONS) == set(Purpose)
    assert all(EDITIONS.values())
    found = {(purpose, kind): edition for purpose, kinds in EDITIONS.items() for kind, edition in kinds.items()}
    assert found["family", "family_court"] == Edition.FAMILY
    assert found["report", "police"] == Edition.POLICE
    assert found["prosecution", "prosecution"] == found["order", "court"] == Edition.COURT
    assert {edition for (purpose, _), edition in found.items() if purpose == "other_side"} == {Edition.SAFE}
    assert [pair for pair in found if pair[1] == "victim"] == [("own_copy", "victim")]
    assert edition_for("own_copy", "police") is edition_for("nothing", "police") is edition_for("report", "x") is None


def test_recipients_are_those_of_the_case_and_the_directory_that_the_purpose_allows(case, worker):
    load_reference()
    Professional.objects.create(case=case, kind="officer", name="PC Gone", is_current=False)
    Professional.objects.create(case=case, kind="solicitor", name="Ada Marsh")
    other = CaseFactory(worker=worker)
    Professional.objects.create(case=other, kind="officer", name="PC Elsewhere")
    with acting_as(worker.pk):
        names = {purpose: [each.words for each in candidates(case, purpose, worker)] for purpose in Purpose}
    assert names["report"] == [
        "PC Lee Brandon, Norfolk Constabulary", "Norfolk Constabulary", "Suffolk Constabulary"
    ]  # fmt: skip
    assert names["own_copy"] == [""]
    assert names["advice"] == ["Ada Marsh"]
    assert names["housing"] == []
    assert names["family"] == ["Ada Marsh", "Family Court in Norfolk and Suffolk"]


def test_the_way_through_all_steps_makes_one_bundle(client, case, worker):
    load_reference()
    write(case, 1, files=[letter()])
    write(case, 3)
    sign_in(client, worker)
    key = uuid7()
    new = reverse("bundles:new", args=[case.pk])
    first = client.post(new, {"key": key})["Location"]
    assert client.post(new, {"key": key})["Location"] == first
    assert BundleDraft.objects.count() == 1
    officer = Professional.objects.get()
    answers = {
        "purpose": {"purpose": "report", "words": "Harassment"},
        "recipient": {"recipient_ref": f"police:professional:{officer.pk}"},
        "days": {"file_kinds": ["pictures", "documents", "recordings", "other"], "has_notes": "on"},
        "items": {f"in_{pk}": "on" for pk in (*_pks(Incident), *_pks(Evidence))},
        "order": {"sections": ["chronology", "exhibits"], "files_by_entry": "entry"},
        "shown": {"shown": ["phones"]},
        "cover": {"producer": f"user:{worker.pk}", "on_cover": ["officer", "ring"]},
        "check": {},
    }
    draft, here = BundleDraft.objects.get(), first
    for step, answer in answers.items():
        assert here == address(draft, step)
        version = BundleDraft.objects.get().version
        assert client.get(here).status_code == 200
        here = client.post(here, {"version": version, **answer})["Location"]
    bundle = Bundle.objects.get()
    assert here == reverse("bundles:detail", args=[case.pk, bundle.pk])
    assert (bundle.edition, bundle.purpose, bundle.purpose_kind) == (
        "police", "A report to the police, or their investigation: Harassment", "report",
    )  # fmt: skip
    assert bundle.recipient_name == "PC Lee Brandon, Norfolk Constabulary"
    assert bundle.recipient_ref == f"police:professional:{officer.pk}"
    assert (bundle.producer, bundle.officer, bundle.crime_reference) == (
        "Caseworker, P. N.", "PC Lee Brandon, Norfolk Constabulary", "",
    )  # fmt: skip
    assert (bundle.sections, bundle.files_by_entry, bundle.shown) == (["chronology", "exhibits"], True, ["phones"])
    assert (bundle.preset.key, bundle.preset.version) == ("police", 1)
    assert list(bundle.items.values_list("kind", "how")) == [("entry", "whole")] * 2 + [("evidence", "whole")]
    again = client.post(address(draft, "check"), {"version": draft.version})
    assert again["Location"] == here
    assert Bundle.objects.count() == 1


def _pks(model):
    return model.objects.values_list("pk", flat=True)


@pytest.mark.parametrize(
    ("step", "answer", "words"),
    [
        ("purpose", {}, "Choose what the bundle is for"),
        ("purpose", {"purpose": "gossip"}, "gossip"),
        ("recipient", {}, "Choose who gets it"),
        ("recipient", {"recipient_ref": "police:professional:somebody"}, "Select a valid choice"),
        ("days", {"date_from_day": "30", "date_from_month": "2", "date_from_year": "2026"}, "29"),
        ("items", {}, ": tick it, or choose why it is left out"),
        ("order", {}, "Choose at least one part"),
        ("order", {"sections": ["verdicts"]}, "Select a valid choice"),
        ("shown", {"shown": ["everything"]}, "Select a valid choice"),
        ("cover", {}, "Choose who produces the exhibits"),
        ("cover", {"producer": "user:somebody"}, "Select a valid choice"),
    ],
)
def test_a_fault_is_said_and_nothing_is_kept(client, case, worker, step, answer, words):
    write(case, 1)
    draft = draft_of(case, worker)
    page = sign_in(client, worker).post(address(draft, step), {"version": 1, **answer})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert words in page.text or words in {"gossip", "29"}
    assert BundleDraft.objects.get().version == 1


def test_the_last_day_is_not_before_the_first(client, case, worker):
    days = {f"date_{end}_{part}": value for end in ("from", "to") for part, value in
            {"day": "9" if end == "from" else "2", "month": "6", "year": "2026"}.items()}  # fmt: skip
    page = sign_in(client, worker).post(address(draft_of(case, worker), "days"), {"version": 1, **days})
    assert "The last day must be the first day or later" in page.text


def test_the_leap_day_can_be_chosen(client, case, worker):
    days = {"date_from_day": "29", "date_from_month": "2", "date_from_year": "2024"}
    draft = draft_of(case, worker)
    sign_in(client, worker).post(address(draft, "days"), {"version": 1, **days})
    assert choice_of(draft).date_from == date(2024, 2, 29)


def test_another_purpose_asks_again_who_gets_it_and_other_days_for_the_list(case, worker):
    choice = said(case).changed("purpose", {"purpose": "housing"})
    assert (choice.recipient_ref, choice.first_open) == ("", "recipient")
    other = said(case).changed("days", {"date_from": date(2026, 6, 2)})
    assert other.first_open == "items"
    assert said(case).changed("days", {}).first_open == "check"


def test_a_draft_is_ones_own_and_of_one_case(client, case, worker):
    AllocationFactory(case=case, worker=(colleague := UserFactory()), role="second")
    other = CaseFactory(worker=worker)
    draft = draft_of(case, worker)
    for person, of_case in ((colleague, case), (worker, other), (UserFactory(), case)):
        sign_in(client, person)
        for step in (*STEPS, "discard"):
            place = reverse(f"bundles:draft_{step}", args=[of_case.pk, draft.pk])
            assert client.post(place, {"version": 1}).status_code == 404
    assert BundleDraft.objects.get().used_at is None


def test_two_windows_see_each_other_and_the_second_decides_knowingly(client, case, worker):
    draft = draft_of(case, worker)
    sign_in(client, worker)
    place = address(draft, "shown")
    client.post(place, {"version": 1, "shown": ["phones"]})
    assert client.post(place, {"version": 1, "shown": ["phones"]}).status_code == 302  # the same again is no conflict
    late = client.post(place, {"version": 1, "shown": ["addresses"]})
    assert late.status_code == 409
    assert "changed in another window" in late.text
    assert 'name="version" value="2"' in late.text
    assert choice_of(draft).shown == ("phones",)
    client.post(place, {"version": 2, "shown": ["addresses"]})
    assert choice_of(draft).shown == ("addresses",)


def test_what_was_changed_since_it_was_looked_at_is_not_asked_for(client, case, worker):
    write(case, 1)
    draft = draft_of(case, worker)
    sign_in(client, worker).post(address(draft, "shown"), {"version": 1, "shown": ["phones"]})
    assert client.post(address(draft, "check"), {"version": 1})["Location"] == address(draft, "check")
    assert not Bundle.objects.exists()
    with acting_as(worker.pk), pytest.raises(ChangedElsewhere):
        ask_draft(draft=draft, version=1, by=worker)


def test_a_choice_thrown_away_is_emptied_and_gone(client, case, worker):
    draft = draft_of(case, worker)
    sign_in(client, worker).post(address(draft, "discard"))
    draft.refresh_from_db()
    assert (draft.content, draft.used_at is None) == ("{}", False)
    assert client.get(address(draft, "purpose")).status_code == 404
    assert client.get(address(draft, "check"))["Location"] == reverse("bundles:new", args=[case.pk])


def test_open_steps_are_asked_for_before_the_check(client, case, worker):
    draft = draft_of(case, worker, done=("purpose", "recipient"))
    assert sign_in(client, worker).get(address(draft, "check"))["Location"] == address(draft, "days")
    with acting_as(worker.pk), pytest.raises(NotWhole, match="days"):
        ask_draft(draft=draft, version=1, by=worker)


def test_a_recipient_who_left_the_case_meanwhile_is_asked_for_again(client, case, worker):
    write(case, 1)
    draft = draft_of(case, worker)
    Professional.objects.update(is_current=False)
    assert sign_in(client, worker).get(address(draft, "check"))["Location"] == address(draft, "recipient")
    with acting_as(worker.pk), pytest.raises(NotWhole, match="recipient"):
        ask_draft(draft=draft, version=1, by=worker)


def ask(case, worker, **changes):
    draft = draft_of(case, worker, **changes)
    with acting_as(worker.pk):
        return ask_draft(draft=draft, version=1, by=worker)


def rows(bundle, **which):
    return list(bundle.items.filter(**which).values_list("object_id", "how", "reason"))


def test_everything_of_the_case_has_a_row_with_its_reason(case, worker):
    first, second, third, gone = (write(case, day) for day in (1, 2, 3, 4))
    own, other = (add_evidence(incident=each, files=[letter()], by=case.victim.user)[0] for each in (first, second))
    picture = add_evidence(incident=third, files=[letter(name="11.txt")], by=case.victim.user)[0]
    note = amend(key=uuid7(), incident=second, text="More of it.", by=case.victim.user)
    withdraw(key=uuid7(), incident=gone, reason="Not so.", by=case.victim.user)
    bundle = ask(
        case, worker, date_from=date(2026, 6, 2), left={str(third.pk): ("safety", "Her new route")},
        file_kinds=("pictures",),
    )  # fmt: skip
    assert rows(bundle, kind="entry") == [
        (first.pk, "out", "range"), (second.pk, "whole", ""), (third.pk, "out", "safety"), (gone.pk, "out", "withdrawn")
    ]  # fmt: skip
    assert bundle.items.get(object_id=third.pk).reason_words == "Her new route"
    assert rows(bundle, kind="evidence") == [
        (own.pk, "out", "entry"), (other.pk, "out", "kind"), (picture.pk, "out", "entry")
    ]  # fmt: skip
    assert rows(bundle, kind="amendment")[0] == (note.pk, "whole", "")
    assert bundle.items.count() == 4 + 3 + 2


def test_a_core_is_printed_whole_and_the_rest_named_with_no_file_of_it(case, worker):
    core, named = write(case, 1, files=[letter()]), write(case, 2, files=[letter()])
    bundle = ask(case, worker, listed=(str(named.pk),))
    assert rows(bundle, kind="entry") == [(core.pk, "whole", ""), (named.pk, "listed", "")]
    assert [how for _pk, how, _why in rows(bundle, kind="evidence")] == ["whole", "out"]


def test_what_comes_after_the_list_was_looked_at_stays_out_unseen(client, case, worker):
    write(case, 1)
    draft = draft_of(case, worker, until=timezone.now())
    late = write(case, 2)
    page = sign_in(client, worker).get(address(draft, "check")).text
    assert "1 entry, note or file arrived since you looked at the list" in page
    client.post(address(draft, "check"), {"version": 1})
    assert BundleItem.objects.get(object_id=late.pk).reason == "later"


def test_late_and_withdrawn_entries_go_in_where_they_are_ticked(client, case, worker):
    gone = write(case, 1)
    withdraw(key=uuid7(), incident=gone, reason="Not so.", by=case.victim.user)
    draft = draft_of(case, worker, until=timezone.now())
    late = write(case, 2)
    ticks = {f"in_{gone.pk}": "on", f"in_{late.pk}": "on"}
    sign_in(client, worker).post(address(draft, "items"), {"version": 1, **ticks})
    client.post(address(draft, "check"), {"version": 2})
    assert [how for _pk, how, _why in rows(Bundle.objects.get(), kind="entry")] == ["whole", "whole"]


def test_one_reason_serves_all_that_have_none_of_their_own(client, case, worker):
    first, second, third = (write(case, day) for day in (1, 2, 3))
    answer = {f"in_{first.pk}": "on", f"why_{second.pk}": "wish", f"words_{second.pk}": "Asked on the phone"}
    draft = draft_of(case, worker)
    sign_in(client, worker).post(address(draft, "items"), {"version": 1, "why_all": "twice", **answer})
    assert choice_of(draft).left == {
        str(second.pk): ("wish", "Asked on the phone"), str(third.pk): ("twice", "")
    }  # fmt: skip


def test_ticking_nothing_and_everything_is_one_press(client, case, worker):
    entries = [write(case, day) for day in (1, 2)]
    draft = draft_of(case, worker)
    sign_in(client, worker).post(address(draft, "items"), {"version": 1, "press": "none"})
    assert set(choice_of(draft).left) == {str(each.pk) for each in entries}
    client.post(address(draft, "items"), {"version": 1, "press": "all"})  # an old window changes nothing
    assert choice_of(draft).left
    client.post(address(draft, "items"), {"version": 2, "press": "all"})
    assert choice_of(draft).left == {}
    assert client.get(address(draft, "check")).status_code == 200


def test_nothing_but_named_entries_makes_no_bundle(client, case, worker):
    entry = write(case, 1)
    draft = draft_of(case, worker, listed=(str(entry.pk),))
    assert sign_in(client, worker).get(address(draft, "check"))["Location"] == address(draft, "items")


def test_ids_of_another_case_in_a_draft_do_nothing(case, worker):
    entry = write(case, 1)
    other = write(CaseFactory(portal=True, worker=worker), 1)
    bundle = ask(case, worker, kept=(str(other.pk),), listed=(str(other.pk),), left={str(other.pk): ("wish", "")})
    assert rows(bundle) == [(entry.pk, "whole", "")]


def test_parts_move_by_buttons(client, case, worker):
    draft = draft_of(case, worker)
    parts = {"sections": ["chronology", "police", "exhibits"], "files_by_entry": "mark"}
    answer = sign_in(client, worker).post(address(draft, "order"), {"version": 1, "move": "exhibits up", **parts})
    assert answer["Location"] == f"{address(draft, 'order')}?moved=exhibits-up"
    assert choice_of(draft).sections == ("chronology", "exhibits", "police")
    page = client.get(answer["Location"]).text
    assert 'data-order-said="Exhibits: place 2 of 3"' in page
    assert 'value="exhibits up" autofocus' in page  # pressed again, it goes on
    client.post(address(draft, "order"), {"version": 2, "move": "chronology up", **parts})
    assert choice_of(draft).sections == ("chronology", "exhibits", "police")


def test_the_check_page_names_what_is_left_out_what_is_withheld_and_what_is_unchecked(client, case, worker):
    load_reference()
    Professional.objects.create(case=case, kind="solicitor", name="Ada Marsh")
    solicitor = Professional.objects.get(kind="solicitor")
    write(case, 1, files=[letter()])
    out = write(case, 2)
    draft = draft_of(
        case, worker, purpose="family", recipient_ref=f"solicitor:professional:{solicitor.pk}",
        left={str(out.pk): ("wish", "Asked <b>twice</b>")}, shown=("phones",),
    )  # fmt: skip
    page = sign_in(client, worker).get(address(draft, "check")).text
    for words in (
        "Family court edition", "version 1, in force 2 March 2026", "Practice Direction 27A", "6.2, 7.2, 8.1 and 11.1",
        "Nobody here has checked it", "Entries 2", "The victim’s wish", "Asked &lt;b&gt;twice&lt;/b&gt;",
        "Addresses, postcodes and map positions", "1 of 1", "Ada Marsh", "the ceiling is 350", "36/10001/26",
    ):  # fmt: skip
        assert words in page, words


def test_too_many_pages_ask_for_a_core_and_what_is_named_takes_none(client, case, worker):
    Preset.objects.create(
        key="police", version=2, edition="police", name="Small", in_force_on=date(2026, 11, 2), source="x",
        numbering="continuous", layout="cards", type_size=12, most_pages=20, confidence="G?",
    )  # fmt: skip
    entries = [write(case, day, words="He rang. " * 800) for day in range(1, 6)]
    draft = draft_of(case, worker)
    sign_in(client, worker)
    answer = client.post(address(draft, "items"), {"version": 1, **{f"in_{each.pk}": "on" for each in entries}})
    assert answer["Location"] == address(draft, "core")
    page = client.get(answer["Location"]).text
    assert "pages; the ceiling is 20: choose a core." in page
    client.post(address(draft, "core"), {"version": 2, f"whole_{entries[1].pk}": "on"})
    assert len(choice_of(draft).listed) == 4
    assert "the ceiling is 20." in client.get(address(draft, "check")).text


def test_an_employer_is_not_told_unasked_what_the_police_have(case, worker):
    assert said(case, purpose="work", recipient_ref="employer:professional:1").cover == ("ring",)
    assert "crime_reference" in said(case).cover


def test_editions_say_whether_anybody_checked_them(client, case, worker):
    load_reference()
    page = sign_in(client, worker).get(reverse("bundles:presets", args=[case.pk])).text
    for words in ("350 pages", "12.0 points", "A1, B1 and so on", "By nobody yet", "in force 29 November 2021"):
        assert words in page, words


@pytest.mark.parametrize("step", ["items", "core", "check"])
def test_queries_do_not_grow_with_the_log(client, case, worker, step):
    draft = draft_of(case, worker)
    sign_in(client, worker)
    for day in (1, 2):
        amend(key=uuid7(), incident=write(case, day, files=[letter()]), text="More.", by=case.victim.user)
    few = queries(client, draft, step)
    for day in range(3, 20):
        amend(key=uuid7(), incident=write(case, day, files=[letter()]), text="More.", by=case.victim.user)
    assert queries(client, draft, step) == few


def queries(client, draft, step):
    with connection.execute_wrapper(counter := Counted()):
        assert client.get(address(draft, step)).status_code == 200
    return counter.count


class Counted:
    count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def test_twenty_thousand_letters_from_right_to_left_are_kept_short_in_the_list(client, case, worker):
    words = "مرحبا 😀 " * 2500
    write(case, 1, words=words)
    page = sign_in(client, worker).get(address(draft_of(case, worker), "items")).text
    assert "مرحبا 😀" in page
    assert len(page) < 80_000


def test_starting_twice_with_one_key_starts_once_and_keeps_what_is_there(case, worker):
    with acting_as(worker.pk):
        draft = start_draft(key=uuid7(), case=case, by=worker)
        keep_step(draft=draft, version=1, step="purpose", changes={"purpose": "report"}, by=worker)
        again = start_draft(key=draft.pk, case=case, by=worker)
    assert Choice.of(again).purpose == "report"


def test_a_key_of_anothers_draft_starts_nothing(client, case, worker):
    other = CaseFactory(worker=(colleague := UserFactory()))
    with acting_as(colleague.pk):
        taken = start_draft(key=uuid7(), case=other, by=colleague)
    answer = sign_in(client, worker).post(reverse("bundles:new", args=[case.pk]), {"key": taken.pk})
    assert answer.status_code == 409
    assert BundleDraft.objects.get(pk=taken.pk).case_id == other.pk


def test_days_after_the_last_entry_offer_nothing(client, case, worker):
    write(case, 1)
    draft = draft_of(case, worker, date_from=date(2026, 6, 2) + timedelta(days=1))
    assert "There are no entries in these days." in sign_in(client, worker).get(address(draft, "items")).text
