"""The log holds ids: not what somebody typed, and not what an error said of it."""

import logging
import re
from smtplib import SMTPRecipientsRefused

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from jobs import kinds
from jobs.actions import ask, run_due
from jobs.models import Job
from nsvcs.access import Role
from nsvcs.loglines import LineFormatter
from tests.factories import UserFactory
from tests.pages import body_of
from tests.samples import make_side
from tests.signing_in import sign_in
from tests.test_access import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.h("H22")]
CANARY = "canary"  # by its name below: the way to an error shows lines of this file
ADDRESS = f"{CANARY}@example.com"
WALKERS = (Role.VICTIM, Role.MANAGER, Role.ADMINISTRATOR)  # between them they may open every page


class Lines(logging.Handler):
    """Keeps the log as it would be written."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.written = []
        self.setFormatter(LineFormatter())

    def emit(self, record):
        self.written.append(self.format(record))

    @property
    def text(self):
        return "\n".join(self.written)


@pytest.fixture
def log(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == "nsvcs.loglines.LineFormatter"
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


def fail_in_the_database():
    user = UserFactory(sign_in_name=ADDRESS)
    with transaction.atomic():
        User.objects.bulk_create([User(sign_in_name=user.sign_in_name, role="victim")])


def fail_to_send(work=None):
    raise SMTPRecipientsRefused({ADDRESS: (550, b"no such person")})


def fail_for_a_reason():
    try:
        int(CANARY)
    except ValueError as error:
        raise RuntimeError(CANARY) from error


@pytest.mark.parametrize(
    ("fail", "kind"),
    [
        (fail_in_the_database, "django.db.utils.IntegrityError"),
        (fail_to_send, "smtplib.SMTPRecipientsRefused"),
        (fail_for_a_reason, "builtins.ValueError\nled to"),
    ],
)
def test_an_error_is_logged_with_its_way_and_kind_and_none_of_its_words(log, fail, kind):
    with pytest.raises((DatabaseError, SMTPRecipientsRefused, RuntimeError), match=CANARY) as raised:
        fail()
    logging.getLogger("jobs.actions").error("job %s broke", 7, exc_info=raised.value)
    assert "job 7 broke" in log.text
    assert f"in {fail.__name__}" in log.text
    assert kind in log.text
    assert CANARY not in log.text


def test_a_job_whose_message_a_mail_server_refuses_tells_no_address(log, monkeypatch):
    monkeypatch.setitem(kinds._kinds, "broken", kinds.Kind("broken", f"{__name__}.fail_to_send", most_attempts=1))
    ask(name="broken", key="broken", object_id=None, case_id=None, by=None)
    run_due()
    assert "smtplib.SMTPRecipientsRefused" in log.text
    assert CANARY not in log.text


def test_an_address_that_somebody_made_up_is_not_written_down(log):
    Client().get(f"/cases/{CANARY}/")
    assert "Not Found: an address that is no page" in log.text
    assert CANARY not in log.text


def test_the_half_of_a_key_that_a_link_ends_with_is_not_written_down(log):
    side = make_side("Norfolk", 7)
    address = reverse("shared:open", args=[side.token])
    assert Client().post(address, {"passcode": "WRONG"}).status_code == 422
    Client().put(address)
    Client().get(reverse("shared:open", args=[CANARY]))
    assert "Unprocessable Entity: /d/…/" in log.text
    assert "Not Found: /d/…/" in log.text
    assert side.token not in log.text
    assert CANARY not in log.text


def test_the_line_of_a_task_that_raised_says_nothing_of_the_error(log):
    said = {"name": "audit.seal", "id": "7", "exc": f"ValueError('{CANARY}')", "traceback": CANARY}
    logging.getLogger("celery.app.trace").error("Task %(name)s[%(id)s] raised: %(exc)s", said)
    assert "Task audit.seal[7] raised" in log.text
    assert CANARY not in log.text


def typed_everywhere(browser, address):
    """The canary sent in every field the page has, as the page would send it and as nonsense."""
    page = browser.get(address)
    if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
        return 0
    names = set(re.findall(r'\sname="([^"]+)"', body_of(page).decode())) - {"csrfmiddlewaretoken", "viewport"}
    with transaction.atomic():
        browser.post(address, dict.fromkeys(names, CANARY))
        browser.get(address, dict.fromkeys(names, CANARY))
        assert CANARY not in str(list(Event.objects.values_list("detail", "target_id")))
        assert CANARY not in str(list(Job.objects.values()))
        transaction.set_rollback(True)
    return len(names)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", WALKERS)
def test_what_is_typed_into_any_page_reaches_no_log_no_event_and_no_job(log, role):
    side = make_side("Norfolk", entry_number=1)
    browser = sign_in(Client(raise_request_exception=False), side.people[role])
    mine = [page for page in PAGES if role in page.mark.roles and not page.mark.is_public]
    fields = sum(typed_everywhere(browser, page.address(side)) for page in mine)
    assert fields > 20
    assert CANARY not in log.text
    assert "Internal Server Error" not in log.text
