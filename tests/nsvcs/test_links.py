"""Links lead only to pages that exist and that the role may open."""

from uuid import uuid4

import pytest
from django.urls import reverse, set_script_prefix

from nsvcs.access import Role
from nsvcs.links import address, may_open, open_address


@pytest.mark.parametrize(
    ("role", "name", "expected"),
    [
        (Role.CASEWORKER, "cases:edit", True),
        (Role.DATA_PROTECTION, "cases:edit", False),
        (Role.DATA_PROTECTION, "cases:detail", True),
        (Role.CASEWORKER, "cases:allocate", False),
        (Role.MANAGER, "cases:allocate", True),
        (Role.VICTIM, "portal:home", True),
        (Role.MANAGER, "portal:home", False),
        ("", "cases:list", False),
        ("", "account_login", True),
        (Role.MANAGER, "cases:no_such_page", False),
    ],
)
def test_may_open_answers_as_the_page_does(role, name, expected):
    assert may_open(role, name) is expected


def test_open_address_is_empty_where_the_page_would_be_refused_or_is_not_there():
    case_id = uuid4()
    assert open_address(Role.MANAGER, "cases:edit", case_id) == reverse("cases:edit", args=[case_id])
    assert open_address(Role.DATA_PROTECTION, "cases:edit", case_id) == ""
    assert open_address(Role.MANAGER, "cases:edit") == ""
    assert open_address(Role.MANAGER, "nowhere") == ""


@pytest.mark.parametrize(
    ("name", "count"),
    [("cases:list", 0), ("cases:detail", 1), ("logs:entry", 2), ("cases:perpetrator_edit", 2), ("account_login", 0)],
)
def test_an_address_is_the_one_that_django_makes(name, count):
    for _again in range(2):
        ids = [uuid4() for _id in range(count)]
        assert address(name, *ids) == reverse(name, args=ids)


def test_an_address_begins_where_the_site_does():
    set_script_prefix("/below/")
    try:
        assert address("cases:list") == "/below/cases/"
    finally:
        set_script_prefix("/")
    assert address("cases:list") == "/cases/"


def test_a_page_that_is_not_there_has_no_address():
    assert address("nowhere") == address("cases:detail") == address("cases:list", uuid4()) == ""
    assert address("portal:entry", uuid4()) == ""
