"""My work: what stands on whose list, and in which order."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.actions import give_cover, reallocate
from cases.models import Allocation, Case, Task, Wall
from cases.work import my_work
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, SafeContactFactory, TeamFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


def add(case, worker, title="Ring the landlord", days=0, **given):
    due_on = timezone.localdate() + timedelta(days=days)
    return Task.objects.create(case=case, title=title, due_on=due_on, assigned_to=worker, **given)


def titles(user):
    with acting_as(user.pk):
        work = my_work(user, timezone.now())
    return [task.title for task in [*work.flags, *work.overdue, *work.today, *work.soon]]


def test_a_red_flag_comes_before_an_older_task(worker):
    case = CaseFactory(worker=worker)
    add(case, worker, "Ring the landlord", days=-5)
    add(case, worker, "Red flag in entry 3: look today", days=-1, kind=Task.Kind.RED_FLAG)
    assert titles(worker) == ["Red flag in entry 3: look today", "Ring the landlord"]


def test_a_red_flag_of_today_stands_above_everything_on_the_page(client, worker):
    case = CaseFactory(worker=worker)
    add(case, worker, "Ring the landlord", days=-5)
    add(case, worker, "Red flag in a message: look today", kind=Task.Kind.RED_FLAG)
    assert titles(worker) == ["Red flag in a message: look today", "Ring the landlord"]
    page = sign_in(client, worker).get(reverse("cases:work")).content.decode()
    places = [page.index(text) for text in ("Look at now", "Red flag in a message", "New from the portal", "landlord")]
    assert places == sorted(places)
    assert page.count("Red flag in a message: look today</strong>") == 1


def test_who_covers_a_case_has_the_tasks_of_who_is_away(worker):
    case, cover = CaseFactory(worker=worker), UserFactory()
    add(case, worker)
    add(CaseFactory(worker=worker), worker, "On another case")
    manager = UserFactory(manager=True)
    with acting_as(manager.pk):
        give_cover(case=case, worker=cover, ends_on=timezone.localdate(), by=manager)
    assert titles(cover) == ["Ring the landlord"]
    assert titles(worker) == ["Ring the landlord", "On another case"]


def test_a_task_of_somebody_no_longer_on_the_case_comes_to_who_holds_it(worker):
    case, gone = CaseFactory(worker=worker), UserFactory()
    add(case, gone)
    assert titles(worker) == ["Ring the landlord"]
    Allocation.objects.create(case=case, worker=gone, role="second", starts_at=timezone.now())
    assert titles(worker) == []


def test_a_managers_task_is_on_the_managers_list_alone(worker):
    case, manager = CaseFactory(worker=worker), UserFactory(manager=True)
    add(case, manager)
    assert titles(worker) == []
    assert titles(manager) == ["Ring the landlord"]


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("alarm_asked", "referrals:equipment"),
        ("referral_answer", "referrals:onward"),
        ("consent_withdrawn", "cases:consents"),
        ("support_due", "referrals:episodes"),
        ("rj_due", "referrals:restorative"),
    ],
)
def test_a_task_of_support_leads_to_where_it_is_done(client, worker, kind, page):
    case = CaseFactory(worker=worker)
    add(case, worker, kind=kind)
    href = f'href="{reverse(page, args=[case.pk])}"'
    sign_in(client, worker)
    assert href in client.get(reverse("cases:work")).text
    assert href in client.get(reverse("cases:detail", args=[case.pk])).text


def test_a_waiting_case_whose_first_contact_is_late_says_so(client):
    CaseFactory(first_contact_due_on=timezone.localdate() - timedelta(days=1))
    manager = UserFactory(manager=True)
    assert "contact was due" in sign_in(client, manager).get(reverse("cases:work")).text


def test_nobody_is_sent_to_reach_a_victim_whom_it_is_not_safe_to_reach(client, worker):
    late = timezone.localdate() - timedelta(days=1)
    case = CaseFactory(worker=worker, status="contact_attempts", first_contact_due_on=late)
    SafeContactFactory(victim=case.victim, from_time="09:00", to_time="17:00")
    sign_in(client, worker)
    overview = reverse("cases:detail", args=[case.pk])
    assert "Do not try yet:" not in client.get(overview).text
    Case.objects.filter(pk=case.pk).update(status="unsafe_to_contact")
    said = client.get(overview).text
    assert "Do not try yet:" in said
    assert "No contact:" in said
    assert "Unsafe to contact" in client.get(reverse("cases:work")).text


@pytest.mark.parametrize("how", ["ended", "last_day", "role"])
def test_a_case_of_somebody_no_longer_here_is_the_managers_to_pass_on(client, worker, how):
    manager, today = UserFactory(manager=True), timezone.localdate()
    case, kept = CaseFactory(worker=UserFactory(name="Gwen Gone")), CaseFactory(worker=worker)
    leaver = case.allocations.get().worker
    add(case, leaver, "Ring the landlord")
    elsewhere = CaseFactory(worker=leaver, team=TeamFactory(name="Suffolk"))
    leaver.last_day = today  # the last day itself is a day of work
    leaver.save()
    assert reverse("cases:allocate", args=[case.pk]) not in sign_in(client, manager).get(reverse("cases:work")).text
    leaver.is_active, leaver.last_day = how != "ended", today - timedelta(days=how == "last_day")
    leaver.role = "administrator" if how == "role" else leaver.role
    leaver.save()
    answer = client.get(reverse("cases:work"))
    assert reverse("cases:allocate", args=[case.pk]) in answer.text
    assert "with Gwen Gone, who no longer works on cases" in answer.text
    assert answer.context["work"].left == [case]
    assert list(client.get(reverse("cases:list"), {"worker": "gone"}).context["page"]) == [case]
    with acting_as(manager.pk):
        assert my_work(worker, timezone.now()).left == []
        reallocate(case=case, worker=worker, by=manager)
    assert client.get(reverse("cases:work")).context["work"].left == []
    assert titles(worker) == ["Ring the landlord"]
    assert {kept.pk, elsewhere.pk}.isdisjoint(answer.context["work"].case_ids())


def unheld(user):
    with acting_as(user.pk):
        return my_work(user, timezone.now()).unheld


def test_a_restricted_case_whose_caseworker_left_reaches_the_managers_of_its_team_by_reference_alone(client):
    manager, gone = UserFactory(manager=True), UserFactory()
    case = CaseFactory(worker=gone, is_restricted=True, team=manager.staff_profile.team)
    other = UserFactory(manager=True, profile__team=TeamFactory(name="Suffolk"))
    assert unheld(manager) == []
    User.objects.filter(pk=gone.pk).update(last_day=timezone.localdate() - timedelta(days=1))
    assert unheld(manager) == [case.reference]
    assert unheld(other) == unheld(UserFactory(profile__team=manager.staff_profile.team)) == []
    page = sign_in(client, manager).get(reverse("cases:work")).text
    assert case.reference in page
    assert case.victim.last_name not in page
    reason = client.get(reverse("cases:reason"), {"reference": case.reference}).text
    assert f'value="{case.reference}"' in reason


def test_a_restricted_case_that_is_held_closed_or_walled_is_on_no_managers_list():
    manager, gone = UserFactory(manager=True), UserFactory(is_active=False)
    team = manager.staff_profile.team
    CaseFactory(worker=UserFactory(), is_restricted=True, team=team)
    CaseFactory(worker=gone, is_restricted=True, team=team, closed=True)
    walled = CaseFactory(worker=gone, is_restricted=True, team=team)
    Wall.objects.create(case=walled, person=manager, reason="her brother", set_by=manager.pk)
    assert unheld(manager) == []


def test_of_a_long_title_the_first_sentence_stands_out(client, worker):
    case = CaseFactory(worker=worker)
    shown = "It showed: name, how to make contact safely, language, what is asked for, and the summary. Ring them."
    add(case, worker, title=f"The victim took back agreement 4: it counts no more. The referral was withdrawn. {shown}")
    add(case, worker, title="Ring the school. They close at four.")
    page = sign_in(client, worker).get(reverse("cases:work")).text
    assert "<strong>The victim took back agreement 4: it counts no more.</strong> The referral was withdrawn." in page
    assert "<strong>Ring the school. They close at four.</strong>" in page
