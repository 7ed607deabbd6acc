"""Puts the identity key into the database, so that it can check who is acting."""

from typing import Any

from nsvcs.identity import key_pads


def write_key(apps: Any, schema_editor: Any) -> None:
    """Write, or replace, the one row of the key table; run as the owner."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO nsvcs_identity_key (inner_pad, outer_pad) VALUES (%s, %s)"
            " ON CONFLICT (only_one) DO UPDATE SET inner_pad = EXCLUDED.inner_pad, outer_pad = EXCLUDED.outer_pad",
            list(key_pads()),
        )
