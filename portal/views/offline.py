"""Writing without signal: turned on and off for one phone by a press, and what that phone sends when it is back.

The page to write on, and the script that keeps it on the phone, are the same for everybody and say nothing of anybody.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from logs.actions.offline import current_key, turn_off, turn_on
from logs.models import OfflineDevice, OfflineKey
from nsvcs.access import Role, allow, open_to_all, own_transactions
from nsvcs.languages import SOURCE_LANGUAGE
from nsvcs.storage import StorageError
from portal.forms import NoSignalForm
from portal.offline import NOT_YOURS, receive

LONGEST_ENVELOPE = 2_000_000
SCOPE = "portal:home"


@allow(Role.VICTIM)
@require_safe
def about(request: AuthenticatedRequest) -> HttpResponse:
    """What it means, who might see it, and the one button."""
    return render(request, "portal/no_signal.html", {"scope": reverse(SCOPE)})


@open_to_all
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The one page that a phone keeps: neutral, and the same for everybody who reads the language it was asked in.

    The phone asks for it without a cookie, so that the address names the language.
    """
    asked = request.GET.get("in", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else translation.get_language()):
        return render(request, "portal/no_signal_page.html", {"form": NoSignalForm(auto_id="no-signal-%s")})


@open_to_all
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps that page. It changes with every release, so that phones take the new one."""
    version = getattr(staticfiles_storage, "manifest_hash", "") or "here"
    spoken = translation.get_language() or SOURCE_LANGUAGE
    addresses = {
        "page": f"{reverse('portal:offline_page')}?in={spoken}",
        "files": settings.STATIC_URL,
        "version": version,
    }
    response = render(request, "portal/worker.js", addresses, content_type="text/javascript")
    response["Service-Worker-Allowed"] = reverse(SCOPE)
    return response


def _key(key: OfflineKey) -> dict[str, object]:
    return {"id": str(key.pk), "version": key.version, "spki": key.public_spki}


@allow(Role.VICTIM)
@require_POST
def on(request: AuthenticatedRequest) -> JsonResponse:
    """Bind this phone to her account: what it needs to seal notes."""
    device = turn_on(by=request.user)
    return JsonResponse({"tag": str(device.pk), "key": _key(current_key())})


@allow(Role.VICTIM)
@require_POST
def off(request: AuthenticatedRequest) -> JsonResponse:
    """The phone has forgotten it all."""
    if tag := _tag(request):
        turn_off(device_id=tag, by=request.user)
    return JsonResponse({})


def _tag(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("tag", "") or request.headers.get("X-Tag", ""))
    except ValueError:
        return None


@allow(Role.VICTIM, background=True)
@require_GET
def key(request: AuthenticatedRequest) -> JsonResponse:
    """What a phone asks before it sends: whether it is hers, with what token, and what to seal to from now on."""
    is_yours = OfflineDevice.objects.visible_to(request.user).filter(pk=_tag(request)).exists()
    return JsonResponse({"is_yours": is_yours, "token": get_token(request), "key": _key(current_key())})


@allow(Role.VICTIM)
@own_transactions
@require_POST
def send(request: AuthenticatedRequest) -> JsonResponse:
    """One sealed note. Only what is answered here with 200 may be forgotten by the phone."""
    envelope = request.POST.get("envelope", "")
    if not envelope or len(envelope) > LONGEST_ENVELOPE:
        return JsonResponse({}, status=400)
    try:
        outcome = receive(envelope, request.user)
    except StorageError:
        return JsonResponse({}, status=507)
    return JsonResponse({"outcome": outcome}, status=409 if outcome == NOT_YOURS else 200)
