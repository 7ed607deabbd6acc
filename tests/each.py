"""One rule over many things in one test: thousands of tests that take a millisecond each cost minutes of telling."""

from collections.abc import Callable, Collection
from typing import TypeVar

import pytest

Thing = TypeVar("Thing")
Check = Callable[[Thing], None]


def over(things: Collection[Thing], name: Callable[[Thing], str]) -> Callable[[Check[Thing]], Callable[[], None]]:
    """Check each of these; the test fails with every one that fails, by its name, and where there are none at all."""

    def decorate(check: Check[Thing]) -> Callable[[], None]:
        def test() -> None:
            assert things, "nothing to check"
            failed = []
            for thing in things:
                try:
                    check(thing)
                except AssertionError as error:
                    failed.append(f"{name(thing)}: {error}")
            if failed:
                pytest.fail("\n".join(failed), pytrace=False)

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return decorate
