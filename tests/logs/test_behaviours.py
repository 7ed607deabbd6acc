import re

import pytest

from logs import behaviours
from logs.behaviours import BEHAVIOURS, BY_CODE, Group


def test_codes_are_unique_and_all_there():
    assert len(BY_CODE) == len(BEHAVIOURS) == 61
    assert [code for code in BY_CODE if not re.fullmatch("[A-Z_]{4,24}", code)] == []


def test_the_booklets_come_first():
    marks = [each.in_booklet for each in BEHAVIOURS]
    assert marks == sorted(marks, reverse=True)
    assert sum(marks) == 13


def test_every_group_has_behaviours_and_every_behaviour_two_labels():
    assert {each.group for each in BEHAVIOURS} == set(Group)
    assert [each.code for each in BEHAVIOURS if not (str(each.portal_label) and str(each.staff_label))] == []


def test_portal_words_follow_they_and_name_no_offence():
    assert str(BY_CODE["FOLLOWING"].portal_label) == "followed you"
    banned = re.compile("stalk|offen[cs]e|victim|perpetrator|crim", re.IGNORECASE)
    assert [each.code for each in BEHAVIOURS if banned.search(str(each.portal_label))] == []


def test_breaches_are_called_alleged():
    assert [code for code in ("BREACH_BAIL", "BREACH_ORDER") if "Alleged" not in str(BY_CODE[code].staff_label)] == []


@pytest.mark.parametrize(
    "code",
    ["STRANGULATION", "THREAT_KILL", "THREAT_SUICIDE", "BREAK_IN_HOME", "BREAK_IN_CAR", "WEAPON", "BREACH_ORDER"]
    + ["BREACH_BAIL", "TRACKER_TAG", "VEHICLE_TRACKER", "VIA_CHILDREN"],
)
def test_red_flags_whoever_it_was(code):
    assert [each.code for each in behaviours.red_flags([code], is_ex_or_partner=False)] == [code]


def test_threats_by_an_ex_partner_are_red_flags():
    assert [each.code for each in behaviours.red_flags(["THREAT_HARM"], is_ex_or_partner=True)] == ["THREAT_HARM"]
    assert behaviours.red_flags(["THREAT_HARM"], is_ex_or_partner=False) == []


def test_unknown_and_ordinary_codes_raise_nothing():
    assert behaviours.red_flags(["CALLS", "NEW_CODE"], is_ex_or_partner=True) == []


def test_grouped_choices_hold_every_code_once():
    codes = [code for _, pairs in behaviours.grouped_choices(for_staff=True) for code, _ in pairs]
    assert sorted(codes) == sorted(BY_CODE)
