"""Orders that read files are made by any machine: what they name lies in the store, not where it was fetched to."""

import io
import json
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from bundles.building import crew as crews
from bundles.building import handing
from bundles.building.crew import Crew, make_parts
from bundles.engine.parts import Order, Store, order_key
from bundles.engine.showing import cleaning_of
from bundles.models import BundlePart, PartOrder
from nsvcs.storage import file_store, new_name
from tests.bundles.test_crew import bundle, helper, words_of, work, worker
from tests.bundles.world import contents, make_pdf, pdf_exhibit
from tests.nsvcs.test_remote_storage import address, url

__all__ = ["address", "bundle", "url", "work", "worker"]
pytestmark = pytest.mark.django_db
TARGET = "tests.bundles.part_targets:copy"


def reading(path, words):
    return Order(order_key(TARGET, words), words, TARGET, {"path": str(path)}, files=("path",))


@pytest.fixture
def two_machines(tmp_path, settings):
    """Where each has what it fetches; the store is the only thing that both reach."""

    def machine(name):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        settings.FILE_UPLOAD_TEMP_DIR = str(folder)
        settings.MEDIA_ROOT = str(folder / "media")
        return folder

    return machine


def test_another_machine_fetches_what_an_order_reads(url, two_machines, bundle, work, monkeypatch):
    monkeypatch.setattr(crews, "STRAGGLER", timedelta(minutes=5))
    here = two_machines("here")
    names, orders = {}, []
    count = crews.WORTH_HELP + crews.AT_ONCE  # the builder begins with so many itself
    for place in range(count):
        path = here / f"original-{place}"
        path.write_text(f"words {place}")
        names[str(path)] = file_store().store(io.BytesIO(path.read_bytes())).name
        orders.append(reading(path, f"words {place}"))
    with ExitStack() as stack:
        crew = Crew(work, bundle, Store(here / "parts", here / "fonts.conf"), stack, names)
        with monkeypatch.context() as patch:
            patch.setattr(crews._Round, "_begin_more", lambda *args: None)
            patch.setattr(crews._Round, "_until_all_is_there", lambda *args: None)
            with pytest.raises(KeyError):  # nothing is made yet: the orders are written down, and the builder waits
                crew.make_all(orders, lambda order, made: None)
        written = [row.payload for row in PartOrder.objects.all()]
        assert len(written) == crews.WORTH_HELP
        assert not [text for text in written if str(here) in text]
        for order in orders[crews.AT_ONCE :]:
            (here / order.payload["path"]).unlink()

        two_machines("there")
        make_parts(helper(bundle))

        assert BundlePart.objects.count() == crews.WORTH_HELP
        two_machines("here")
        assert words_of(crew.make_all(orders, lambda order, made: None)) == [order.name for order in orders]
        assert (crew.made, crew.kept) == (crews.AT_ONCE, crews.WORTH_HELP)


def test_an_order_whose_file_is_gone_is_left_to_whoever_builds(bundle, work, tmp_path):
    told = reading(tmp_path / "a", "a")._asdict() | {"payload": {"path": new_name()}}
    now = timezone.now()
    PartOrder.objects.create(
        bundle=bundle, case_id=bundle.case_id, position=0, payload=json.dumps([told]), asked_at=now
    )
    make_parts(helper(bundle))
    assert not PartOrder.objects.exists()
    assert not BundlePart.objects.exists()


def test_only_what_is_in_the_store_is_handed_on(tmp_path):
    make_pdf(tmp_path / "a.pdf").close()
    order = cleaning_of(pdf_exhibit(tmp_path / "a.pdf", "E1"))
    assert not handing.is_for_all([order], {})
    assert handing.is_for_all([order], {str(tmp_path / "a.pdf"): new_name()})


def test_paths_of_a_choice_are_known_by_their_names_but_for_a_copy_that_was_painted_here(tmp_path):
    make_pdf(tmp_path / "a.pdf").close()
    one = pdf_exhibit(tmp_path / "a.pdf", "E1", copy_path=str(tmp_path / "a.pdf"))
    chosen = contents(exhibits=(named(one, "original", "copy"),))
    ready = contents(exhibits=(one,))
    assert handing.stored_names(chosen, ready) == {str(tmp_path / "a.pdf"): "copy"}
    assert handing.stored_names(contents(exhibits=(named(one, "o", None),)), ready) == {str(tmp_path / "a.pdf"): "o"}


def named(exhibit, original, copy):
    from dataclasses import replace

    return replace(exhibit, original_path=original, copy_path=copy)
