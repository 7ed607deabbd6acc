import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import streams
from cases.models import Note
from cases.streams import RoomStream
from referrals import hub
from tests.factories import CaseFactory, UserFactory
from tests.referrals import support_world
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


def test_every_card_leads_somewhere(client, worker, case):
    sign_in(client, worker)

    page = client.get(reverse("referrals:hub", args=[case.pk])).content.decode()

    for part in hub.PARTS:
        assert reverse(part.link, args=[case.pk]) in page


def test_the_pages_of_a_case_lead_to_support(client, worker, case):
    sign_in(client, worker)

    page = client.get(reverse("cases:detail", args=[case.pk])).content.decode()

    assert reverse("referrals:hub", args=[case.pk]) in page


def test_another_workers_case_is_not_there(client, case):
    sign_in(client, UserFactory())

    assert client.get(reverse("referrals:hub", args=[case.pk])).status_code == 404


def test_a_later_room_brings_its_things_to_the_timeline(client, worker, case, monkeypatch, settings, tmp_path):
    drawn = "{% timeline_item 'From above' moment.at %}{{ row.pk }}{% endtimeline_item %}"
    (tmp_path / "moment.html").write_text("{% load govuk %}" + drawn)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    note = Note.objects.create(case=case, text="one", content_class="safety", by=worker, at=timezone.now())
    rows = lambda case, user: Note.objects.visible_to(user).filter(case=case)  # noqa: E731
    monkeypatch.setitem(streams._streams, "above", RoomStream("above", "Things above", rows, "moment.html"))
    sign_in(client, worker)

    all_kinds = client.get(reverse("cases:timeline", args=[case.pk])).content.decode()
    narrowed = client.get(reverse("cases:timeline", args=[case.pk]), {"kind": "above"}).content.decode()

    assert "From above" in all_kinds
    assert str(note.pk) in narrowed
    assert "1 thing on the timeline" in narrowed


def test_pages_of_agreements_belong_to_support(client, worker, case):
    sign_in(client, worker)

    page = client.get(reverse("cases:consents", args=[case.pk])).content.decode()

    current = re.findall(r'href="([^"]+)"[^>]*aria-current="page"|aria-current="page"[^>]*href="([^"]+)"', page)
    assert reverse("referrals:hub", args=[case.pk]) in {href for pair in current for href in pair}
    assert reverse("cases:detail", args=[case.pk]) not in {href for pair in current for href in pair}


def test_a_number_on_a_card_leads_to_what_is_behind_it(client, worker, case):
    for _each in range(2):
        support_world.move(support_world.offer(case, worker), "declined", worker)
    sign_in(client, worker)

    page = client.get(reverse("referrals:hub", args=[case.pk])).content.decode()

    assert f'href="{reverse("referrals:episodes", args=[case.pk])}">2 earlier ones have ended.</a>' in page
