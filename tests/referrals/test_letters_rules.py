import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from referrals.rules.letters import (
    FIELDS,
    NAMES,
    Refused,
    Way,
    compose,
    fields_in,
    paragraphs,
    unknown_fields,
    why_not,
)

SEED = Path(settings.BASE_DIR) / "referrals" / "seed" / "letters.toml"
TEMPLATES = tomllib.loads(SEED.read_text())["letter"]


def test_no_merge_field_is_a_way_to_find_the_victim():
    assert not {"address", "phone_of_victim", "email", "postcode", "safe_contact"} & NAMES
    assert all(field.source and field.label for field in FIELDS)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each["key"])
def test_each_template_names_fields_of_the_list_alone_and_reads_well_with_all_or_nothing_ticked(template):
    whole = template["subject"] + template["text"]
    assert unknown_fields(whole) == set()
    assert {"name", "request", "phone"} <= fields_in(whole)
    always = {field.name: f"<{field.name}>" for field in FIELDS if not field.is_ticked}
    bare = compose(template["text"], always)
    full = compose(template["text"], {name: f"<{name}>" for name in NAMES})
    for text in (bare, full):
        assert not set("[]{}") & set(text)
        assert "  " not in text
        assert " ." not in text
    assert "<matter>" not in bare
    assert "<matter>" in full


def test_every_kind_of_letter_has_a_template():
    assert [each["kind"] for each in TEMPLATES] == ["housing", "employer", "school", "supporting"]


def test_a_passage_stays_only_where_all_it_names_is_known():
    text = "A.[[ B {crime} and {officer}.]][[ C {since}.]]\n\n[[{facts}]]\n\nD {nothing}"
    values = {"crime": "36/1", "since": "June"}
    assert compose(text, values) == "A. C June.\n\nD"
    assert compose(text, values | {"officer": "PC Low", "facts": "E"}) == "A. B 36/1 and PC Low. C June.\n\nE\n\nD"


def test_what_is_typed_is_never_taken_for_a_template():
    typed = "[[{name}]] and {born_on}"
    assert compose("{request}", {"request": typed, "born_on": "1 May", "name": "Anna"}) == typed


def test_paragraphs_and_points_of_a_list():
    text = "One\nline two\n\nWe ask:\n- first\n- second\n\nEnd"
    assert list(paragraphs(text)) == [
        ("p", ["One", "line two"]), ("p", ["We ask:"]), ("ul", ["first", "second"]), ("p", ["End"]),
    ]  # fmt: skip
    assert list(paragraphs("")) == []


@pytest.mark.parametrize("may_post", [True, False])
@pytest.mark.parametrize("has_consent", [True, False])
@pytest.mark.parametrize("way", list(Way))
def test_each_way_has_its_gate(way, may_post, has_consent):
    expected = {
        Way.HAND_VICTIM: None,
        Way.POST_VICTIM: None if may_post else Refused.POST,
        Way.POST_RECIPIENT: None if has_consent else Refused.CONSENT,
        Way.HAND_RECIPIENT: None if has_consent else Refused.CONSENT,
    }
    assert why_not(way, may_post=may_post, has_consent=has_consent) == expected[way]
