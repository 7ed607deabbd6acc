"""The step where it is ticked what may be shown: which kinds have no word yet, and what her own copy has."""

import pytest
from django.urls import reverse

from bundles.models import Shown
from cases.models import ProtectedTerm
from nsvcs.ids import uuid7
from tests.bundles.test_choosing import address, case, choice_of, draft_of, worker, write
from tests.signing_in import sign_in

__all__ = ["case", "worker"]
pytestmark = pytest.mark.django_db


def test_what_may_be_shown_says_which_kinds_have_no_word_and_takes_one_there(client, case, worker):
    write(case, 1, words="He was at Tidewater Mills.")
    draft = draft_of(case, worker)
    place = address(draft, "shown")
    page = sign_in(client, worker).get(place).text
    assert page.count("No word yet") > 5
    assert "Protected words of this case" in page
    sent = {"version": 1, "shown": ["phones"], "line-key": uuid7(), "line-draft": draft.pk}
    wrong = client.post(place, sent | {"line-workplace": "x"})
    assert (wrong.status_code, choice_of(draft).shown) == (422, ())
    assert "Enter at least two letters or figures" in wrong.text
    shown = client.post(place, sent | {"line-workplace": "Tidewater Mills"})
    assert "1 place, in 1 entry or file" in shown.text
    assert choice_of(draft).shown == ("phones",)  # what was ticked is kept with it
    kept = client.post(
        reverse("bundles:protected", args=[case.pk]), sent | {"line-workplace": "Tidewater Mills", "step": "keep"}
    )
    assert kept["Location"] == place
    assert ProtectedTerm.objects.get().words == "Tidewater Mills"
    assert "No word to look for yet:" in (check := client.get(address(draft, "check")).text)
    assert "Vehicles and number plates" in check


def test_her_own_copy_is_all_hers_unless_she_wants_something_out_of_it(client, case, worker):
    write(case, 1)
    hers = {"purpose": "own_copy", "recipient_ref": "victim:herself", "shown": None}
    draft = draft_of(case, worker, **hers)
    page = sign_in(client, worker).get(address(draft, "shown")).text
    assert page.count(" checked") == len(Shown)
    assert "It is the victim’s own log" in page
    assert "No word yet" not in page
    assert "This is the victim’s own copy" in client.get(address(draft, "check")).text
