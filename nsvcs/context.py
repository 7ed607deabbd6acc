"""What every page knows about the site: its names, its links, and when a sign-in runs out."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nsvcs.links import address
from nsvcs.speaking import switcher

ANY: frozenset[str] = frozenset()
CASEWORK = frozenset({"caseworker", "manager"})
HERS = frozenset({"victim", ""})  # also before anybody has signed in
WARN_SECONDS = 120
# What the settings say unless a deployment says otherwise: named here so that the catalogues know them.
DEFAULT_WORDS = (_("My notes"), _("Monday to Friday, 8am to 5pm"))


@dataclass(frozen=True)
class Link:
    """A place in the navigation: what it is called, its URL's name, and the roles that see it (none named: all).

    Args:
        part: where on the page it leads to, as the end of an address.
        is_alone: its address begins every other one, so it is current on its own page only.
        also: views elsewhere that belong to this place.
    """

    text: str | Promise
    name: str
    roles: frozenset[str] = field(default=ANY)
    part: str = ""
    is_alone: bool = False
    also: frozenset[str] = field(default=ANY)


# Pages on which a note is written or stands: their addresses begin otherwise than the list's.
NOTE_PAGES = frozenset(
    f"portal:{name}"
    for name in (
        *("new", "draft", "step", "check", "discard", "saved"),
        *("entry", "entry_add", "entry_wrong", "entry_file_where", "entry_file_said"),
    )
)
NAVIGATION: dict[str, tuple[Link, ...]] = {
    "portal": (
        Link(_("Home"), "portal:home", is_alone=True),
        Link(_("My notes"), "portal:entries", also=NOTE_PAGES),
        Link(_("Safety"), "portal:advice", also=frozenset({"portal:help"})),
        Link(_("Messages"), "portal:messages", part="#newest"),
    ),
    "staff": (
        Link(_("My work"), "cases:work", CASEWORK),
        Link(_("Cases"), "cases:list", CASEWORK | {"data_protection"}),
        Link(_("Referrals in"), "cases:referrals_in", CASEWORK),
        Link(_("Directory"), "directory:list", CASEWORK),
        Link(_("Equipment"), "equipment:list", CASEWORK),
        Link(_("Reports"), "reports:caseload", frozenset({"manager"})),
        Link(_("People"), "accounts:staff", frozenset({"administrator"})),
        Link(_("Locked files"), "locks:list", frozenset({"data_protection"})),
        Link(_("Requests"), "privacy:requests", frozenset({"data_protection"})),
        Link(_("Help"), "help"),
    ),
    "account": (Link(_("Your account"), "accounts:mine"),),
    "footer": (
        Link(_("Stay safe online"), "safety_online", HERS),
        Link(_("Accessibility"), "accessibility", HERS),
        Link(_("Sign language"), "sign_language", HERS),
        Link(_("Easy read"), "easy_read", HERS),
        Link(_("Large print"), "large_print", HERS),
        Link(_("Privacy"), "privacy_notice", HERS),
    ),
}
# The three addresses of the time-out warning: `docs/pages.md`, "Running out of time".
EXTEND_NAME, OUT_NAME, SIGN_OUT_NAME = "accounts:time_left", "signed_out", "account_logout"


def url_or_none(name: str) -> str:
    """The address of a named page without arguments, or "" if this copy has no such page."""
    return address(name)


def _role(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "user", None), "role", "") or "")


def navigation_links(request: HttpRequest, place: str) -> list[dict[str, Any]]:
    """The links of one place that exist and that this person may use, the one they are in marked."""
    role, view = _role(request), getattr(request.resolver_match, "view_name", "")
    places = [
        (link, href)
        for link in NAVIGATION[place]
        if (not link.roles or role in link.roles) and (href := url_or_none(link.name))
    ]
    around = [
        (view in link.also, len(href), link)
        for link, href in places
        if view in link.also or request.path == href or (request.path.startswith(href) and not link.is_alone)
    ]
    here = max(around, key=lambda each: each[:2])[2] if around else None
    return [{"text": link.text, "href": href + link.part, "is_current": link is here} for link, href in places]


def timeout(request: HttpRequest) -> dict[str, Any]:
    """When this sign-in runs out if nothing is done; empty for somebody who is not signed in."""
    role, extend_url = _role(request), url_or_none(EXTEND_NAME)
    if not role or not extend_url:
        return {}
    side = "portal" if role == "victim" else "staff"
    minutes = settings.IDLE_MINUTES[side]
    return {
        "idle_seconds": minutes * 60,
        "idle_minutes": minutes,
        "longest_hours": settings.LONGEST_MINUTES[side] // 60,
        "warn_seconds": WARN_SECONDS,
        "extend_url": extend_url,
        "out_url": url_or_none(OUT_NAME) or settings.LOGIN_REDIRECT_URL,
    }


def form_owner(request: HttpRequest) -> str:
    """A mark of whose page a form was on, which tells nothing of them; empty for somebody who is not signed in."""
    user = getattr(request, "user", None)
    return salted_hmac("nsvcs form owner", str(user.pk)).hexdigest()[:32] if user and user.is_authenticated else ""


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: names and numbers of this service, as capitals; the rest in small letters."""
    role = _role(request)
    return {
        "PORTAL_NAME": gettext(settings.PORTAL_NAME),
        "SERVICE_NAME": "NSVCS",
        "SERVICE_PHONE": settings.SERVICE_PHONE,
        "SERVICE_PHONE_LINK": "tel:" + "".join(c for c in settings.SERVICE_PHONE if c.isdecimal() or c == "+"),
        "SERVICE_HOURS": gettext(settings.SERVICE_HOURS),
        "DEMO_DATA": settings.DEMO_DATA,
        "form_owner": form_owner(request),
        "is_staff_page": bool(role) and role != "victim",
        "sign_out_url": url_or_none(SIGN_OUT_NAME) if role else "",
        "timeout": timeout(request),
        **({} if role and role != "victim" else switcher(request)),
    }
