"""`bin/start --check`: a throw-away copy on a free port does the main job; one JSON line says how that went."""

import contextlib
import importlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from nsvcs.embedded import VAR, SetUpError
from nsvcs.embedded.place import place_of
from nsvcs.starting import machine
from nsvcs.starting.copy import Copy
from nsvcs.starting.screen import say, step

FOREIGN = (
    "DATABASE_URL",
    "BROKER_URL",
    "CACHE_URL",
    "STORAGE_URL",
    "SITE_URL",
    "MEDIA_ROOT",
    "DEMO_DATA",
    "MASTER_KEY",
)


def check() -> int:
    """Run it; 0 when everything did what it should. Kept data is never touched: the copy has a `var` of its own."""
    began = float(os.environ.get("NSVCS_BEGAN") or time.time())
    for name in FOREIGN:
        os.environ.pop(name, None)
    result: dict[str, Any] = {"ok": False, "seconds": {}, "bundle": None, "pages_checked": 0}
    prepared = time.time() - began
    var = Path(tempfile.mkdtemp(prefix="nsvcs-check-"))
    copy = Copy(var, machine.free_port())
    try:
        machine.need_room(var)
        machine.need_pango()
        copy.start(with_demo=True)
        with step("the main job", copy.seconds, "bundle"):
            found = _journey(copy)
        result |= found | {"ok": bool(found.get("ok", True)), "bundle": _kept(found.get("bundle"))}
    except (SetUpError, OSError, AssertionError) as error:
        result["reason"] = _with_words(copy, str(error))
    finally:
        copy.remove()
    copy.seconds["setup"] = round(copy.seconds.get("setup", 0.0) + prepared, 2)
    result["seconds"] = {**copy.seconds, **result["seconds"], "total": round(time.time() - began, 2)}
    say(json.dumps(result))
    return 0 if result["ok"] else 1


def _journey(copy: Copy) -> dict[str, Any]:
    """The people's own way through the pages, over HTTP: `demo.check.run(base_url, demo_json)`."""
    try:
        module = importlib.import_module("demo.check")
    except ModuleNotFoundError as error:
        raise SetUpError(f"The main job could not be tried: {error}.") from error
    try:
        return dict(module.run(copy.url, copy.var / "demo.json"))
    except Exception as error:
        raise SetUpError(f"The main job failed: {type(error).__name__}: {error}") from error


def _kept(bundle: dict[str, Any] | None) -> dict[str, Any] | None:
    """Move the bundle out of the throw-away folder, so that it can be looked at afterwards."""
    if not bundle or not bundle.get("path"):
        return bundle
    source = Path(bundle["path"])
    target = VAR / "check" / f"bundle{source.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return bundle | {"path": str(target)}


def _with_words(copy: Copy, reason: str) -> str:
    """Keep what the failed copy's processes said, and let the reason name the place where that lies now."""
    for source in (place_of(copy.var).log, copy.var / "output"):
        kept = VAR / "check" / source.name
        shutil.rmtree(kept, ignore_errors=True)
        with contextlib.suppress(OSError):
            shutil.copytree(source, kept)
            reason = reason.replace(str(source), str(kept))
    return reason
