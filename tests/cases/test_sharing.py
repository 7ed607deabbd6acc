"""A link with a passcode: who has both gets the file; nobody else gets a word."""

import io
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.sharing import LinkDead, SharedFile, WrongPasscode, digest_of, door, end_links, make_link, open_link
from cases.models import ShareLink, ShareOpening, Task, Wall
from jobs.actions import run_due
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in

PDF = b"%PDF-1.7 no real one"


def made(what="a sample"):
    """A link, the end of its address, its passcode."""
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    stored = file_store().store(io.BytesIO(PDF))
    file = SharedFile(stored.name, "application/pdf", stored.size_bytes, stored.sha256)
    with acting_as(worker.pk):
        return make_link(case=case, what=what, object_id=uuid7(), file=file, to_name="PC Brandon", by=worker)


@pytest.fixture
def shared(db):
    return made()


def ask(token, passcode, browser=None):
    return (browser or Client()).post(reverse("shared:open", args=[token]), {"passcode": passcode})


def gone(token):
    """What the page says of a link that opens nothing."""
    answer = Client().get(reverse("shared:open", args=[token]))
    return answer.status_code, answer.text


def test_whoever_has_both_gets_the_file_under_a_name_that_says_nothing(shared):
    _link, token, passcode = shared
    page = Client().get(reverse("shared:open", args=[token]))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    answer = ask(token, passcode)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith('attachment; filename="document-')
    assert answer["Content-Type"] == "application/octet-stream"
    assert "no-store" in answer["Cache-Control"]


def test_the_page_says_nothing_of_the_matter(shared):
    link, token, _ = shared
    page = Client().get(reverse("shared:open", args=[token])).text
    told = (link.case.reference, link.case.victim.name, "Brandon", "NSVCS", "victim", "police", "stalking", "bundle")
    assert not any(word.lower() in page.lower() for word in told)
    assert page.count("<form") == 1


def test_neither_address_nor_passcode_is_kept(shared):
    link, token, passcode = shared
    kept = [str(getattr(link, field.attname)) for field in ShareLink._meta.fields]
    assert not any(token in value or passcode in value or passcode.replace("-", "") in value for value in kept)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_passcode_is_taken_as_it_is_heard(shared, typed):
    _link, token, passcode = shared
    assert ask(token, typed(passcode)).status_code == 200


def test_a_wrong_passcode_is_said_counted_and_recorded(shared):
    link, token, passcode = shared
    answer = ask(token, "WRONG-CODE")
    assert answer.status_code == 422
    assert "That passcode is not right" in answer.text
    assert ask(token, "").status_code == 422
    assert ask(token, passcode).status_code == 200
    assert list(ShareOpening.objects.order_by("at").values_list("outcome", flat=True)) == ["wrong", "opened"]
    told = Event.objects.filter(case_ids=[link.case_id], action__startswith="share_link.").order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["share_link.made", "share_link.refused", "share_link.opened"]


def test_after_five_wrong_ones_the_right_one_opens_nothing_either(shared):
    link, token, passcode = shared
    for _ in range(5):
        assert ask(token, "WRONG-CODE").status_code == 422
    assert ask(token, passcode).status_code == 404
    link.refresh_from_db()
    assert link.is_locked
    assert ShareOpening.objects.count() == 5


def test_of_a_link_that_was_locked_whoever_holds_the_case_is_told_once(shared):
    link, token, _passcode = shared
    for _ in range(4):
        ask(token, "WRONG-CODE")
    run_due()
    assert not Task.objects.exists()
    for _ in range(2):
        ask(token, "WRONG-CODE")
        run_due()
    task = Task.objects.get()
    assert (
        task.title == "The link for PC Brandon is locked, by too many wrong passcodes: ring them, then make a new one"
    )
    assert task.assigned_to == link.made_by


def test_every_dead_link_is_the_same_page(shared):
    link, token, passcode = shared
    unknown = gone("no-such-link")
    assert unknown[0] == 404
    ShareLink.objects.update(expires_at=timezone.now())
    assert gone(token) == unknown
    assert ask(token, passcode).status_code == 404
    ShareLink.objects.update(expires_at=timezone.now() + timedelta(days=7))
    assert gone(token)[0] == 200
    with acting_as(link.made_by_id):
        assert end_links(what=link.what, object_id=link.object_id, by=link.made_by) == 1
    assert gone(token) == unknown


def test_a_wall_set_since_shuts_it(shared):
    link, token, _ = shared
    Wall.objects.create(case=link.case, person=UserFactory(), reason="kin", set_by=link.made_by_id)
    assert gone(token)[0] == 404


def test_a_new_link_to_the_same_thing_ends_the_one_before(shared):
    link, token, _ = shared
    file = SharedFile(link.storage_name, link.media_type, link.size_bytes, link.sha256)
    with acting_as(link.made_by_id):
        told = {"case": link.case, "what": link.what, "object_id": link.object_id, "to_name": "PC Brandon"}
        _new, other, passcode = make_link(file=file, by=link.made_by, **told)
    assert gone(token)[0] == 404
    assert ask(other, passcode).status_code == 200


def test_whoever_is_signed_in_here_counts_as_nobody(shared):
    link, token, passcode = shared
    browser = sign_in(Client(), link.made_by)
    assert ask(token, passcode, browser).status_code == 200
    assert Event.objects.filter(action="share_link.opened", actor_id=None).count() == 1


@pytest.mark.h("H02")
def test_nobody_and_no_stranger_reads_links_or_tries(shared):
    _link, token, _ = shared
    ask(token, "WRONG-CODE")
    for person in (None, UserFactory().pk, UserFactory(administrator=True).pk):
        with acting_as(person):
            assert not ShareLink.objects.exists()
            assert not ShareOpening.objects.exists()


def test_a_link_is_found_by_its_digest_alone(shared):
    link, token, _ = shared
    with acting_as():
        assert door(token).pk == link.pk
    with acting_as(), pytest.raises(LinkDead):
        door(digest_of(token))


@pytest.mark.commits
def test_twenty_tries_at_once_are_five(own_database):
    link, token, passcode = made()
    told = []

    def try_once(number):
        try:
            with acting_as():
                try:
                    open_link(door(token), f"WRONG-{number}")
                except WrongPasscode:
                    told.append("wrong")
        except LinkDead:
            told.append("dead")
        finally:
            connection.close()

    threads = [Thread(target=try_once, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("wrong"), told.count("dead")) == (5, 15)
    assert ShareLink.objects.get(pk=link.pk).wrong_count == 5
    with acting_as(), pytest.raises(LinkDead):
        open_link(door(token), passcode)
