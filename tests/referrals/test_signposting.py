"""Signposts: told, taken back, used or not; what the victim's page shows of them, and what it does not."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from cases.actions import KeyUsed
from jobs.models import Outgoing
from nsvcs.identity import acting_as
from reference.models import Organisation
from referrals.actions.signposting import mark_signposts_read, record_outcome, take_back_signpost, tell_victim
from referrals.models import Signpost, SignpostOutcome, SignpostRead, SignpostTakenBack
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
HELP, HOME = "/notes/help/", "/notes/"
NEW_TO_READ = "Something new to read from your caseworker"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, portal=True)


@pytest.fixture
def her(case):
    return case.victim.user


def entry(slug="helpline", **facts):
    said = {"name": slug.title(), "what_for": "Help with it.", "domain": f"{slug}.example.org", "source": "a test"}
    said |= {"confidence": "V", "checked_on": date(2026, 11, 1), "checked_by": "A. Manager"}
    return Organisation.objects.create(slug=slug, **said | {"remit_tags": ["general"]} | facts)


@pytest.fixture
def helpline():
    return entry()


@pytest.fixture
def unsure():
    return entry("unsure", confidence="G?", checked_on=None, checked_by="")


def tell(case, organisation, by, how="portal", key=None, words=""):
    values = {"need": "general", "told_how": how, "words": words}
    with acting_as(by.pk):
        return tell_victim(case=case, organisation=organisation, key=key or uuid4(), values=values, by=by)


def hers(client, her, path=HELP):
    return sign_in(client, her).get(path).content.decode()


# --- telling --------------------------------------------------------------------------------------------------------


def test_told_in_the_portal_it_stands_there_with_the_workers_words_and_nothing_is_sent(
    client, case, worker, helpline, her
):
    signpost = tell(case, helpline, worker, words="Ask for Jo.\n<b>They</b> are kind. مرحبا 🙂")
    page = hers(client, her)
    assert "From your caseworker" in page
    assert "Ask for Jo.\n&lt;b&gt;They&lt;/b&gt; are kind. مرحبا 🙂" in page
    assert "https://helpline.example.org" in page
    assert not Outgoing.objects.exists()
    event = Event.objects.get(action="signpost.told")
    assert (event.target_id, event.case_ids) == (str(signpost.pk), [case.pk])
    assert event.detail == {"organisation": helpline.pk, "told_how": "portal"}


@pytest.mark.parametrize("how", ["phone", "in_person"])
def test_by_voice_an_entry_need_not_be_confirmed_and_never_stands_in_the_portal(client, case, worker, unsure, her, how):
    tell(case, unsure, worker, how)
    page = hers(client, her)
    assert "From your caseworker" not in page
    assert "Unsure" not in page


@pytest.mark.parametrize(
    ("facts", "how", "code"),
    [
        ({"confidence": "G", "checked_on": None, "checked_by": ""}, "portal", "not_confirmed"),
        ({"confidence": "V", "checked_on": None, "checked_by": ""}, "portal", "not_confirmed"),
        ({"unconfirmed_fields": ["domain"]}, "portal", "not_confirmed"),
        ({"confidence": "V~", "checked_on": None, "checked_by": ""}, "post", "not_confirmed"),
        ({"retired_on": date(2026, 11, 2)}, "phone", "retired"),
        ({}, "post", "no_post"),
    ],
)
def test_what_is_not_confirmed_is_not_told_in_writing_and_post_passes_the_gate(case, worker, facts, how, code):
    with pytest.raises(ValidationError) as refused:
        tell(case, entry(**facts), worker, how)
    assert refused.value.code == code
    assert not Signpost.objects.exists()


def test_by_post_once_safe_contact_allows_it(case, worker, helpline):
    SafeContactFactory(victim=case.victim, may_post=True)
    assert tell(case, helpline, worker, "post").told_how == "post"


def test_not_in_a_portal_that_is_shut(worker, helpline):
    with pytest.raises(ValidationError) as refused:
        tell(CaseFactory(worker=worker), helpline, worker)
    assert refused.value.code == "portal_closed"


def test_the_same_key_once_and_another_content_is_a_conflict(case, worker, helpline):
    key = uuid4()
    assert tell(case, helpline, worker, key=key) == tell(case, helpline, worker, key=key)
    with pytest.raises(KeyUsed):
        tell(case, helpline, worker, "phone", key=key)
    assert Event.objects.filter(action="signpost.told").count() == 1


# --- taken back, and outcomes ---------------------------------------------------------------------------------------


def test_taken_back_it_leaves_the_page_and_stays_on_the_case(client, case, worker, helpline, her):
    signpost = tell(case, helpline, worker)
    with acting_as(worker.pk):
        first = take_back_signpost(signpost=signpost, words="The wrong one", by=worker)
        again = take_back_signpost(signpost=signpost, words="Pressed twice", by=worker)
    assert first == again
    assert "From your caseworker" not in hers(client, her)
    page = sign_in(client, worker).get(reverse("referrals:signposts", args=[case.pk])).content.decode()
    assert "Taken back" in page
    assert "The wrong one" in page
    assert Event.objects.filter(action="signpost.taken_back").count() == 1


def test_the_newest_outcome_counts_and_the_earlier_stays(case, worker, helpline):
    signpost = tell(case, helpline, worker)
    with acting_as(worker.pk):
        for outcome in ("not_used", "used"):
            record_outcome(signpost=signpost, key=uuid4(), outcome=outcome, by=worker)
        listed = Signpost.objects.visible_to(worker).for_list().get()
        assert listed.outcome.outcome == "used"
    assert SignpostOutcome.objects.count() == 2


# --- her page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"retired_on": date(2026, 11, 2)},
        {"confidence": "G?", "checked_on": None, "checked_by": ""},
        {"unconfirmed_fields": ["domain"]},
    ],
)
def test_what_is_no_longer_confirmed_leaves_her_page_and_the_worker_is_told(client, case, worker, helpline, her, facts):
    tell(case, helpline, worker)
    Organisation.objects.filter(pk=helpline.pk).update(**facts)
    assert "helpline.example.org" not in hers(client, her)
    assert NEW_TO_READ not in hers(client, her, HOME)
    page = sign_in(client, worker).get(reverse("referrals:signposts", args=[case.pk])).content.decode()
    assert "Not shown in the portal now" in page


def test_home_says_something_is_new_until_she_opened_the_page(client, case, worker, helpline, her):
    assert NEW_TO_READ not in hers(client, her, HOME)
    tell(case, helpline, worker)
    assert NEW_TO_READ in hers(client, her, HOME)
    hers(client, her)
    assert NEW_TO_READ not in hers(client, her, HOME)
    hers(client, her)
    assert SignpostRead.objects.count() == Event.objects.filter(action="signpost.read").count() == 1
    page = sign_in(client, worker).get(reverse("referrals:signposts", args=[case.pk])).content.decode()
    assert "Seen in the portal" in page


def test_another_victim_sees_nothing_of_it(client, case, worker, helpline):
    tell(case, helpline, worker, words="For one person")
    other = CaseFactory(portal=True).victim.user
    assert "For one person" not in hers(client, other)
    assert NEW_TO_READ not in hers(client, other, HOME)


def test_the_portal_writes_that_she_read_it_and_nothing_else(case, worker, helpline, her):
    signpost = tell(case, helpline, worker)
    told = {"case": case, "organisation": helpline, "need": "general", "told_how": "portal"}
    with acting_as(her.pk):
        for make in (
            lambda: Signpost.objects.create(by=her, **told),
            lambda: SignpostTakenBack.objects.create(signpost=signpost, case=case, words="x", by=her),
            lambda: SignpostOutcome.objects.create(signpost=signpost, case=case, outcome="used", by=her),
            lambda: SignpostRead.objects.create(signpost=signpost, case=case, by=worker),
            lambda: Organisation.objects.create(slug="x", name="x", what_for="x", confidence="V", source="x"),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                make()
        assert mark_signposts_read(signposts=[signpost], by=her) == 1
    with acting_as(worker.pk), pytest.raises(ProgrammingError), transaction.atomic():
        SignpostRead.objects.create(signpost=signpost, case=case, by=worker)
    with acting_as(worker.pk), pytest.raises(DatabaseError), transaction.atomic():
        Signpost.objects.filter(pk=signpost.pk).update(words="other")


# --- pages of the case ----------------------------------------------------------------------------------------------


def test_a_worker_finds_tells_and_takes_back(client, case, worker, helpline, unsure):
    browser = sign_in(client, worker)
    found = browser.post(reverse("referrals:signpost_find", args=[case.pk]), {"q": "helpline"}).content.decode()
    tell_url = reverse("referrals:signpost_tell", args=[case.pk, helpline.pk])
    assert tell_url in found
    assert "Unsure" not in found
    sent = {"need": "general", "told_how": "portal", "words": "", "key": uuid4()}
    assert browser.post(tell_url, sent).status_code == 302
    assert browser.post(tell_url, sent | {"told_how": ""}).status_code == 422
    assert browser.post(tell_url, sent | {"told_how": "phone"}).status_code == 409
    signpost = Signpost.objects.get()
    for name in ("signpost_outcome", "signpost_back"):
        address = reverse(f"referrals:{name}", args=[case.pk, signpost.pk])
        assert browser.post(address, {"key": uuid4()}).status_code == 422
        sent = {"outcome": "used", "words": "A mistake", "key": uuid4()}
        assert browser.post(address, sent).status_code == 302
    assert "Told of Helpline" in browser.get(reverse("cases:timeline", args=[case.pk])).content.decode()
    assert "Helpline" in browser.get(reverse("referrals:hub", args=[case.pk])).content.decode()


def test_the_page_offers_only_the_ways_that_are_open_and_says_why_not_the_others(client, case, worker, unsure):
    page = sign_in(client, worker).get(reverse("referrals:signpost_tell", args=[case.pk, unsure.pk])).content.decode()
    assert 'value="phone"' in page
    assert 'value="portal"' not in page
    assert 'value="post"' not in page
    assert "Nobody has confirmed this entry." in page
    assert "Say to the victim what is not confirmed" in page


def test_a_signpost_of_another_case_is_not_there(client, case, worker, helpline):
    signpost, other = tell(case, helpline, worker, "phone"), CaseFactory(worker=worker)
    address = reverse("referrals:signpost_back", args=[other.pk, signpost.pk])
    assert sign_in(client, worker).get(address).status_code == 404


def test_the_list_asks_as_often_for_nine_as_for_one(client, case, worker, helpline):
    browser = sign_in(client, worker)

    def asked(path):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    paths = [reverse(f"referrals:{name}", args=[case.pk]) for name in ("signposts", "hub")]
    paths.append(reverse("cases:timeline", args=[case.pk]))

    def grow(count):
        for _number in range(count):
            signpost = tell(case, helpline, worker)
            SignpostOutcome.objects.create(signpost=signpost, case=case, outcome="used", by=worker)
            SignpostTakenBack.objects.create(signpost=signpost, case=case, words="x", by=worker)
            tell(case, helpline, worker, "phone")

    grow(2)
    few = [asked(path) for path in paths]
    grow(6)
    assert [asked(path) for path in paths] == few


def test_her_pages_ask_as_often_for_nine_as_for_one(client, case, worker, helpline, her):
    browser = sign_in(client, her)
    browser.get(HOME)

    def asked(path):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    tell(case, helpline, worker)
    few = [asked(path) for path in (HOME, HELP, HELP)]
    for number in range(8):
        tell(case, entry(f"other-{number}"), worker)
    assert [asked(path) for path in (HOME, HELP, HELP)] == few
