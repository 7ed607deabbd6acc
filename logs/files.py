"""Files on their way out: viewing copies shown in the page, originals only ever as a download under a neutral name."""

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from logs.filenames import content_disposition, download_name
from logs.models import Evidence, Rendition
from nsvcs.storage import file_store

LOCKED_DOWN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _send(storage_name: str, media_type: str, disposition: str, size_bytes: int) -> HttpResponseBase:
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


def copy_response(rendition: Rendition) -> HttpResponseBase:
    """A viewing copy, made by us, to show in a page. The caller has checked and recorded who looks."""
    return _send(rendition.storage_name, rendition.media_type, "inline", rendition.size_bytes)


def send_file(storage_name: str, media_type: str, size_bytes: int) -> HttpResponseBase:
    """A file to keep: a download of unknown type under a neutral name, never shown in the page."""
    disposition = content_disposition(download_name(media_type))
    return _send(storage_name, "application/octet-stream", disposition, size_bytes)


def original_response(evidence: Evidence) -> HttpResponseBase:
    """An original. The caller has asked for fresh proof and recorded it."""
    return send_file(evidence.storage_name, evidence.media_type, evidence.size_bytes)
