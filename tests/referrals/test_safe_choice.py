"""What ends or takes something away stands behind the safe choice; stopping, which is the safe side, asks nothing."""

from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(settings.BASE_DIR) / "templates"
STOPPING = {"referrals/restorative/withdraw.html"}  # the victim’s own stop: nothing is held against it
GRAVE = sorted(
    path
    for room in ("referrals", "directory")
    for path in (HERE / room).rglob("*.html")
    if 'kind="warning"' in path.read_text() and str(path.relative_to(HERE)) not in STOPPING
)


def test_there_are_such_pages():
    assert len(GRAVE) >= 7


@pytest.mark.parametrize("path", GRAVE, ids=lambda path: path.stem)
def test_the_safe_choice_comes_first(path):
    page = path.read_text()
    group = page[page.rindex('class="govuk-button-group"', 0, page.index('kind="warning"')) :]
    assert 0 < group.find("<a ") < group.index('kind="warning"')
