"""The helper other tests sign in with."""

import pytest
from django.contrib.auth import get_user

from nsvcs.access import is_fresh
from tests.factories import UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [{}, {"victim": True}])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_signed_in_client_is_that_person_with_or_without_fresh_proof(client, rf, role, fresh):
    user = UserFactory(**role)
    request = rf.get("/")
    request.session = sign_in(client, user, fresh=fresh).session
    request.user = get_user(request)
    assert request.user == user
    assert is_fresh(request) is fresh
