"""Known and unknown e-mail addresses and names take the same time: 200 tries of each, by turns."""

import random
import time
from dataclasses import dataclass, field
from statistics import median

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher, make_password
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.models import User
from jobs.models import Job
from nsvcs.access import Role

pytestmark = [pytest.mark.h("H10"), pytest.mark.commits, pytest.mark.timeout(600)]  # 820 requests, or more
TRIES = 200
ORDERS = (10, 11, 12)
MOST_SECONDS = 0.010
MAIL_DELAY_SECONDS = 0.15


class SlowMail(EmailBackend):
    """A mail server that takes its time."""

    def send_messages(self, messages):
        time.sleep(MAIL_DELAY_SECONDS)
        return super().send_messages(messages)


class OneLane(ScryptPasswordHasher):
    """The service's own hasher with a tenth of its work: 24 ms, which would show if one of the two went without."""

    parallelism = 1
    work_factor = 2**13


@pytest.fixture(autouse=True)
def _service(own_database, settings):
    settings.EMAIL_BACKEND = f"{__name__}.SlowMail"
    settings.PASSWORD_HASHERS = [f"{__name__}.OneLane"]


@dataclass
class Took:
    """What every try of one kind took, in seconds of the clock and of this process's processor time."""

    clock: list = field(default_factory=list)
    processor: list = field(default_factory=list)

    def add(self, ask, *arguments):
        clock, processor = time.perf_counter(), time.process_time()
        ask(*arguments)
        self.processor.append(time.process_time() - processor)
        self.clock.append(time.perf_counter() - clock)


def by_turns(ask, order):
    """Ask for a known and an unknown one by turns, in an order nobody could lean on; the first five warm up."""
    known, unknown = Took(), Took()
    chance = random.Random(order)
    for number in range(-5, TRIES):
        pair = [(known, f"known-{number % TRIES}"), (unknown, f"other-{number % TRIES}")]
        chance.shuffle(pair)
        for took, name in pair:
            # A place of its own for each: one place that asks for many is slowed down.
            place = Client(REMOTE_ADDR=f"10.{number % 100}.{chance.randrange(250)}.{chance.randrange(250)}")
            (took if number >= 0 else Took()).add(ask, place, f"{name}@example.com")
    return known, unknown


def apart(known, unknown):
    """How far the work and the wait tell them apart, in seconds; what the clock says is compared pair by pair, so that
    whatever else the machine does meets both."""
    assert len(known.clock) == len(unknown.clock) == TRIES
    work = abs(median(known.processor) - median(unknown.processor))
    return work, abs(median(a - b for a, b in zip(known.clock, unknown.clock, strict=True)))


def assert_even(ask):
    """Neither tells them apart. What does, does so every time; what a machine with much else to do puts between them by
    chance, it hardly puts there three times."""
    found = []
    for order in ORDERS:
        found.append(apart(*by_turns(ask, order)))
        if max(found[-1]) < MOST_SECONDS:
            return
    pytest.fail(f"seconds of work and of waiting between the two: {found}")


@pytest.fixture
def _known():
    """Two hundred accounts that may recover by e-mail, and whose sign-in name is their address."""
    password = make_password("quiet-meadow-lantern")
    names = [f"known-{number}@example.com" for number in range(TRIES)]
    User.objects.bulk_create(
        User(role=Role.VICTIM, sign_in_name=name, email=name, may_recover_by_email=True, password=password)
        for name in names
    )


@pytest.mark.usefixtures("_known")
def test_a_known_and_an_unknown_address_wait_the_same_time_at_sign_in():
    """H10: wrong passwords for addresses with and without an account."""

    def ask(client, name):
        typed = {"login": name, "password": "wrong-password"}  # pragma: allowlist secret
        assert client.post("/sign-in/", typed).status_code == 422

    assert_even(ask)


@pytest.mark.usefixtures("_known")
def test_a_known_and_an_unknown_address_wait_the_same_time_at_recovery(settings):
    """H10: the mail server's 150 ms are the worker's to wait, never the page's."""

    def ask(client, name):
        assert client.post("/password/ask/", {"email": name})["Location"] == "/password/asked/"

    assert_even(ask)
    assert Job.objects.filter(kind="recover", requester_id=None).count() >= TRIES
    assert Job.objects.filter(kind="recover").exclude(requester_id=None).count() >= TRIES
    assert mail.outbox == []
    worker = Took()
    worker.add(mail.send_mail, "", "", None, ["known-0@example.com"])
    assert worker.clock[0] >= MAIL_DELAY_SECONDS
