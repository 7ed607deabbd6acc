"""Two people at once: real connections, real commits."""

from threading import Event, Thread

from django.core.exceptions import ValidationError
from django.db import connection

from cases.actions import withdraw_consent
from nsvcs.identity import acting_as
from referrals.rules.restorative import Stage
from tests.referrals.restoring import World


def test_a_withdrawal_that_comes_first_stops_the_approach_that_waits_for_it(own_database):
    """Two at once: while the victim takes it back, the worker's press waits, and is refused."""
    world = World()
    referral, consent = world.at(Stage.PREPARATION), world.agree()
    world.signed(referral)
    told, is_held, may_end = [], Event(), Event()

    def take_back():
        try:
            with acting_as(world.her.pk):
                withdraw_consent(consent=consent, how="portal", by=world.her)
                is_held.set()
                may_end.wait(10)
        finally:
            connection.close()

    def approach():
        try:
            world.move(referral, Stage.APPROACHED)
            told.append("moved")
        except ValidationError:
            told.append("refused")
        finally:
            connection.close()

    first = Thread(target=take_back)
    first.start()
    assert is_held.wait(10)
    second = Thread(target=approach)
    second.start()
    second.join(0.4)
    assert second.is_alive()
    may_end.set()
    first.join()
    second.join()
    assert told == ["refused"]


def test_of_two_who_open_it_at_once_one_does(own_database):
    world, told = World(), []

    def try_once():
        try:
            world.open()
            told.append("opened")
        except ValidationError:
            told.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=try_once) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["opened", "refused", "refused", "refused"]
