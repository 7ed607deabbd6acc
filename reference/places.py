"""Where somebody may look for a service: the two counties, and the districts in each."""

from django.utils.functional import Promise

# As of November 2026. Local government is being put in order anew: a district may go, its code then stays for old rows.
DISTRICTS: dict[str, tuple[str, str]] = {
    "breckland": ("Breckland", "norfolk"),
    "broadland": ("Broadland", "norfolk"),
    "great-yarmouth": ("Great Yarmouth", "norfolk"),
    "kings-lynn-west-norfolk": ("King’s Lynn and West Norfolk", "norfolk"),
    "north-norfolk": ("North Norfolk", "norfolk"),
    "norwich": ("Norwich", "norfolk"),
    "south-norfolk": ("South Norfolk", "norfolk"),
    "babergh": ("Babergh", "suffolk"),
    "east-suffolk": ("East Suffolk", "suffolk"),
    "ipswich": ("Ipswich", "suffolk"),
    "mid-suffolk": ("Mid Suffolk", "suffolk"),
    "west-suffolk": ("West Suffolk", "suffolk"),
}


def county_of(place: str) -> str:
    """The county that a district is in; a county is its own."""
    return DISTRICTS[place][1] if place in DISTRICTS else place


def districts_of(county: str) -> list[tuple[str, str | Promise]]:
    """The districts of one county, as choices."""
    return [(code, name) for code, (name, of) in DISTRICTS.items() if of == county]
