"""Response headers no page may forget."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

SHARED_PAGES = "public"
# What any answer of ours carries, whatever it says.
ALWAYS = (
    "Cache-Control",
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


class HeadersMiddleware:
    """No copy of a page is kept anywhere, and no other site may use our responses.

    A page that is the same for everybody may say `Cache-Control: public`; for a signed-in person that is overruled.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_shared = SHARED_PAGES in response.get("Cache-Control", "")
        if not is_shared or is_signed_in(request):
            response["Cache-Control"] = "no-store, private, max-age=0"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def is_signed_in(request: HttpRequest) -> bool:
    """Whether this request came from a signed-in person; before sign-in is looked at, nobody is."""
    user = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated)


def with_headers_of(answer: HttpResponseBase, instead: HttpResponse) -> HttpResponse:
    """Give the page sent `instead` of an answer the headers any page has, and nothing the answer said of itself."""
    for name in ALWAYS:
        if name in answer.headers:
            instead[name] = answer.headers[name]
    return instead
