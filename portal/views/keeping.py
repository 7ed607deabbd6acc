"""What is typed for a message, or beside a note that is kept, is saved by itself."""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import AuthenticatedRequest
from logs.actions import DraftUsed
from nsvcs.access import Role, allow
from nsvcs.widgets import clock
from portal.keeping import keep_words, words_in
from portal.showing import notices_for


@allow(Role.VICTIM)
@require_POST
def keep(request: AuthenticatedRequest) -> JsonResponse:
    """Keep the words of a page that is not sent yet. Counts as being there, as saving a note does."""
    try:
        keep_words(sent=request.POST, by=request.user)
    except DraftUsed:
        return JsonResponse({}, status=409)
    at = timezone.localtime().time().replace(second=0, microsecond=0)
    notices = notices_for({"what_happened": words_in(request.POST)})
    return JsonResponse({"saved_at": clock(at), "notices": notices})
