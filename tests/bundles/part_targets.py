"""What the tests' own orders make, in a child process."""

import time
from pathlib import Path
from typing import Any

from jobs.child import Refused


def write(payload: dict[str, Any]) -> dict[str, Any]:
    """A part of some words, after a while; refused where it was asked to be."""
    time.sleep(payload.get("seconds", 0))
    if payload.get("refuses"):
        raise Refused("text_lost")
    if log := payload.get("log"):
        with open(log, "a") as file:
            file.write(payload["words"] + "\n")
    Path(payload["out"]).write_text(payload["words"])
    return {"pages": 1, "places": {"top": [0, 0.0]}}


def copy(payload: dict[str, Any]) -> dict[str, Any]:
    """A part with what stands in a file."""
    Path(payload["out"]).write_text(Path(payload["path"]).read_text())
    return {"pages": 1, "places": {"top": [0, 0.0]}}
