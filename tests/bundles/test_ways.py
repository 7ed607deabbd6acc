"""Ways out on which no file passes through a worker's hands: the link, and the victim's portal."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from bundles.actions import CopyGone, WrongWay, give_link, put_into_portal, recall, take_portal_copy
from bundles.models import BundleFile, PortalCopy
from bundles.releases.given_files import given_files
from cases.models import Case, ShareLink
from logs.models import CustodyEvent
from nsvcs.identity import acting_as
from portal.addresses import letters_of
from tests.bundles.leaving import after_recall, approved, second_for
from tests.bundles.test_releasing import PDF, ready_bundle
from tests.factories import CaseFactory, EvidenceFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def by_link(case, worker):
    bundle = ready_bundle(case, worker)
    return approved(bundle, worker, second_for(bundle), way="link")


def made_link(client, release, worker):
    """The link made through its page: the end of its address, and the passcode."""
    address = reverse("bundles:take", args=[release.case_id, release.bundle_id, release.pk])
    with after_recall():
        page = sign_in(client, worker).post(address).text
    return re.search(r"/d/([\w-]+)/", page)[1], re.search(r"<code[^>]*>([A-Z2-9]{4}-[A-Z2-9]{4})</code>", page)[1]


def ask(token, passcode):
    return Client().post(reverse("shared:open", args=[token]), {"passcode": passcode})


def test_a_link_is_shown_once_opens_for_whoever_has_both_and_its_openings_are_listed(client, case, worker):
    release = by_link(case, worker)
    token, passcode = made_link(client, release, worker)
    assert b"".join(ask(token, passcode).streaming_content) == PDF
    ask(token, "WRONG-CODE")
    given = reverse("bundles:given", args=[case.pk, release.bundle_id, release.pk])
    page = client.get(given).text
    assert token not in page
    assert passcode not in page
    assert "Opened with the passcode, file sent" in page
    assert "Wrong passcode" in page


def test_no_link_before_the_ten_minutes_are_over(client, case, worker):
    release = by_link(case, worker)
    address = reverse("bundles:take", args=[case.pk, release.bundle_id, release.pk])
    answer = sign_in(client, worker).post(address)
    assert answer.status_code == 302
    assert not ShareLink.objects.exists()


def test_a_recall_shuts_the_link_at_once(client, case, worker):
    release = by_link(case, worker)
    token, passcode = made_link(client, release, worker)
    with after_recall(), acting_as(worker.pk):
        recall(release=release, reason="a fault", by=worker)
    assert ask(token, passcode).status_code == 404


def test_a_file_locked_since_shuts_the_link(client, case, worker):
    release = by_link(case, worker)
    token, passcode = made_link(client, release, worker)
    evidence = EvidenceFactory(incident__case=case, case=case)
    release.bundle.items.create(case=case, kind="evidence", object_id=evidence.pk, position=0)
    assert ask(token, passcode).status_code == 200
    told = {"evidence": evidence, "case": case, "by_id": worker.pk}
    CustodyEvent.objects.create(kind="locked", at=timezone.now() + timedelta(seconds=1), **told)
    assert ask(token, passcode).status_code == 404
    CustodyEvent.objects.create(kind="unlocked", at=timezone.now() + timedelta(seconds=2), **told)
    assert ask(token, passcode).status_code == 200


def test_another_way_makes_no_link(case, worker):
    bundle = ready_bundle(case, worker)
    release = approved(bundle, worker, second_for(bundle), way="hand")
    with after_recall(), acting_as(worker.pk), pytest.raises(WrongWay):
        give_link(release=release, key="first", by=worker)


# --- the portal ----------------------------------------------------------------------------------------------------


def in_portal(case, worker):
    release = approved(ready_bundle(case, worker, recipient="victim"), worker, way="portal")
    with acting_as(worker.pk):
        return release, put_into_portal(release=release, by=worker)


def her_page(client, case):
    return sign_in(client, case.victim.user).get(reverse("portal:copy")).text


def test_her_own_edition_lies_in_her_portal_and_is_taken_after_proof(client, case, worker):
    _release, copy = in_portal(case, worker)
    page = her_page(client, case)
    assert "Your caseworker put this here for you on" in page
    address = reverse("portal:copy_file", args=[letters_of(copy.pk)])
    assert address in page
    assert "confirm" in sign_in(Client(), case.victim.user, fresh=False).get(address)["Location"]
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith('attachment; filename="document-')
    told = Event.objects.filter(action="bundle.downloaded", actor_id=case.victim.user_id)
    assert told.get().case_ids == [case.pk]


def test_it_is_gone_after_fourteen_days_and_at_once_when_recalled(client, case, worker):
    release, copy = in_portal(case, worker)
    address = reverse("portal:copy_file", args=[letters_of(copy.pk)])
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23)):
        assert address in her_page(client, case)
    with time_machine.travel(timezone.now() + timedelta(days=14)):
        assert address not in her_page(client, case)
        assert client.get(address).status_code == 404
    with acting_as(worker.pk):
        recall(release=release, reason="a fault", by=worker)
    assert address not in her_page(client, case)
    assert client.get(address).status_code == 404


@pytest.mark.h("H03")
def test_another_persons_copy_is_as_if_it_were_not_there(client, case, worker):
    _release, copy = in_portal(case, worker)
    other = CaseFactory(portal=True, worker=worker)
    sign_in(client, other.victim.user)
    assert client.get(reverse("portal:copy_file", args=[letters_of(copy.pk)])).status_code == 404
    with acting_as(other.victim.user_id):
        assert not PortalCopy.objects.exists()


def test_she_changes_none_of_them(case, worker):
    _release, copy = in_portal(case, worker)
    with acting_as(case.victim.user_id):
        assert PortalCopy.objects.filter(pk=copy.pk).update(expires_at=timezone.now() + timedelta(days=99)) == 0


def test_a_locked_file_in_it_keeps_it_here(case, worker):
    _release, copy = in_portal(case, worker)
    evidence = EvidenceFactory(incident__case=case, case=case)
    copy.shown_files = [str(evidence.pk)]
    with acting_as(case.victim.user_id):
        take_portal_copy(copy=copy, by=case.victim.user)
    told = {"evidence": evidence, "case": case, "by_id": worker.pk}
    CustodyEvent.objects.create(kind="locked", at=timezone.now(), **told)
    with acting_as(case.victim.user_id), pytest.raises(CopyGone):
        take_portal_copy(copy=copy, by=case.victim.user)


def test_without_a_portal_the_way_is_not_offered(client, case, worker):
    bundle = ready_bundle(case, worker, recipient="victim")
    approved(bundle, worker)  # looked over
    address = reverse("bundles:release", args=[case.pk, bundle.pk])
    assert "In the victim’s portal" in sign_in(client, worker).get(address).text
    Case.objects.filter(pk=case.pk).update(is_portal_open=False)
    assert "In the victim’s portal" not in client.get(address).text


def test_the_police_get_the_pack_too_each_file_by_a_pass_of_its_own(client, case, worker):
    bundle = ready_bundle(case, worker)
    kept = {"storage_name": bundle.storage_name, "sha256": "b" * 64, "size_bytes": bundle.size_bytes}
    pack = BundleFile.objects.create(bundle=bundle, case=case, kind="pack", made_at=timezone.now(), **kept)
    release = approved(bundle, worker, second_for(bundle), way="upload")
    address = reverse("bundles:take", args=[case.pk, bundle.pk, release.pk])
    with after_recall():
        begun = sign_in(client, worker).post(address, {"file": str(pack.pk)})["Location"]
        answer = client.get(begun.replace("&begun=", ""))
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].endswith('.zip"')
        nothing = client.post(address, {"file": "another"})["Location"]
        assert client.get(nothing.replace("&begun=", "")).status_code == 302
    told = Event.objects.filter(action="bundle.downloaded").values_list("detail", flat=True)
    assert [detail["sha256"] for detail in told] == ["b" * 64]


@pytest.mark.parametrize("told", [{"recipient": "solicitor"}, {"recipient": "police", "edition": "safe"}])
def test_nobody_else_gets_what_lies_beside_it(case, worker, told):
    bundle = ready_bundle(case, worker, **told)
    kept = {"storage_name": "x", "sha256": "b" * 64, "size_bytes": 1, "made_at": timezone.now()}
    for kind, number in (("pack", 1), ("list", 1), ("volume", 2)):
        BundleFile.objects.create(bundle=bundle, case=case, kind=kind, number=number, **kept)
    with acting_as(worker.pk):
        assert [file.name for file in given_files(bundle, worker)] == ["The bundle, volume 1", "The bundle, volume 2"]
