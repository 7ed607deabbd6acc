"""Who may open a page. A view without a mark is refused; marks are never inherited.

`@allow(Role.CASEWORKER)` on our views, `declare({...})` for other people's, `@open_to_all` for the few public pages.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., Any])
FRESH_SECONDS = 300
LANDING = "begun"  # in a download's address: show the page from which it begins
VERBS = ("GET", "HEAD", "OPTIONS", "POST")  # what a page knows, even one of the library's, unless it says otherwise


class Role(models.TextChoices):
    """The one role an account has (`docs/access.md`)."""

    VICTIM = "victim", _("Portal")
    CASEWORKER = "caseworker", _("Caseworker")
    MANAGER = "manager", _("Manager")
    DATA_PROTECTION = "data_protection", _("Data protection lead")
    ADMINISTRATOR = "administrator", _("System administrator")


STAFF = frozenset({Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION, Role.ADMINISTRATOR})
CASEWORK = frozenset({Role.CASEWORKER, Role.MANAGER})
EVERYONE = STAFF | {Role.VICTIM}


@dataclass(frozen=True)
class Mark:
    """What a page says of itself.

    Args:
        roles: who may open it when signed in.
        is_public: no sign-in needed.
        is_background: a poll: it does not extend the sign-in and writes no audit row.
        needs_fresh_proof: a password or factor within the last five minutes.
        keeps_typed: where fresh proof is missing, what is posted is not sent away: the page itself asks for the proof.
        is_download: it answers with a file, which leaves the browser on the page before.
        before_second_factor: open to staff who have not set up their second factor yet.
        verbs: what it may be asked; every other verb is refused before the page sees it.
    """

    roles: frozenset[str] = field(default_factory=frozenset)
    is_public: bool = False
    is_background: bool = False
    needs_fresh_proof: bool = False
    keeps_typed: bool = False
    is_download: bool = False
    before_second_factor: bool = False
    verbs: tuple[str, ...] = VERBS


_declared: dict[str, Mark] = {}


def allow(
    *roles: str,
    background: bool = False,
    fresh: bool = False,
    keeps_typed: bool = False,
    download: bool = False,
    before_second_factor: bool = False,
    verbs: tuple[str, ...] = VERBS,
) -> Callable[[View], View]:
    """Mark a view with the roles that may open it."""
    found = Mark(
        frozenset(roles),
        is_background=background,
        needs_fresh_proof=fresh,
        keeps_typed=keeps_typed,
        is_download=download,
        before_second_factor=before_second_factor,
        verbs=verbs,
    )

    def mark(view: View) -> View:
        view.access_mark = found  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view that needs no sign-in; a test holds the literal list of them."""
    view.access_mark = Mark(EVERYONE, is_public=True, before_second_factor=True)  # type: ignore[attr-defined]
    return view


def own_transactions(view: View) -> View:
    """Mark a view that opens its own short transactions (uploads, downloads, exports)."""
    view.has_own_transactions = True  # type: ignore[attr-defined]
    return view


def has_own_transactions(view: Callable[..., Any]) -> bool:
    """Whether the view opens its own transactions."""
    return bool(getattr(view, "has_own_transactions", False))


def declare(table: dict[str, Mark]) -> None:
    """Say who may open pages of other packages, by URL name; called once, from `nsvcs/urls.py`."""
    _declared.update(table)


def mark_of(view: Callable[..., Any], url_name: str | None) -> Mark | None:
    """The mark of a view: its own, else the declared one; none when nobody said anything."""
    own: Mark | None = view.__dict__.get("access_mark") if hasattr(view, "__dict__") else None
    return own or _declared.get(url_name or "")


def request_mark(request: HttpRequest, view: Callable[..., Any]) -> Mark | None:
    """The mark of the page being asked for."""
    match = request.resolver_match
    return mark_of(view, match.view_name if match else None)


def redirect_whole_page(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser elsewhere; a fragment request is told by header, or the page would be pasted into this one."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)


def is_fresh(request: HttpRequest) -> bool:
    """Whether a password or factor was proved within the last five minutes; signing in counts.

    By whoever is signed in: the records also hold what another began to prove in this browser.
    """
    if request.session.get("account_authentication_methods_user") != str(request.user.pk):
        return False
    records = request.session.get("account_authentication_methods", [])
    latest = max((float(record.get("at", 0)) for record in records), default=0.0)
    return time.time() - latest <= FRESH_SECONDS


def ask_for_proof(request: HttpRequest, *, is_download: bool = False) -> HttpResponse:
    """Send the person to confirm who they are, and back: to this page, or for a POST to the page it came from.

    A file would leave the browser on the page that asked, so a download is begun from a page of its own (`LANDING`).
    """
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.headers.get("Referer", "")
    back = f"{request.path}?{LANDING}" if is_download else back.removeprefix(settings.SITE_URL)
    query = urlencode({"next": back if back.startswith("/") else "/"})
    return redirect_whole_page(request, f"{reverse('account_reauthenticate')}?{query}")


class _ViewMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


class LoginRequiredMiddleware(_ViewMiddleware):
    """Signed in, unless the page is marked public."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send a stranger to the one neutral sign-in page."""
        mark = request_mark(request, view)
        if request.user.is_authenticated or (mark is not None and mark.is_public):
            return None
        url = reverse(settings.LOGIN_URL)
        if request.method == "GET" and not (mark and mark.is_background):
            url = f"{url}?{urlencode({'next': request.get_full_path()})}"
        return redirect_whole_page(request, url)


class AccessMiddleware(_ViewMiddleware):
    """The page's own word decides: undeclared is refused, a role it does not name gets the page of a wrong address."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Decide before any body is read.

        Raises:
            PermissionDenied: the page says nothing of who may open it.
            Http404: the person's role is not one of those it names.
        """
        mark = request_mark(request, view)
        if mark is None:
            raise PermissionDenied
        if not mark.is_public and request.user.is_authenticated and request.user.role not in mark.roles:
            raise Http404
        if request.method not in mark.verbs:
            return HttpResponseNotAllowed(mark.verbs)
        if mark.is_public or not request.user.is_authenticated:
            return None
        if request.user.role in STAFF and not mark.before_second_factor and not request.user.has_second_factor:
            return redirect_whole_page(request, reverse("mfa_index"))
        asks_itself = mark.keeps_typed and request.method == "POST"
        if mark.needs_fresh_proof and not asks_itself and not is_fresh(request):
            return ask_for_proof(request, is_download=mark.is_download)
        return None
