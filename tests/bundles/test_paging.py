"""The number of pages that is told before a bundle is made, beside the pages as they are laid out."""

import importlib
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bundles.actions import request_bundle
from bundles.actions.asking import Said
from bundles.choosing.drafting import Choice
from bundles.choosing.offering import offer
from bundles.choosing.paging import Size, Sizes, line_count, tall
from bundles.engine.ordering import Printing, as_printed
from bundles.engine.rendering import Sheet
from bundles.models import Bundle, Shown
from bundles.selection.freezing import contents_of
from logs.making.recipes import recipe_of
from logs.models import Amendment, Evidence, Incident, Rendition
from nsvcs.fonts import write_fonts_conf
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.typesetting import Typesetter
from reference.loading import load_reference
from reference.models import Preset
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory

SENTENCES = (
    "He was parked opposite the shop when I came out and stayed until the bus came. Three calls from a withheld number,"
    " each one silent. I could not sleep and did not go in the next day; she asked him where I am living now. "
)
# In the middle so many letters a column, and how many of a hundred entries have any.
COLUMNS = {
    "place": (15, 80), "what_happened": (330, 100), "evidence_words": (30, 50), "police_response": (60, 30),
    "impact": (90, 70), "changes_made": (60, 40), "impact_on_others": (40, 20),
}  # fmt: skip
FIRST = datetime(2024, 1, 1, 9, tzinfo=UTC)


def text(chance, letters):
    told, words = "", SENTENCES.split()
    while len(told) < letters:
        told += chance.choice(words) + " "
    return told[:letters].strip()


def log_of(case, entries, files):
    """A log such as people keep: most entries short, some long, files of all sorts with some."""
    chance, person = random.Random(entries), case.victim.user
    rows = []
    for number in range(1, entries + 1):
        at = FIRST + timedelta(hours=17 * number)
        told = {
            name: text(chance, max(4, int(chance.gammavariate(2, most / 2)))) if chance.random() * 100 < share else ""
            for name, (most, share) in COLUMNS.items()
        }
        told |= {"police_contacted": "yes" if told["police_response"] else ""}
        when = {"recorded_at": at, "occurred_at": at, "occurred_on": at.date()}
        rows.append(
            IncidentFactory.build(case=case, number=number, recorded_by=person, behaviours=["CALLS"], **when | told)
        )
    Incident.objects.bulk_create(rows)
    Amendment.objects.bulk_create(
        Amendment(incident=row, case=case, kind="addition", text=text(chance, 90), source="portal", recorded_by=person,
                  recorded_at=row.recorded_at, digest="0" * 64) for row in rows[::12]
    )  # fmt: skip
    kinds = ["image/jpeg"] * 6 + ["application/pdf"] * 3 + ["audio/mpeg"]
    made = [
        EvidenceFactory.build(case=case, incident=rows[number * 7 % entries], uploaded_by=person,
                              exhibit_number=number + 1, media_type=kinds[number % 10])
        for number in range(files)
    ]  # fmt: skip
    Evidence.objects.bulk_create(made)
    Rendition.objects.bulk_create(copy_of(row) for row in made if row.media_type != "audio/mpeg")


def copy_of(row):
    is_document = row.media_type == "application/pdf"
    kind = Rendition.Kind.DOCUMENT if is_document else Rendition.Kind.PAGE
    return Rendition(
        evidence=row, case=row.case, kind=kind, recipe=recipe_of(kind), state="ok", storage_name=f"bb/{row.pk.hex}",
        sha256="2" * 64, media_type="application/pdf" if is_document else "image/jpeg", size_bytes=1,
        page_count=1 + row.exhibit_number % 3 if is_document else 0, original_sha256=row.sha256,
    )  # fmt: skip


def laid_out(contents, folder):
    """How many pages each part has, by the layouts themselves: nothing is joined, sealed or looked over."""
    contents, fonts = as_printed(contents), str(write_fonts_conf(folder))
    sheets = [sheet_of(place, each) for place, each in enumerate(contents.exhibits)]
    pages = 0
    for group in Printing(contents, Typesetter()).orders(sheets):
        for order in group.orders:
            module, _colon, function = order.target.partition(":")
            make = getattr(importlib.import_module(module), function)
            out = {"out": str(folder / "part.pdf"), "fonts_conf": fonts}
            pages += make({**order.told(), **out})["pages"]
    return pages + sum(sheet.document_pages for sheet in sheets)


def sheet_of(place, exhibit):
    if exhibit.kind == "image":
        return Sheet(place, exhibit, picture=(800, 600, "/DeviceRGB"))
    return Sheet(
        place, exhibit, document_pages=exhibit.copy_pages or 0, reason="" if exhibit.copy_pages else "It is sound."
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("paging")


EDITIONS = {
    "police": ("police", "report"), "court": ("court", "prosecution"), "family": ("family_court", "family"),
    "safe": ("police", "other_side"), "short": ("housing", "housing"), "own": ("victim", "own_copy"),
}  # fmt: skip


def told_and_made(case, worker, edition, folder):
    kind, purpose = EDITIONS[edition]
    choice = Choice(purpose=purpose, recipient_ref=f"{kind}:professional:1")
    with acting_as(worker.pk):
        found = offer(case, choice, worker)
        told = found.pages(Preset.objects.current(edition, timezone.localdate()))
        picked = found.picked()
        bundle = request_bundle(
            key=uuid7(), case=case, entry_ids=picked.whole, evidence_ids=picked.files, recipient=kind,
            recipient_name="", purpose="Papers", date_from=None, date_to=None, by=worker, picked=picked,
            shown=list(Shown.values) if edition == "own" else [],
            said=Said(edition=edition, purpose_kind=purpose, recipient_ref=choice.recipient_ref),
        )  # fmt: skip
        bundle = Bundle.objects.select_related("case__victim", "asked_by", "preset").get(pk=bundle.pk)
        return told, laid_out(contents_of(bundle, worker), folder)


def world(entries, files):
    load_reference()
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    log_of(case, entries, files)
    return case, worker


@pytest.mark.django_db
def test_what_is_told_is_near_what_is_made_in_every_edition(folder):
    case, worker = world(84, 40)
    found = {edition: told_and_made(case, worker, edition, folder) for edition in EDITIONS}
    off = {edition: (told, made) for edition, (told, made) in found.items() if abs(told - made) > made * 0.1}
    assert off == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("edition", "entries", "files"), [("family", 84, 0), ("court", 84, 200), ("court", 1000, 40), ("family", 1000, 200)]
)
def test_what_is_told_is_near_what_is_made_at_every_size(folder, edition, entries, files):
    told, made = told_and_made(*world(entries, files), edition, folder)
    assert abs(told - made) <= made * 0.1, (told, made)


def test_nothing_makes_no_more_than_its_first_pages():
    assert Sizes("cards", 10.5, ()).pages() == 3
    assert Sizes("columns", 9, (), sections=()).pages() == 3


def test_findings_have_pages_where_there_is_something_to_find():
    plain = [Size({"what_happened": 50}, month="2026-06")] * 3
    rich = [Size({"impact_on_others": 9}, month="2026-06", behaviours=("CALLS", "TEXTS"), has_hour=True)] * 3
    for entries, count in ((plain[:1], 1), (plain, 2), (rich, 6)):
        sizes = Sizes("cards", 11, entries)
        sizes.pages()
        assert sizes.parts["patterns"] == count


def test_an_empty_text_has_no_line_and_a_long_one_is_as_tall_as_it_is_long():
    assert (line_count(0, 24, 9), tall(0, 9)) == (0, 0)
    assert line_count(20_000, 24, 9) > 1000
    row = Sizes("columns", 9, [Size({"impact": 20_000})])
    assert row.pages() > 20


def test_what_is_withheld_as_a_column_takes_no_room():
    entries = [Size({"what_happened": 200, "changes_made": 900})] * 50
    whole, without = (Sizes("columns", 9, entries, hidden=hidden).pages() for hidden in ((), ("routine",)))
    assert without < whole / 2


def test_each_further_volume_has_a_cover():
    entries = [Size({"what_happened": 400})] * 200
    one, several = (Sizes("cards", 11, entries, most_pages=most).pages() for most in (None, 30))
    assert several == one + one // 30
