"""The few things a view needs to answer htmx with a piece of a page instead of the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_page
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece; going back in history asks for the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str, status: int | None = None
) -> HttpResponse:
    """The page, or for htmx its `{% partialdef partial %}` alone; same address, told apart by `Vary`."""
    name = f"{template}#{partial}" if is_htmx(request) else template
    response = render_page(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Send the whole window elsewhere: an ordinary redirect would be pasted into the page by htmx."""
    address = resolve_url(to, *args, **kwargs)
    if not is_htmx(request):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204, headers={"HX-Redirect": address})
    patch_vary_headers(response, ["HX-Request"])
    return response
