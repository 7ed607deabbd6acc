"""A file to bring messages in from, sent from a real browser: the page is left, the line drops, the form is early."""

from pathlib import Path
from typing import Any

import pytest

from jobs.actions import run_due
from logs.models import Evidence, ImportBatch
from tests.browser.test_sending import BY_ITSELF, Line, case, choose, digest, forgive_lost_lines, her, until  # noqa: F401
from tests.browser.windows import SIZES, Window

MB = 1024 * 1024
LINE = "{:02}/04/2025, 09:14 - Dean: Why are you not answering me, I know that you are there {}\n"


def chat(folder: Path, megabytes: int) -> Path:
    """A long chat."""
    path = folder / "chat.txt"
    with path.open("w") as file:
        number = 0
        while file.tell() < megabytes * MB:
            file.write(LINE.format(1 + number % 28, number % 1_000_000) * 20)
            number += 1
    return path


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_long_chat_over_a_line_that_drops_is_gone_on_with_after_a_reload(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
    size: Any,
) -> None:
    path = chat(tmp_path, 11)
    seen: Window = open_window(her, size=size)
    seen.go("/notes/bring/new/")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.page.reload()
    seen.page.get_by_text("Choose the same file again to go on").wait_for()
    seen.check()
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.touch("Keep this file")
    seen.page.get_by_role("heading", name="On its way").wait_for()
    seen.check()
    line.mend()
    seen.page.wait_for_url(lambda url: "/notes/bring/" in url and "/new/" not in url, timeout=BY_ITSELF)
    run_due()
    batch = ImportBatch.objects.get(asked_by=her)
    source = Evidence.objects.get(uploaded_by=her)
    assert (batch.source, source.sha256, source.size_bytes) == (source, digest(path), path.stat().st_size)
    assert batch.state == "asking"
    seen.page.reload()
    seen.page.get_by_text("Which name is yours?").wait_for()
    seen.check()
    forgive_lost_lines(seen)
