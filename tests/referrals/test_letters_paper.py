"""Letters as they lie on paper: on one page where they fit on one, and every line within its margins."""

import pypdfium2
import pytest
from django.utils import timezone

from jobs.actions import run_due
from nsvcs.storage import file_store
from referrals.models import LetterFile
from tests.factories import CaseFactory, UserFactory
from tests.referrals.test_letters import make

pytestmark = pytest.mark.django_db
MM = 72 / 25.4
LEFT, RIGHT = 24 * MM, (210 - 24) * MM
ASKED = "Please move Anna to another home.\n\n- Told to nobody.\n- Agreed with us first.\n- Without a fee."
FACTS = "The locks were changed twice since June.\nThe police advise a move."


def printed(letter):
    run_due()
    with file_store().path_or_copy(LetterFile.objects.get(letter=letter).storage_name) as path:
        document = pypdfium2.PdfDocument(path)
        return [list(_boxes(page.get_textpage())) for page in document]


def _boxes(text):
    """Where each letter that is seen stands: its sign, left and right edge, in points."""
    for number in range(text.count_chars()):
        sign = text.get_text_range(number, 1)
        if sign.strip():
            left, _bottom, right, _top = text.get_charbox(number)
            yield sign, left, right


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    received = timezone.now()
    return CaseFactory(
        worker=worker, police_force="Norfolk Constabulary", crime_reference="36/1/26", received_at=received
    )


def test_a_usual_letter_with_all_that_can_be_ticked_is_one_page(case, worker):
    ticked = ["crime", "matter", "since", "born_on"]
    said = {"included": ticked, "request": ASKED, "facts": FACTS, "their_reference": "BH/2211"}
    assert len(printed(make(case, worker, to_address="12 Quayside\nNorwich\nNR1 1AA", **said))) == 1


@pytest.mark.parametrize(
    "words", ["\u0634\u0643\u0631\u0627 \u05e9\u05dc\u05d5\u05dd \U0001f54a ", "thank you "], ids=["rtl", "ltr"]
)
def test_no_line_leaves_its_margins_and_one_from_right_to_left_begins_at_the_right(case, worker, words):
    pages = printed(make(case, worker, request=(words * 60).strip(), facts=(words * 3).strip()))
    signs = [each for page in pages for each in page]
    assert min(left for _sign, left, _right in signs) >= LEFT - 1
    assert max(right for _sign, _left, right in signs) <= RIGHT + 1
    hers = [(left, right) for sign, left, right in signs if sign in words]
    if words.startswith("\u0634"):
        assert max(right for _left, right in hers) > RIGHT - 4
