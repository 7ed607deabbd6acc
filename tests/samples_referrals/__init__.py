"""Samples of the room of support services, a module for each part; `tests/samples.py` takes them up in `ROOMS`.

Each module gives: `make(side) -> dict` (what its pages need, in `side.more`), `PARAMETERS`, `MAY_BE_MISSING`, `ROLES`,
`ROOM_ROLES`, `FRESH` and `PAGE_COUNT`, as `tests/samples.py` has them; and
`browse(world, role) -> dict`, which makes what the walk in `tests/browser/test_pages.py` needs for one role: by a
page's name (or a room's, `referrals:`), what stands in its address. `of_case` and `of` stand in `tests/sampling.py`.
"""
