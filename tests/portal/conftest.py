import pytest
from django.core.management import call_command

from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in


@pytest.fixture
def case(db):
    return CaseFactory(portal=True, worker=UserFactory(name="Sam Rowan"))


@pytest.fixture
def her(case):
    return case.victim.user


@pytest.fixture
def web(client, her):
    """Her, signed in."""
    return sign_in(client, her)


@pytest.fixture
def guidance(db):
    """The directory and the advice."""
    call_command("load_reference")
