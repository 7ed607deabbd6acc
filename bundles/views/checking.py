"""A page without sign-in: whether a file is one that the service sealed. It needs no case, and keeps nothing."""

from threading import BoundedSemaphore
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import throttle
from accounts.adapters import refuse_until
from accounts.sources import source_of
from bundles.seals.check_forms import CheckForm
from bundles.seals.recognising import Found, of_digest, of_file
from bundles.seals.verifying import TookTooLong
from nsvcs.access import open_to_all, own_transactions
from nsvcs.forms import form_status
from nsvcs.identity import acting_as
from nsvcs.languages import SOURCE_LANGUAGE

LONGEST_WAIT_SECONDS = 4
AT_ONCE = BoundedSemaphore(2)  # files looked into by one process: each holds memory for as long as it takes


@open_to_all
@own_transactions
@require_http_methods(["GET", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    """Take a file, or only its digest, and say one of three things. What was sent is gone with the answer."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    found: Found | None = None
    if form.is_valid():
        try:
            _pace(request)
            found = _answer(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    with translation.override(SOURCE_LANGUAGE):  # it is in no other language
        shown = {"form": form if found is None else CheckForm(), "found": found, "LANGUAGE_CODE": SOURCE_LANGUAGE}
        return render(request, "bundles/check_file.html", shown, status=form_status(form) if found is None else 200)


def _pace(request: HttpRequest) -> None:
    """One try every few seconds from one place.

    Raises:
        ValidationError: too soon after the one before.
    """
    at = throttle.door("check_file", "", source_of(request), has_owner=False, longest=LONGEST_WAIT_SECONDS)
    with acting_as():
        wait = throttle.seconds_to_wait(at)
        if not wait:
            throttle.count_wrong(at)
    if wait:
        refuse_until(wait)


def _answer(said: dict[str, Any]) -> Found:
    """One of three things.

    Raises:
        ValidationError: nothing can be said now.
    """
    file: UploadedFile | None = said["file"]
    if file is None:
        with acting_as():
            return of_digest(said["digest"])
    if not AT_ONCE.acquire(blocking=False):
        refuse_until(LONGEST_WAIT_SECONDS)
    try:
        with acting_as():
            known = of_digest(file.sha256)  # type: ignore[attr-defined]
        return known if known == Found.UNCHANGED else of_file(file.temporary_file_path())  # type: ignore[attr-defined]
    except TookTooLong:
        raise ValidationError(_("We could not look into the file in time. Try again in a few minutes.")) from None
    finally:
        AT_ONCE.release()
