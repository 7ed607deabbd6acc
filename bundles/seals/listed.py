"""The list beside a finished bundle, read back."""

import json
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from bundles.models import Bundle, BundleFile
from nsvcs.storage import file_store

MOST_BYTES = 64 * 1024 * 1024


def listed_beside(bundle: Bundle, by: User) -> Mapping[str, Any]:
    """The list as plain values; empty where there is none, as of a bundle that was made before there were lists."""
    row = BundleFile.objects.visible_to(by).filter(bundle=bundle, kind=BundleFile.Kind.LIST).first()
    if row is None:
        return {}
    try:
        with file_store().open(row.storage_name) as file:
            found = json.loads(file.read(MOST_BYTES))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
