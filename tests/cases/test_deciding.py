"""Unsafe to contact: a manager decides what happens next, with the reason; everybody else asks by a task."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases import actions
from cases.contact import contact_rule
from cases.models import SafeContact, Task, Wall
from cases.rules import CaseStatus, ClosingCheck, ClosureReason
from nsvcs.identity import acting_as
from tests.cases.test_holding_pages import parts
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def manager():
    return UserFactory(manager=True, name="Ruth Ames")


@pytest.fixture
def case(worker, manager):
    return CaseFactory(worker=worker, team=manager.staff_profile.team, status="unsafe_to_contact")


def set_contact(by, case, values, based_on, because=""):
    with acting_as(by.pk):
        return actions.set_safe_contact(
            victim=case.victim, values=values, based_on=based_on, by=by, confirmed_on=timezone.localdate(),
            because=because,
        )  # fmt: skip


def test_only_a_manager_says_that_it_is_safe_again_and_says_why(case, worker, manager):
    set_contact(worker, case, {"is_unsafe": True}, 0)
    for by, because, field in ((worker, "She rang.", "is_unsafe"), (manager, "", "because")):
        with pytest.raises(ValidationError) as caught:
            set_contact(by, case, {"may_phone": True}, 1, because)
        assert list(caught.value.message_dict) == [field]
    set_contact(worker, case, {"is_unsafe": True, "safe_name": "Sam"}, 1)
    kept = set_contact(manager, case, {"may_phone": True}, 2, "She rang from work.")
    assert (kept.is_unsafe, kept.safe_because, kept.recorded_by) == (False, "She rang from work.", manager.pk)
    assert Event.objects.get(actor_id=manager.pk, action=Action.SAFE_CONTACT_SET).detail["is_safe_again"]
    # From then on anybody on the case keeps it up, and no reason is kept where nothing was loosened.
    assert set_contact(worker, case, {"may_phone": True}, 3, "x").safe_because == ""


def test_only_a_manager_takes_a_case_out_of_unsafe_to_contact(case, worker, manager):
    move = {"case": case, "to": CaseStatus.TRIAGED, "reason": "She rang."}
    with acting_as(worker.pk), pytest.raises(PermissionDenied):
        actions.move_status(**move, by=worker)
    with acting_as(worker.pk), pytest.raises(actions.NotReadyToClose) as caught:
        actions.close_case(case=case, reason=ClosureReason.DIED, text="x", by=worker)
    assert caught.value.checks == [ClosingCheck.UNSAFE]
    with acting_as(manager.pk):
        assert actions.move_status(**move, by=manager).status == "triaged"
        assert case.status_changes.get().by == manager


def test_a_case_closed_as_unsafe_stays_so_until_a_manager_opens_it_again(case, worker, manager):
    SafeContactFactory(victim=case.victim)
    with acting_as(manager.pk):
        closed = actions.close_case(case=case, reason=ClosureReason.UNSAFE_TO_CONTACT, text="No safe way.", by=manager)
    assert contact_rule(case.victim).is_unsafe
    with acting_as(worker.pk), pytest.raises(PermissionDenied):
        actions.reopen_case(case=closed, reason="She rang.", by=worker)
    with acting_as(manager.pk):
        actions.reopen_case(case=closed, reason="She rang.", by=manager)
    assert not contact_rule(case.victim).is_unsafe


@pytest.mark.parametrize("name", ["status", "safe_contact", "reopen"])
def test_a_page_offers_a_caseworker_to_ask_and_a_manager_to_decide(client, case, worker, manager, name):
    SafeContactFactory(victim=case.victim, is_unsafe=True)
    if name == "reopen":
        with acting_as(manager.pk):
            actions.close_case(case=case, reason=ClosureReason.UNSAFE_TO_CONTACT, text="x", by=manager)
    address, ask = reverse(f"cases:{name}", args=[case.pk]), f"{reverse('cases:task_new', args=[case.pk])}?ask=manager"
    assert ask in sign_in(client, worker).get(address).text
    assert ask not in sign_in(client, manager).get(address).text


def test_the_caseworker_asks_a_manager_by_a_task(client, case, worker, manager):
    sign_in(client, worker)
    address = f"{reverse('cases:task_new', args=[case.pk])}?ask=manager"
    form = client.get(address).context["form"]
    assert (form["assigned_to"].value(), form["due_on"].value()) == (str(manager.pk), timezone.localdate())
    sent = {"title": form["title"].value(), "assigned_to": str(manager.pk), "key": form["key"].value()}
    assert client.post(address, sent | parts("due_on", timezone.localdate())).status_code == 302
    assert [task.title for task in Task.objects.filter(assigned_to=manager)] == [form["title"].value()]
    assert form["title"].value() in sign_in(client, manager).get(reverse("cases:work")).text


def test_a_manager_who_is_shut_out_is_not_asked(client, case, worker, manager):
    with acting_as(manager.pk):
        Wall.objects.create(case=case, person=manager, reason="Her neighbour.", set_by=worker.pk)
    answer = sign_in(client, worker).get(f"{reverse('cases:task_new', args=[case.pk])}?ask=manager")
    assert answer.context["form"]["assigned_to"].value() == ""
    assert "Ruth Ames" not in answer.text


def test_the_page_of_safe_contact_keeps_who_decided_and_why(client, case, worker, manager):
    SafeContactFactory(victim=case.victim, is_unsafe=True, recorded_by=worker.pk)
    address = reverse("cases:safe_contact", args=[case.pk])
    sent = {"ways": ["may_post"], "voicemail": "never", "version": "1", **parts("confirmed_on", timezone.localdate())}
    refused = sign_in(client, worker).post(address, sent)
    assert (refused.status_code, SafeContact.objects.count()) == (422, 1)
    assert "A manager has to decide that it is safe again" in refused.text
    assert sign_in(client, manager).post(address, sent).context["form"].errors["because"]
    assert client.post(address, sent | {"because": "She rang from work."}).status_code == 302
    text = client.get(address).text
    assert "She rang from work." in text
    assert "by Ruth Ames" in text
