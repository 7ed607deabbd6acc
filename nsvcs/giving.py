"""Stored files on their way out, with headers that let no browser run or keep them."""

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from nsvcs.storage import file_store

LOCKED_DOWN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def give(storage_name: str, media_type: str, disposition: str, size_bytes: int) -> HttpResponseBase:
    """One stored file, by the proxy where there is one. The caller has checked and recorded who gets it."""
    answer: HttpResponseBase
    if settings.INTERNAL_REDIRECT:
        answer = HttpResponse(content_type=media_type)
        answer["X-Accel-Redirect"] = f"{settings.INTERNAL_REDIRECT.rstrip('/')}/{storage_name}"
    else:
        answer = FileResponse(file_store().open(storage_name), content_type=media_type)
        answer["Content-Length"] = str(size_bytes)
    answer["Content-Disposition"] = disposition
    for name, value in LOCKED_DOWN.items():
        answer[name] = value
    return answer
