"""Two people press at the same moment, each in a transaction of their own."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from bundles.actions import Moved, approve_second, seen_mark
from bundles.models import ReleaseStep
from nsvcs.identity import acting_as
from tests.bundles.leaving import approved, second_for
from tests.bundles.test_releasing import ready_bundle
from tests.factories import CaseFactory, UserFactory


@pytest.mark.commits
def test_of_two_second_people_at_the_same_moment_one_is_the_second(own_database):
    worker = UserFactory()
    bundle = ready_bundle(CaseFactory(worker=worker), worker)
    people = [second_for(bundle), second_for(bundle)]
    release = approved(bundle, worker)
    told, start = [], Barrier(2)

    def approve_at_once(person):
        start.wait()
        try:
            with acting_as(person.pk):
                approve_second(release=release, seen=seen_mark(release.run, person), by=person)
            told.append("second")
        except Moved:
            told.append("too late")
        finally:
            connection.close()

    threads = [Thread(target=approve_at_once, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["second", "too late"]
    assert ReleaseStep.objects.filter(release=release, kind="second").count() == 1
