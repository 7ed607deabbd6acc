"""Stored files on their way out, with headers that let no browser run or keep them."""

import logging

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from nsvcs.storage import file_store

log = logging.getLogger(__name__)

LOCKED_DOWN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def give(storage_name: str, media_type: str, disposition: str, size_bytes: int) -> HttpResponseBase:
    """One stored file, by the proxy where there is one. The caller has checked and recorded who gets it.

    Of one that is not in the store any more there is a page that says so.
    """
    answer: HttpResponseBase
    if settings.INTERNAL_REDIRECT:
        answer = HttpResponse(content_type=media_type)
        answer["X-Accel-Redirect"] = f"{settings.INTERNAL_REDIRECT.rstrip('/')}/{storage_name}"
    else:
        try:
            answer = FileResponse(file_store().open(storage_name), content_type=media_type)
        except FileNotFoundError:
            return gone(storage_name)
        answer["Content-Length"] = str(size_bytes)
    answer["Content-Disposition"] = disposition
    for name, value in LOCKED_DOWN.items():
        answer[name] = value
    return answer


def gone(storage_name: str) -> HttpResponse:
    """The page for a file that a row names and the store has not. It needs no database: none may be open any more."""
    log.error("stored file %s is gone", storage_name)
    return HttpResponse(render_to_string("410.html"), status=410)
