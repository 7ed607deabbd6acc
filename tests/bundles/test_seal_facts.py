"""The seal beside a bundle: whose, when, by whom stamped, and the fingerprint that is read out on the telephone."""

import hashlib
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse

from bundles.models import Bundle
from bundles.seals.certificates import service_sealer
from bundles.seals.facts import grouped, seal_of
from jobs.actions import run_due
from nsvcs.identity import acting_as
from tests.bundles.test_actions import ask_for, world
from tests.bundles.test_certificates import configure, issued
from tests.factories import UserFactory
from tests.signing_in import sign_in

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def test_a_digest_is_read_out_four_at_a_time() -> None:
    sha256 = hashlib.sha256(b"x").hexdigest()
    assert "".join(grouped(sha256)).lower() == sha256
    assert {len(group) for group in grouped(sha256)} == {4}


def test_the_page_of_a_bundle_says_whose_seal_it_has_and_how_it_is_compared(
    client: Client, world: Any, settings: Any, tmp_path: Any
) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    run_due()
    bundle.refresh_from_db()
    sealer = service_sealer()
    with acting_as(worker.pk):
        found = seal_of(bundle, worker)
    assert found is not None
    assert "".join(found.groups).lower() == sealer.fingerprint
    assert (found.level, found.sealed_by) == ("PAdES B-LTA", "Document seal, Self-made certificate")
    assert found.is_self_made
    assert found.stamped_at is not None
    assert abs((found.stamped_at - bundle.ready_at).total_seconds()) < 120
    assert found.authority.startswith("Time stamps (self-made")

    sign_in(client, worker)
    page = client.get(reverse("bundles:detail", args=[case.pk, bundle.pk])).content.decode()
    shown = re.search(r'<code class="app-fingerprint">(.*?)</code>', page)
    assert shown
    assert re.sub(r"<.*?>|\s", "", shown[1]).lower() == sealer.fingerprint
    assert "it does not know who issued it" in page

    configure(settings, tmp_path, issued(key=ec.generate_private_key(ec.SECP256R1())))  # renewed since
    with acting_as(worker.pk):
        later = seal_of(bundle, worker)
    assert later == found
    with acting_as((stranger := UserFactory()).pk):
        assert seal_of(bundle, stranger) is None


def test_a_bundle_of_before_there_were_lists_shows_no_seal(client: Client, world: Any) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    Bundle.objects.filter(pk=bundle.pk).update(
        state="ready", storage_name="x", sha256="a" * 64, ready_at=bundle.asked_at, page_count=1
    )
    sign_in(client, worker)
    page = client.get(reverse("bundles:detail", args=[case.pk, bundle.pk]))
    assert page.status_code == 200
    assert "Its seal" not in page.content.decode()
