"""Emotional-support notes: what of a case is kept apart, and who may read it."""


def may_read_kept_apart(*, is_manager: bool, is_on_case: bool, is_writer: bool) -> bool:
    """Say whether somebody may read emotional-support notes: not everybody who may open the case.

    A named reader, or a colleague for whom a case was opened with a reason, reads the file without them.

    Source: Domain facts 2.7 and 6, November 2026: therapeutic content is kept apart, and read by as few as need it.
    """
    return is_manager or is_on_case or is_writer
