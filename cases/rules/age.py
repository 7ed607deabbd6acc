"""How old somebody is, in years that count."""

from datetime import date


def reaches_age_on(born_on: date, years: int) -> date:
    """Return the first day on which somebody is so many years old: it begins with the anniversary of the birth.

    Who was born on 29 February is a year older on 1 March of a common year: never a day too early.

    Source: Family Law Reform Act 1969, section 9(1): an age is reached at the beginning of the anniversary. For 29
    February the Act names no day; the later one is the service's own rule.
    """
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def is_under_age(born_on: date | None, years: int, today: date) -> bool:
    """Whether somebody is known to be younger than so many years; of an unknown birth nothing is said.

    Source: the service's own limit `portal_age_floor`, to be confirmed by the service; Family Law Reform Act 1969,
    section 9(1).
    """
    return born_on is not None and today < reaches_age_on(born_on, years)
