"""Comparing pages."""

import re
from typing import Any

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def body_of(answer: Any) -> bytes:
    """A page without the form token, which is another on every page."""
    return TOKEN.sub(b"", answer.content)
