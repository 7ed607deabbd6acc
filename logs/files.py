"""Files on their way out: viewing copies shown in the page, originals only ever as a download under a neutral name."""

from django.http.response import HttpResponseBase

from logs.filenames import content_disposition, download_name
from logs.models import Evidence, Rendition
from nsvcs.giving import give


def copy_response(rendition: Rendition) -> HttpResponseBase:
    """A viewing copy, made by us, to show in a page. The caller has checked and recorded who looks."""
    return give(rendition.storage_name, rendition.media_type, "inline", rendition.size_bytes)


def send_file(storage_name: str, media_type: str, size_bytes: int) -> HttpResponseBase:
    """A file to keep: a download of unknown type under a neutral name, never shown in the page."""
    disposition = content_disposition(download_name(media_type))
    return give(storage_name, "application/octet-stream", disposition, size_bytes)


def original_response(evidence: Evidence) -> HttpResponseBase:
    """An original. The caller has asked for fresh proof and recorded it."""
    return send_file(evidence.storage_name, evidence.media_type, evidence.size_bytes)
